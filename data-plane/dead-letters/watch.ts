import type pg from "pg";
import { inTransaction } from "#data-plane/jobs/transaction.ts";
import { JUDGE_ITEMS, LOCK_WATCHED, NOTE_VERDICTS, STOP_RUN } from "#data-plane/sql/dead-letters.ts";

/** Jobs looked at in one transaction: some 10 ms. */
const LOOKED_AT = 1_000;
/** Until the first ones are looked at again: while the run goes on, and when it only waits for the last to end. */
const AGAIN_MS = 500;
const AGAIN_LATER_MS = 3_000;

type Watched = {
  id: string;
  state: string;
  stopAfter: number | null;
  watched: number;
  returned: number;
  done: number;
  succeeded: number;
  died: number;
  otherEnds: number;
  old: boolean;
};
type Verdicts = {
  looked: number;
  last: number;
  succeeded: number;
  died: number;
  other: number;
  returned: number;
};

async function watchOne(client: pg.PoolClient): Promise<boolean> {
  const run = (await client.query<Watched>(LOCK_WATCHED)).rows[0];
  if (!run) return false;
  const { rows } = await client.query<Verdicts>(JUDGE_ITEMS, [run.id, run.watched, LOOKED_AT]);
  const { looked, last, succeeded, died, other, returned } = rows[0] as Verdicts;
  const ended = run.succeeded + run.died + run.otherEnds + succeeded + died + other;
  const goesOn = run.state === "running" || run.state === "paused";
  const atEnd = looked < LOOKED_AT;
  const over = !goesOn && (ended >= run.done || run.old);
  const wait = over ? null : atEnd ? (goesOn || ended > 0 ? AGAIN_MS : AGAIN_LATER_MS) : 0;
  await client.query(NOTE_VERDICTS, [run.id, atEnd ? 0 : last, succeeded, died, other, returned, wait]);
  const tooOften = run.stopAfter !== null && run.returned + returned >= run.stopAfter;
  if (goesOn && tooOften) await client.query(STOP_RUN, [run.id, "same_error"]);
  return true;
}

/**
 * Looks at what became of the jobs that runs sent round again, counts it, and stops a run in which the same error
 * keeps coming back. Each look is a transaction of its own that holds its run.
 */
export async function watchRuns(pool: pg.Pool, forMs: number, stopping?: AbortSignal): Promise<void> {
  const until = performance.now() + forMs;
  while (performance.now() < until && !stopping?.aborted) if (!(await inTransaction(pool, watchOne))) return;
}
