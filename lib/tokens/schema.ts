import { z } from "zod";
import { line } from "#lib/contract/text.ts";

/** An access token as its owner may see it; the secret is shown once, when it is made. */
export const accessTokenSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  lastFour: z.string(),
  status: z.enum(["active", "expired", "revoked"]),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
});
export type AccessToken = z.output<typeof accessTokenSchema>;

/** The one answer that holds the secret. */
export const mintedTokenSchema = accessTokenSchema.extend({ token: z.string() });
export type MintedToken = z.output<typeof mintedTokenSchema>;

export const newTokenSchema = z.strictObject({
  name: line(1, 120),
  expiresInDays: z.int().min(1).max(365).default(90),
});
