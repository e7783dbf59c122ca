import type pg from "pg";
import { inTransaction } from "#data-plane/jobs/transaction.ts";
import { DELETE_PAST_RETENTION } from "#data-plane/sql/job-upkeep.ts";
import type { ChoreContext } from "./chores.ts";

/** Small enough to be over in milliseconds and to leave room for what people wait for. */
const BATCH = 500;
/** What is left then goes the next time. */
const LONGEST_MS = 5_000;
/** "ghrt": one worker at a time is enough. */
const RETENTION_LOCK = 0x67687274;

async function deleteBatch(pool: pg.Pool): Promise<number> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query("SELECT pg_try_advisory_xact_lock($1) AS ours", [RETENTION_LOCK]);
    if (!rows[0].ours) return 0;
    return (await client.query(DELETE_PAST_RETENTION, [BATCH])).rowCount ?? 0;
  });
}

/** Deletes the jobs that their tenants keep no longer, in small batches. Gives how many. */
export async function deletePastRetention({
  pool,
  logger,
}: Pick<ChoreContext, "pool" | "logger">): Promise<number> {
  const until = performance.now() + LONGEST_MS;
  let deleted = 0;
  for (;;) {
    const count = await deleteBatch(pool);
    deleted += count;
    if (count < BATCH || performance.now() > until) break;
  }
  if (deleted > 0) logger.info({ jobs: deleted }, "deleted jobs that are kept no longer");
  return deleted;
}
