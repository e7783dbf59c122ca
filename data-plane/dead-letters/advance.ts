import type pg from "pg";
import type { PgBoss } from "pg-boss";
import { dispatcher } from "#data-plane/jobs/dispatch.ts";
import { nudgeWorkers } from "#data-plane/jobs/nudge.ts";
import { inTransaction } from "#data-plane/jobs/transaction.ts";
import {
  ADVANCE_RUN,
  COUNT_QUEUED,
  LOCK_RUN,
  NEXT_ITEMS,
  PASS_CANARY,
  STOP_RUN,
  WAIT_FOR_OUTCOMES,
} from "#data-plane/sql/dead-letters.ts";
import { roomForUnproven } from "#lib/contract/run-window.ts";
import { type BatchResult, closeItems, type FrozenItem, type HeldRun, nextBatch } from "./batch.ts";

/** Jobs in one transaction: some 30 ms, for which whoever pauses the run waits. */
const BATCH = 200;
/**
 * A run lets no more of a tenant's jobs wait for their turn than this: new jobs are not put behind a hundred thousand
 * old ones, and a run that must stop has not spent everything by then.
 */
export const QUEUE_ROOM = 1_000;
const QUEUE_FULL_MS = 200;
const OUTCOMES_MS = 500;

type Run = HeldRun & {
  ratePerMinute: number | null;
  canary: number | null;
  canaryState: "waiting" | "passed" | "failed" | null;
  total: number;
  done: number;
  succeeded: number;
  died: number;
  otherEnds: number;
  stopAfter: number | null;
  heldUp: boolean;
};

/** PostgreSQL refuses the data itself (SQLSTATE classes 22 and 23): sending it again changes nothing. */
const isRefusal = (error: unknown): boolean =>
  /^2[23]/.test(String((error as { code?: unknown })?.code ?? ""));

/** Whether the jobs that were sent first let the others follow; stops the run when they do not. True: go on. */
async function judgeCanary(client: pg.PoolClient, run: Run): Promise<boolean> {
  if (run.canaryState !== "waiting") return true;
  const ended = run.succeeded + run.died + run.otherEnds;
  if (run.died > 0) await client.query(STOP_RUN, [run.id, "canary_failed"]);
  else if (ended < run.done) await client.query(WAIT_FOR_OUTCOMES, [run.id, OUTCOMES_MS]);
  else if (run.succeeded === 0) await client.query(STOP_RUN, [run.id, "canary_unclear"]);
  else {
    await client.query(PASS_CANARY, [run.id]);
    return true;
  }
  return false;
}

/** How many jobs may go now: no more than the rate's share of a second, the canary, and what the queue has room for. */
async function roomFor(client: pg.PoolClient, run: Run, most: number): Promise<number> {
  let room = most;
  if (run.ratePerMinute !== null) room = Math.min(room, Math.max(1, Math.ceil(run.ratePerMinute / 60)));
  if (run.canary !== null && run.canaryState === null) room = Math.min(room, run.canary - run.done);
  if (run.action === "requeue") {
    const { rows } = await client.query<{ queued: number }>(COUNT_QUEUED, [run.tenantId, QUEUE_ROOM]);
    room = Math.min(room, QUEUE_ROOM - (rows[0]?.queued ?? 0));
  }
  return room;
}

type Step = "nothing due" | "moved" | "waiting";
/** A run whose batch the database refused: its next jobs go one by one, and the one that is refused is put aside. */
type Trouble = { runId: string; singly: number; refused: string | null };

async function oneStep(
  boss: PgBoss,
  client: pg.PoolClient,
  trouble: Trouble | null,
  hold: (runId: string) => void,
): Promise<Step> {
  const run = (await client.query<Run>(LOCK_RUN)).rows[0];
  if (!run) return "nothing due";
  hold(run.id);
  if (!(await judgeCanary(client, run))) return "waiting";
  const unproven = roomForUnproven(run);
  if (unproven === 0) {
    await client.query(WAIT_FOR_OUTCOMES, [run.id, OUTCOMES_MS]);
    return "waiting";
  }
  const troubled = trouble?.runId === run.id ? trouble : null;
  const room = await roomFor(client, run, troubled ? 1 : Math.min(BATCH, unproven));
  if (room <= 0) {
    await client.query(ADVANCE_RUN, [run.id, run.position, 0, 0, 0, QUEUE_FULL_MS, true]);
    return "waiting";
  }
  const refused = troubled?.refused ?? null;
  const batch =
    refused === null ? await nextBatch(boss, client, run, room) : await failNext(client, run, refused);
  const nothing: BatchResult = { last: run.total, done: 0, skipped: 0, failed: 0 };
  const { last, done, skipped, failed } = batch ?? nothing;
  const wait = run.ratePerMinute === null ? 0 : ((done + failed) * 60_000) / run.ratePerMinute;
  await client.query(ADVANCE_RUN, [run.id, last, done, skipped, failed, wait, false]);
  return "moved";
}

/** Closes the next item as failed: the database would not have it. */
async function failNext(client: pg.PoolClient, run: Run, why: string): Promise<BatchResult | null> {
  const [item] = (await client.query<FrozenItem>(NEXT_ITEMS, [run.id, run.position, 1])).rows;
  if (!item) return null;
  await closeItems(client, run.id, [{ position: item.position, outcome: "failed", detail: why }]);
  return { last: item.position, done: 0, skipped: 0, failed: 1 };
}

/**
 * Carries every run on that is due, batch by batch, each in a transaction of its own that holds the run: of several
 * workers only one does, and one that dies has done nothing of its batch. Ends when nothing is due, the time is over
 * or the worker stops.
 */
export async function advanceRuns(pool: pg.Pool, forMs: number, stopping?: AbortSignal): Promise<void> {
  const boss = await dispatcher(pool);
  const until = performance.now() + forMs;
  let trouble: Trouble | null = null;
  while (performance.now() < until && !stopping?.aborted) {
    let held: string | null = null;
    const hold = (runId: string) => {
      held = runId;
    };
    try {
      const step: Step = await inTransaction(pool, (client) => oneStep(boss, client, trouble, hold));
      if (step === "nothing due") return;
      if (step === "moved") nudgeWorkers(pool);
      if (trouble && trouble.runId === held) {
        const singly: number = trouble.singly - 1;
        trouble = singly > 0 ? { runId: trouble.runId, singly, refused: null } : null;
      }
    } catch (error) {
      if (!isRefusal(error) || held === null) throw error;
      const message = `PostgreSQL refused it: ${(error as Error).message.slice(0, 300)}`;
      const known: Trouble | null = trouble && trouble.runId === held ? trouble : null;
      if (known?.refused) throw error;
      trouble = { runId: held, singly: known?.singly ?? BATCH, refused: known ? message : null };
    }
  }
}
