import { z } from "zod";
import { ROLES } from "#lib/access/permissions.ts";

/** An e-mail address as it is stored: trimmed and in lower case. */
export const emailSchema = z.string().trim().toLowerCase().max(254).pipe(z.email());

/** What a person types; the bound keeps a huge password from costing a huge hash. */
export const credentialsSchema = z.object({ email: emailSchema, password: z.string().min(1).max(1_024) });

/** Whoever is asking, and how they proved it. */
export const meSchema = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  /** Of the installation: the support desk is theirs. */
  operator: z.boolean(),
  signedInWith: z.enum(["session", "token"]),
});

/** The person's own role in a tenant. */
export const roleSchema = z.enum(ROLES);
