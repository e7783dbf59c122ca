import { z } from "zod";
import { authorizedRequestsSchema } from "#lib/contract/authorized-requests.ts";
import { line, paragraph } from "#lib/contract/text.ts";
import { futureTime, graceSeconds, mintedKeySchema } from "#lib/keys/schema.ts";

export const CLAIM_STATUSES = ["waiting", "opened", "revealed", "expired", "cancelled"] as const;
export type ClaimStatus = (typeof CLAIM_STATUSES)[number];

export const MIN_LIFE_HOURS = 1;
export const MAX_LIFE_HOURS = 14 * 24;
export const DEFAULT_LIFE_HOURS = 72;

/** A claim link as the tenant's people see it: everything but its secret. */
export const claimSchema = z.object({
  id: z.uuid(),
  status: z.enum(CLAIM_STATUSES),
  keyName: z.string(),
  keyDescription: z.string(),
  authorizedRequests: authorizedRequestsSchema,
  keyExpiresAt: z.iso.datetime().nullable(),
  note: z.string(),
  /** The key that the new one is to replace, and for how long that one works on after the reveal, in seconds. */
  rotates: z.uuid().nullable(),
  graceSeconds: z.int().nullable(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  expiresAt: z.iso.datetime(),
  openedAt: z.iso.datetime().nullable(),
  revealedAt: z.iso.datetime().nullable(),
  /** The key that came of it. */
  apiKeyId: z.uuid().nullable(),
  cancelledAt: z.iso.datetime().nullable(),
  cancelledBy: z.string().nullable(),
});
export type Claim = z.output<typeof claimSchema>;

/** The one answer that holds the link. */
export const newClaimLinkSchema = claimSchema.extend({ link: z.string() });
export type NewClaimLink = z.output<typeof newClaimLinkSchema>;

const life = {
  lifeHours: z.int().min(MIN_LIFE_HOURS).max(MAX_LIFE_HOURS).default(DEFAULT_LIFE_HOURS),
  note: paragraph(2_000).default(""),
};

/** A link to a key of its own. */
export const newKeyClaimSchema = z.strictObject({
  name: line(1, 120),
  description: paragraph(2_000).default(""),
  authorizedRequests: authorizedRequestsSchema.default(null),
  expiresAt: futureTime.nullable().default(null),
  ...life,
});

/** A link to the successor of a key that there is: that one's name, rights and expiry. */
export const successorClaimSchema = z.strictObject({ rotates: z.uuid(), graceSeconds, ...life });

export const newClaimSchema = z.union([newKeyClaimSchema, successorClaimSchema]);
export type NewClaim = z.output<typeof newClaimSchema>;

export const claimFilters = {
  status: z.enum(CLAIM_STATUSES).optional(),
  /** Links to the successor of this key. */
  rotates: z.uuid().toLowerCase().optional(),
};

/** What a partner sends: the part of the link behind the #. Any text, so that no shape answers differently. */
export const presentedClaimSchema = z.strictObject({ secret: z.string() });

/** A route that the key will open, as far as a caller needs to know it. */
const openedRouteSchema = z.object({
  method: z.string(),
  path: z.string(),
  name: z.string(),
  description: z.string(),
  apiVersion: z.string().nullable(),
  requestsPerMinute: z.int().nullable(),
  limitPer: z.enum(["ip", "key"]).nullable(),
  /** Only some of this route's requests are covered. */
  partly: z.boolean(),
});

/** What a partner sees before anything is revealed. */
export const openedClaimSchema = z.object({
  tenant: z.object({ slug: z.string(), name: z.string() }),
  keyName: z.string(),
  note: z.string(),
  expiresAt: z.iso.datetime(),
  keyExpiresAt: z.iso.datetime().nullable(),
  replaces: z.object({ lastFour: z.string(), graceSeconds: z.int() }).nullable(),
  baseUrl: z.string(),
  routes: z.array(openedRouteSchema),
  /** More routes than are listed. */
  moreRoutes: z.int(),
  /** A request that the key may make, to try it with; null when it opens nothing. */
  sample: z
    .object({
      method: z.string(),
      /** Encoded, with its query. */
      path: z.string(),
      apiVersion: z.string().nullable(),
      /** Parameters of the path were made up, so that the answer may be a 404 of the API itself. */
      madeUp: z.boolean(),
      /** Whether the route's CORS lets the console's own pages call it. */
      fromBrowser: z.boolean(),
    })
    .nullable(),
});
export type OpenedClaim = z.output<typeof openedClaimSchema>;

/** The one answer that holds the key. */
export const revealedClaimSchema = openedClaimSchema.extend({
  key: mintedKeySchema.shape.key,
  lastFour: z.string(),
});
export type RevealedClaim = z.output<typeof revealedClaimSchema>;
