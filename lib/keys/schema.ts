import { z } from "zod";
import { authorizedRequestsSchema } from "#lib/contract/authorized-requests.ts";
import { moment } from "#lib/contract/moment.ts";
import { IDLE_REASONS } from "#lib/contract/rights-reach.ts";
import { line, paragraph } from "#lib/contract/text.ts";
import { MAX_GRACE_SECONDS } from "./rules.ts";

export const KEY_STATUSES = ["active", "rotating", "expired", "revoked"] as const;
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
  /** When it was replaced, by which key, and until when it works on beside that one. */
  rotatedAt: z.iso.datetime().nullable(),
  rotatedTo: z.uuid().nullable(),
  graceEndsAt: z.iso.datetime().nullable(),
  /** The keys that it took over from, oldest first. */
  succeeds: z.array(z.uuid()),
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

/** A moment to come, as ISO 8601 with an offset. */
export const futureTime = moment.refine((text) => !(Date.parse(text) <= Date.now()), "is in the past");

export const newKeySchema = z.strictObject({
  name: line(1, 120),
  description: paragraph(2_000).default(""),
  authorizedRequests: authorizedRequestsSchema.default(null),
  expiresAt: futureTime.nullable().default(null),
});
export type NewKey = z.output<typeof newKeySchema>;

export const editedKeySchema = z.strictObject({
  name: line(1, 120).optional(),
  description: paragraph(2_000).optional(),
  version: z.int().optional(),
});

export const graceSeconds = z.int().min(0).max(MAX_GRACE_SECONDS);

/** How long the old key works on beside the new one, in seconds; 0 ends it at once. */
export const rotateKeySchema = z.strictObject({ graceSeconds });

/** The rest of a replaced key's grace, counted from now; 0 cuts it off. */
export const changeGraceSchema = z.strictObject({ graceSeconds });

export const revokeKeySchema = z.strictObject({ reason: line(0, 500).default("") });

export const keyFilters = {
  q: line(0, 200).optional(),
  status: z.enum(KEY_STATUSES).optional(),
  /** Keys that no request has come with yet. */
  used: z.enum(["never"]).optional(),
  /** Keys that work today and end within 30 days without having been replaced. */
  expires: z.enum(["soon"]).optional(),
};
export type KeyFilters = { [Name in keyof typeof keyFilters]?: z.output<(typeof keyFilters)[Name]> };

/** Ends many keys at once. `expected` is the number that a dry run gave, which itself needs no reason. */
const bulkRevokeFields = z.strictObject({
  keys: z.union([
    z.strictObject({ ids: z.array(z.uuid().toLowerCase()).min(1).max(1_000) }),
    z.strictObject({ madeBefore: moment }),
  ]),
  dryRun: z.boolean().default(false),
  expected: z.int().min(0).default(0),
  reason: line(0, 500).default(""),
});
export const bulkRevokeSchema = bulkRevokeFields.refine(
  ({ dryRun, reason }) => dryRun || reason.trim() !== "",
  {
    path: ["reason"],
    message: "say why: it is kept in the audit log",
  },
);
export type BulkRevoke = z.output<typeof bulkRevokeSchema>;

const namedKey = { id: z.uuid(), name: z.string(), lastFour: z.string() };
export const bulkRevokedSchema = z.object({
  revoked: z.int(),
  wouldRevoke: z.int(),
  sample: z.array(z.object(namedKey)),
});
export type BulkRevoked = z.output<typeof bulkRevokedSchema>;

/** Finds a key by the SHA-256 of the whole of it, which a browser can work out without sending the key. */
export const lookupKeySchema = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 as 64 lower-case hex digits"),
});

export const TRAFFIC_PERIODS = ["day", "month"] as const;
export type TrafficPeriod = (typeof TRAFFIC_PERIODS)[number];

export const keyTrafficSchema = z.object({
  bucketSeconds: z.int(),
  buckets: z.array(z.object({ at: z.iso.datetime(), requests: z.number(), refusals: z.number() })),
});
export type KeyTraffic = z.output<typeof keyTrafficSchema>;

const openedRoute = { partly: z.boolean(), lastUsedAt: z.iso.datetime().nullable() };

/** What a key opens in the live revision; `unused` within the last 30 days. The most used routes are listed first. */
export const keyReachSchema = z.object({
  liveRevision: z.int().nullable(),
  opened: z.int(),
  unused: z.int(),
  routes: z.array(
    z.object({ id: z.uuid(), method: z.string(), path: z.string(), requests: z.number(), ...openedRoute }),
  ),
});
export type KeyReach = z.output<typeof keyReachSchema>;

export const keysOfRouteSchema = z.object({
  keys: z.array(z.object({ ...namedKey, ...openedRoute })),
  /** There are more keys than are listed. */
  more: z.boolean(),
});
export type KeysOfRoute = z.output<typeof keysOfRouteSchema>;

/** Rights to be tried on the live routes before a key has them. */
export const triedRightsSchema = z.strictObject({
  authorizedRequests: authorizedRequestsSchema.default(null),
  /** Keeps the routes whose path or name holds it. */
  q: line(0, 200).default(""),
});

/** What rights open in the live revision: `opened` routes, `matching` the search, the first of them listed. */
export const rightsReachSchema = z.object({
  liveRevision: z.int().nullable(),
  opened: z.int(),
  matching: z.int(),
  routes: z.array(
    z.object({
      id: z.uuid(),
      method: z.string(),
      path: z.string(),
      name: z.string(),
      apiVersion: z.string().nullable(),
      partly: z.boolean(),
    }),
  ),
  /** The rows that open no live route, by their place, and why. */
  idle: z.array(z.object({ row: z.int(), why: z.enum(IDLE_REASONS) })),
});
export type RightsReach = z.output<typeof rightsReachSchema>;
