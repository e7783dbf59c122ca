import { z } from "zod";
import { authorizedRequestsSchema } from "#lib/contract/authorized-requests.ts";
import { line, paragraph } from "#lib/contract/text.ts";

export const KEY_STATUSES = ["active", "expired", "revoked"] as const;
export type KeyStatus = (typeof KEY_STATUSES)[number];

/** A key as anybody in the tenant may see it: everything but the secret, which nobody can see again. */
export const apiKeySchema = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  prefix: z.string(),
  lastFour: z.string(),
  status: z.enum(KEY_STATUSES),
  authorizedRequests: authorizedRequestsSchema,
  expiresAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  lastUsedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
  revokedBy: z.string().nullable(),
  version: z.int(),
});
export type ApiKey = z.output<typeof apiKeySchema>;

/** The one answer that holds the secret. */
export const mintedKeySchema = apiKeySchema.extend({ key: z.string() });
export type MintedKey = z.output<typeof mintedKeySchema>;

/** One key, and on how many of the running gateways its latest change is in force. */
export const apiKeyDetailSchema = apiKeySchema.extend({
  enforcement: z.object({ confirmed: z.int(), gateways: z.int() }),
});
export type ApiKeyDetail = z.output<typeof apiKeyDetailSchema>;

export const newKeySchema = z.strictObject({
  name: line(1, 120),
  description: paragraph(2_000).default(""),
  authorizedRequests: authorizedRequestsSchema.default(null),
  expiresAt: z.iso
    .datetime({ offset: true })
    .refine((text) => Date.parse(text) > Date.now(), "is in the past")
    .nullable()
    .default(null),
});
export type NewKey = z.output<typeof newKeySchema>;

export const editedKeySchema = z.strictObject({
  name: line(1, 120).optional(),
  description: paragraph(2_000).optional(),
  version: z.int().optional(),
});

export const revokeKeySchema = z.strictObject({ reason: line(0, 500).default("") });

export const keyFilters = {
  q: line(0, 200).optional(),
  status: z.enum(KEY_STATUSES).optional(),
};
