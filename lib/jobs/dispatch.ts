import { fromPrisma, PgBoss } from "pg-boss";
import { DISPATCH } from "#lib/contract/channels.ts";
import { dispatchId } from "#lib/contract/jobs.ts";
import type { Transaction } from "#lib/db/client.ts";

/**
 * Sends dispatches through pg-boss in the caller's transaction, due at once: the control plane's counterpart of
 * data-plane/jobs/dispatch.ts, with the same row ids, so that sending one twice makes one.
 */
export async function sendDispatches(
  tx: Transaction,
  tenantId: string,
  dispatches: readonly { id: string; dispatch: number }[],
): Promise<void> {
  const boss = new PgBoss({
    db: fromPrisma(tx),
    schema: DISPATCH.schema,
    migrate: false,
    createSchema: false,
    supervise: false,
    schedule: false,
  });
  await boss.insert(
    DISPATCH.queue,
    dispatches.map(({ id, dispatch }) => ({
      id: dispatchId(id, dispatch),
      data: { id, dispatch },
      group: { id: tenantId },
      retryLimit: 0,
    })),
  );
}
