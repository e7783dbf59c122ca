import { z } from "zod";
import { JOB_STATES } from "#lib/contract/jobs.ts";
import { line } from "#lib/contract/text.ts";
import { KEY_STATUSES } from "#lib/keys/schema.ts";
import { slugSchema } from "#lib/tenants/schema.ts";
import { LONGEST_MINUTES, SHORTEST_MINUTES } from "./rules.ts";

const time = z.iso.datetime();
const tenant = z.object({ id: z.uuid(), slug: z.string(), name: z.string() });

export const SUPPORT_MODES = ["read", "requeue"] as const;
export type SupportMode = (typeof SUPPORT_MODES)[number];

/** What an operator looks for: an id of a job, a key or a request, a part of a key that is shown, or a tenant. */
export const supportQuestion = line(1, 200);

/** A job of any tenant: no payload, no error text. */
export const foundJobSchema = z.object({
  tenant,
  id: z.uuid(),
  /** Of a pipeline, all of its functions. */
  functions: z.array(z.string()),
  state: z.enum(JOB_STATES),
  attempts: z.int(),
  maxAttempts: z.int(),
  createdAt: time,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  runAt: time,
  requestId: z.string().nullable(),
  errorFingerprint: z.string().nullable(),
});
export type FoundJob = z.output<typeof foundJobSchema>;

/** A request that a gateway refused. */
export const foundRefusalSchema = z.object({
  tenant,
  requestId: z.string(),
  at: time,
  status: z.int(),
  code: z.string(),
  method: z.string(),
});
export type FoundRefusal = z.output<typeof foundRefusalSchema>;

/** A key of any tenant: never the key. */
export const foundKeySchema = z.object({
  tenant,
  id: z.uuid(),
  name: z.string(),
  prefix: z.string(),
  lastFour: z.string(),
  status: z.enum(KEY_STATUSES),
  createdAt: time,
  expiresAt: time.nullable(),
  revokedAt: time.nullable(),
  lastUsedAt: time.nullable(),
});
export type FoundKey = z.output<typeof foundKeySchema>;

/** A tenant, and the session through which the operator who asks is inside it. */
export const supportTenantSchema = tenant.extend({
  createdAt: time,
  /** Whether its owners let support in. */
  supportAllowed: z.boolean(),
  session: z.object({ id: z.uuid(), mode: z.enum(SUPPORT_MODES), expiresAt: time }).nullable(),
});
export type SupportTenant = z.output<typeof supportTenantSchema>;

export const foundSchema = z.object({
  jobs: z.array(foundJobSchema),
  refusals: z.array(foundRefusalSchema),
  keys: z.array(foundKeySchema),
  tenants: z.array(supportTenantSchema),
  /** There is more of one of them than is listed. */
  more: z.boolean(),
});
export type Found = z.output<typeof foundSchema>;

/** A failure as it shows in all tenants. Its message reads with everything taken out that varies. */
export const deadGroupSchema = z.object({
  fingerprint: z.string(),
  error: z.object({ name: z.string(), message: z.string() }),
  functions: z.array(z.string()),
  tenants: z.int(),
  /** Jobs that are dead now, in all of them. */
  dead: z.int(),
  firstSeen: time,
  lastSeen: time,
});
export type DeadGroup = z.output<typeof deadGroupSchema>;

export const DEAD_GROUP_ORDERS = ["recent", "reach"] as const;

/** One tenant that a failure touches. */
export const deadGroupTenantSchema = z.object({
  tenant,
  supportAllowed: z.boolean(),
  dead: z.int(),
  deaths: z.int(),
  firstSeen: time,
  lastSeen: time,
});
export type DeadGroupTenant = z.output<typeof deadGroupTenantSchema>;

/** A stay of an operator in a tenant. */
const stay = {
  id: z.uuid(),
  operator: z.object({ email: z.string(), name: z.string() }),
  mode: z.enum(SUPPORT_MODES),
  reason: z.string(),
  startedAt: time,
  expiresAt: time,
  /** By the database's clock, now. */
  open: z.boolean(),
  endedAt: time.nullable(),
  ended: z.enum(["left", "removed", "expired"]).nullable(),
  endedBy: z.string().nullable(),
};
export const supportSessionSchema = z.object({ ...stay, tenant, mine: z.boolean() });
export type SupportSession = z.output<typeof supportSessionSchema>;

/** The same as the tenant reads it, with what was done. */
export const supportStaySchema = z.object({
  ...stay,
  done: z.array(
    z.object({
      at: time,
      action: z.string(),
      targetType: z.string(),
      targetId: z.string(),
      reason: z.string().nullable(),
    }),
  ),
  /** More was done than is listed; the audit log has all of it. */
  moreDone: z.boolean(),
});
export type SupportStay = z.output<typeof supportStaySchema>;

export const newSupportSessionSchema = z.strictObject({
  tenant: slugSchema,
  mode: z.enum(SUPPORT_MODES),
  reason: line(1, 500),
  minutes: z.int().min(SHORTEST_MINUTES).max(LONGEST_MINUTES),
});
export type NewSupportSession = z.output<typeof newSupportSessionSchema>;

export const supportAccessSchema = z.strictObject({ allowed: z.boolean() });
export type SupportAccess = z.output<typeof supportAccessSchema>;

/** One tenant as the desk shows it before anybody enters it. */
export const supportTenantDetailSchema = supportTenantSchema.extend({
  dead: z.object({
    jobs: z.int(),
    groups: z.int(),
    /** The sums are of the largest 10,000 groups. */
    capped: z.boolean(),
    latest: z.array(
      z.object({
        fingerprint: z.string(),
        error: z.object({ name: z.string(), message: z.string() }),
        dead: z.int(),
        lastSeen: time,
      }),
    ),
  }),
});
export type SupportTenantDetail = z.output<typeof supportTenantDetailSchema>;

/** What an operator looked for at the desk. */
export const deskSearchSchema = z.object({
  id: z.uuid(),
  at: time,
  operator: z.object({ email: z.string(), name: z.string() }),
  /** Whether it was whoever asks. */
  mine: z.boolean(),
  kind: z.enum(["id", "key-part", "key", "text"]),
  /** Null for a whole key, and for words that found nothing. */
  asked: z.string().nullable(),
  found: z.int(),
  /** Slugs of the tenants in which something was found. */
  tenants: z.array(z.string()),
});
export type DeskSearch = z.output<typeof deskSearchSchema>;

/** What is true of the installation as a whole. */
export const installationSchema = z.object({
  tenants: z.int(),
  openSessions: z.int(),
  instances: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      kind: z.enum(["gateway", "worker"]),
      address: z.string(),
      version: z.string(),
      startedAt: time,
      lastSeenAt: time,
      status: z.enum(["up", "silent", "stopped"]),
    }),
  ),
  /** What had to be repaired of the ledger in the last 24 hours. */
  repairs: z.array(z.object({ kind: z.string(), jobs: z.int(), tenants: z.int(), lastAt: time })),
});
export type Installation = z.output<typeof installationSchema>;
