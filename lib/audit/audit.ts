import { type Actor, actorLabel } from "../access/actor.ts";
import { uuidv7 } from "../contract/uuid.ts";
import { Prisma, type Transaction } from "../db/client.ts";

type Json = Prisma.InputJsonValue;

/** What happened, in terms of the thing it happened to. `before` and `after` never hold a secret. */
export type AuditRecord = {
  action: string;
  targetType:
    | "tenant"
    | "member"
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
    | "support_session";
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
        actorId: actor.userId,
        actorLabel: actorLabel(actor),
      }
    : { actorType: "system", actorId: null, actorLabel: actor.label };

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
        id: uuidv7(),
        tenantId,
        ...whoIs(actor),
        ...("via" in actor && actor.via ? { supportSessionId: actor.via.sessionId } : {}),
        action: record.action,
        targetType: record.targetType,
        targetId: record.targetId,
        before: record.before ?? Prisma.DbNull,
        after: record.after ?? Prisma.DbNull,
        reason: record.reason ?? null,
        requestId: actor.requestId,
        ip: actor.ip,
      },
    ],
  });
}
