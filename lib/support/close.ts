import { type Actor, actorLabel } from "#lib/access/actor.ts";
import { type Outsider, writeAudit } from "#lib/audit/audit.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import type { Transaction } from "#lib/db/client.ts";
import { pauseRunsOfSupport } from "#lib/dead-letters/commands.ts";
import type { SupportMode } from "./schema.ts";

type How = "left" | "removed" | "expired";
type Closed = { id: string; operatorEmail: string; mode: SupportMode; endedAt: Date };

/**
 * Ends what is open in the tenant: one session, or all. Gives those that it ended; nobody else has ended them. Runs that
 * were started in a session which the tenant itself ends are paused with it.
 */
export async function close(
  tx: Transaction,
  tenantId: string,
  how: How,
  by: Actor | Outsider,
  only: { id?: string; operatorId?: string } = {},
): Promise<Closed[]> {
  const due = how === "expired";
  const label = "proof" in by ? actorLabel(by) : null;
  const closed = await tx.$queryRaw<Closed[]>`
    UPDATE support_sessions SET ended_at = LEAST(clock_timestamp(), expires_at), ended_how = ${how}::text,
      ended_by_label = ${label}::text
    WHERE tenant_id = ${tenantId}::uuid AND ended_at IS NULL AND (expires_at <= clock_timestamp()) = ${due}::boolean
      AND (${only.id ?? null}::uuid IS NULL OR id = ${only.id ?? null}::uuid)
      AND (${only.operatorId ?? null}::uuid IS NULL OR operator_id = ${only.operatorId ?? null}::uuid)
    RETURNING id, operator_email AS "operatorEmail", mode, ended_at AS "endedAt"`;
  for (const { id, operatorEmail, mode, endedAt } of closed) {
    const runsPaused = how === "removed" ? await pauseRunsOfSupport(tx, tenantId, id) : [];
    await writeAudit(tx, by, tenantId, {
      action: "support.end",
      targetType: "support_session",
      targetId: id,
      after: {
        operator: operatorEmail,
        mode,
        ended: how,
        at: endedAt.toISOString(),
        ...(runsPaused.length > 0 ? { runsPaused } : {}),
      },
    });
  }
  return closed;
}

/** Who ends a session when its time is up. */
export const clockwork = (): Outsider => ({ label: "Gatehouse", requestId: uuidv7(), ip: "" });
