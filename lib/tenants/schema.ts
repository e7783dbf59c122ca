import { z } from "zod";
import { ROLES, SERVICE_ROLE, SUPPORT_ROLES } from "#lib/access/permissions.ts";
import { line } from "#lib/contract/text.ts";

/** A tenant as somebody inside it sees it, with how they stand in it. */
export const tenantSchema = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  role: z.enum([...ROLES, ...SUPPORT_ROLES, SERVICE_ROLE]),
});
export type Tenant = z.output<typeof tenantSchema>;

export const slugSchema = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{1,38}[a-z0-9]$/,
    "needs 3–40 lower-case letters, digits or -, starting with a letter and not ending with -",
  );

export const newTenantSchema = z.strictObject({ slug: slugSchema, name: line(1, 120) });
export const editedTenantSchema = z.strictObject({ name: line(1, 120) });
