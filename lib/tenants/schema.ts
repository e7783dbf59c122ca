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

/** A tenant that is deleted and can still be had back. */
export const deletedTenantSchema = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  deletedAt: z.iso.datetime(),
  deletedBy: z.string(),
  restorableUntil: z.iso.datetime(),
});
export type DeletedTenant = z.output<typeof deletedTenantSchema>;

const countSchema = z.object({ count: z.number().int(), capped: z.boolean() });
/** What stops when a tenant is deleted. */
export const blastRadiusSchema = z.object({
  liveRoutes: z.number().int(),
  activeKeys: countSchema,
  members: countSchema,
  openJobs: countSchema,
  deadLetters: countSchema,
  /** Requests with a key within the last 24 hours. */
  requestsLastDay: z.number().int(),
});
export type BlastRadius = z.output<typeof blastRadiusSchema>;

export const slugSchema = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{1,38}[a-z0-9]$/,
    "needs 3–40 lower-case letters, digits or -, starting with a letter and not ending with -",
  );

export const newTenantSchema = z.strictObject({ slug: slugSchema, name: line(1, 120) });
export const editedTenantSchema = z.strictObject({ name: line(1, 120) });
