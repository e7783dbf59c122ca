import { z } from "zod";
import { line } from "#lib/contract/text.ts";
import { TOKEN_PERMISSIONS } from "./rules.ts";

const permission = z.enum(TOKEN_PERMISSIONS);

/** An access token as its owner may see it; the secret is shown once, when it is made. */
export const accessTokenSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  lastFour: z.string(),
  status: z.enum(["active", "expired", "revoked"]),
  /** What it may at most do; null for everything that its person may. */
  permissions: z.array(permission).nullable(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  /** To the minute. */
  lastUsedAt: z.iso.datetime().nullable(),
  /** The address that it was last used from. */
  lastUsedFrom: z.string().nullable(),
  /** The secret before this one, while it still works. */
  previous: z
    .object({
      lastFour: z.string(),
      worksUntil: z.iso.datetime(),
      lastUsedAt: z.iso.datetime().nullable(),
    })
    .nullable(),
});
export type AccessToken = z.output<typeof accessTokenSchema>;

/** The one answer that holds the secret. */
export const mintedTokenSchema = accessTokenSchema.extend({ token: z.string() });
export type MintedToken = z.output<typeof mintedTokenSchema>;

/** A token of the tenant's own. */
export const serviceTokenSchema = accessTokenSchema.extend({
  permissions: z.array(permission),
  /** Who made it; they may have left since. */
  madeBy: z.string(),
  revokedBy: z.string().nullable(),
});
export type ServiceToken = z.output<typeof serviceTokenSchema>;

export const mintedServiceTokenSchema = serviceTokenSchema.extend({ token: z.string() });
export type MintedServiceToken = z.output<typeof mintedServiceTokenSchema>;

const permissions = z
  .array(permission)
  .min(1, "needs at least one")
  .max(TOKEN_PERMISSIONS.length)
  .refine((given) => new Set(given).size === given.length, "names a permission twice");
const days = z.int().min(1).max(365);

export const newTokenSchema = z.strictObject({
  name: line(1, 120),
  expiresInDays: days.default(90),
  /** Null or left out: everything that the person may do. */
  permissions: permissions.nullable().default(null),
});

export const newServiceTokenSchema = z.strictObject({
  name: line(1, 120),
  expiresInDays: days.default(90),
  permissions,
});
export type NewServiceToken = z.output<typeof newServiceTokenSchema>;

export const rotateTokenSchema = z.strictObject({
  /** How long the secret before goes on working; 0 ends it at once. */
  graceHours: z.int().min(0).max(168).default(24),
  expiresInDays: days.default(90),
});
export type RotateToken = z.output<typeof rotateTokenSchema>;
