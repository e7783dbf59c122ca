import type { Transaction } from "#lib/db/client.ts";
import { sendDispatches } from "./dispatch.ts";

/**
 * Takes what runs off its workers, which end it at their next heartbeat: each job waits again, the attempt that was cut
 * short does not count, and a pipeline goes on with the step that it was at. Gives how many there were.
 */
export async function suspendRunning(tx: Transaction, tenantId: string): Promise<number> {
  const stopped = await tx.$queryRaw<{ id: string; number: number }[]>`
    UPDATE jobs SET state = 'queued', dispatch = dispatch + 1, max_attempts = LEAST(max_attempts + 1, 1000),
      run_at = now(), lease_expires_at = NULL, worker_id = NULL
    WHERE tenant_id = ${tenantId}::uuid AND state = 'running' RETURNING id, attempts AS number`;
  await tx.$executeRaw`
    UPDATE job_attempts SET outcome = 'cancelled', finished_at = now()
    FROM unnest(${stopped.map(({ id }) => id)}::uuid[], ${stopped.map(({ number }) => number)}::int[]) AS cut(id, number)
    WHERE tenant_id = ${tenantId}::uuid AND job_id = cut.id AND job_attempts.number = cut.number AND outcome = 'running'`;
  return stopped.length;
}

const AT_ONCE = 1_000;
/** The workers' own reconciler sends what is beyond. */
const MOST = 20_000;

/** Sends every waiting job that is due to the workers anew, the oldest first. Gives how many. */
export async function dispatchWaiting(tx: Transaction, tenantId: string): Promise<number> {
  const due = await tx.$queryRaw<{ id: string; dispatch: number }[]>`
    SELECT id, dispatch FROM jobs
    WHERE tenant_id = ${tenantId}::uuid AND state IN ('queued', 'retrying') AND run_at <= now()
    ORDER BY run_at, id LIMIT ${MOST}`;
  for (let start = 0; start < due.length; start += AT_ONCE) {
    await sendDispatches(tx, tenantId, due.slice(start, start + AT_ONCE));
  }
  return due.length;
}
