import { type Actor, actorLabel } from "../access/actor.ts";
import { uuidv7 } from "../contract/uuid.ts";
import { Prisma, type Transaction } from "../db/client.ts";
import { bounded } from "./bounded.ts";

type Json = Prisma.InputJsonValue;

/** What happened, in terms of the thing it happened to. `before` and `after` never hold a secret. */
export type AuditRecord = {
  action: string;
  targetType:
    | "tenant"
    | "member"
    | "invitation"
    | "route"
    | "draft"
    | "revision"
    | "key"
    | "claim"
    | "issuer"
    | "job"
    | "job-view"
    | "webhook"
    | "alert"
    | "run"
    | "token"
    | "support_session"
    | "person"
    | "session"
    | "password"
    | "second_factor"
    | "identity";
  targetId: string;
  before?: Json;
  after?: Json;
  reason?: string;
};

/** Somebody without an account who may do one thing, because they hold something that proves it. */
export type Outsider = { label: string; requestId: string; ip: string };

const whoIs = (actor: Actor | Outsider) =>
  "proof" in actor
    ? {
        actorType: actor.proof.type === "token" ? "token" : "user",
        // A service token is nobody else's doing than its own.
        actorId: actor.userId ?? (actor.proof.type === "token" ? actor.proof.tokenId : null),
        actorTokenId: actor.proof.type === "token" ? actor.proof.tokenId : null,
        actorLabel: actorLabel(actor),
      }
    : { actorType: "system", actorId: null, actorTokenId: null, actorLabel: actor.label };

/** What both kinds of entry hold, as a row; `before` and `after` bounded. */
const rowOf = (actor: Actor | Outsider, record: AuditRecord) => ({
  id: uuidv7(),
  ...whoIs(actor),
  action: record.action,
  targetType: record.targetType,
  targetId: record.targetId,
  before: (record.before ?? null) === null ? Prisma.DbNull : (bounded(record.before) as Json),
  after: (record.after ?? null) === null ? Prisma.DbNull : (bounded(record.after) as Json),
  reason: record.reason ?? null,
  requestId: actor.requestId,
  ip: actor.ip,
});

/** Writes one entry in the caller's transaction, so that a change and its entry stand or fall together. */
export async function writeAudit(
  tx: Transaction,
  actor: Actor | Outsider,
  tenantId: string,
  record: AuditRecord,
): Promise<void> {
  // createMany, because its INSERT has no RETURNING.
  await tx.auditEntry.createMany({
    data: [
      {
        ...rowOf(actor, record),
        tenantId,
        ...("via" in actor && actor.via ? { supportSessionId: actor.via.sessionId } : {}),
      },
    ],
  });
}

/**
 * The same for what belongs to a person and to no tenant: signing in, the password, second factors, sessions, personal
 * access tokens. The transaction is one of `withUser(userId, …)`. Nothing in the record names a tenant, so that a
 * tenant that is purged leaves nothing behind here.
 */
export async function writePersonalAudit(
  tx: Transaction,
  userId: string,
  actor: Actor | Outsider,
  record: AuditRecord,
): Promise<void> {
  await tx.personalAuditEntry.createMany({ data: [{ ...rowOf(actor, record), userId }] });
}
