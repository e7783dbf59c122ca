import type pg from "pg";
import type { PgBoss } from "pg-boss";
import { sendDispatches } from "#data-plane/jobs/dispatch.ts";
import {
  CLOSE_ITEMS,
  DISCARD_JOBS,
  LOCK_UNTOUCHED,
  NEXT_ITEMS,
  NOTE_ACTIONS,
  REQUEUE_JOBS,
  WHO_WAS_FASTER,
} from "#data-plane/sql/dead-letters.ts";
import { attemptsUsedUp, maxAttemptsAfterRetry } from "#lib/contract/job-retry.ts";
import type { JobState } from "#lib/contract/jobs.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";

/** A run as the engine holds it, locked. */
export type HeldRun = {
  id: string;
  tenantId: string;
  action: "requeue" | "discard";
  actorId: string | null;
  actorLabel: string;
  reason: string;
  position: number;
};
export type FrozenItem = { position: number; jobId: string; dispatch: number; attempts: number };
type Closed = {
  position: number;
  outcome: "done" | "skipped" | "failed";
  code?: string;
  by?: string | null;
  at?: Date | null;
  detail?: string | null;
};
export type BatchResult = { last: number; done: number; skipped: number; failed: number };

type Untouched = {
  id: string;
  attempts: number;
  maxAttempts: number;
  stepAttempts: number | null;
  stepBase: number;
  retries: number;
};
type Faster = {
  id: string;
  state: JobState | null;
  action: string | null;
  by: string | null;
  at: Date | null;
};

/** What somebody did to a job before the run came to it. */
const SKIPS: Record<string, string> = { retry: "requeued", discard: "discarded", cancel: "cancelled" };

function skipOf(position: number, { state, action, by, at }: Faster): Closed {
  if (state === null) return { position, outcome: "skipped", code: "not_found" };
  const code = action === null ? "not_dead" : (SKIPS[action] ?? "not_dead");
  return { position, outcome: "skipped", code, by, at, detail: state };
}

/**
 * Deals with the next `limit` jobs of a run, in the transaction that holds the run: each is sent round again or
 * discarded with its history, or closed with the reason why not. What became of an item stands or falls with what was
 * done to its job, so nothing is done twice. Gives null when there is no further item.
 */
export async function nextBatch(
  boss: PgBoss,
  client: pg.PoolClient,
  run: HeldRun,
  limit: number,
): Promise<BatchResult | null> {
  const { rows: items } = await client.query<FrozenItem>(NEXT_ITEMS, [run.id, run.position, limit]);
  const last = items.at(-1)?.position;
  if (last === undefined) return null;
  const { rows: untouched } = await client.query<Untouched>(LOCK_UNTOUCHED, [
    run.tenantId,
    items.map((item) => item.jobId),
    items.map((item) => item.dispatch),
    items.map((item) => item.attempts),
  ]);
  const free = new Map(untouched.map((job) => [job.id, job]));
  const failed = new Map<string, string>();
  const next: { id: string; maxAttempts: number }[] = [];
  for (const job of untouched) {
    const { stepAttempts, stepBase } = job;
    const pipeline =
      stepAttempts === null ? null : { attemptsBefore: stepBase, attemptsPerStep: stepAttempts };
    const refusal = run.action === "requeue" ? attemptsUsedUp({ ...job, pipeline }) : null;
    if (refusal) failed.set(job.id, refusal);
    else next.push({ id: job.id, maxAttempts: maxAttemptsAfterRetry({ ...job, pipeline }, job.retries) });
  }
  const done = new Set(await act(boss, client, run, next));
  const touched = items.filter(({ jobId }) => !free.has(jobId));
  const faster = new Map<string, Faster>();
  if (touched.length > 0) {
    const ids = touched.map(({ jobId }) => jobId);
    const { rows } = await client.query<Faster>(WHO_WAS_FASTER, [run.tenantId, ids]);
    for (const row of rows) faster.set(row.id, row);
  }
  const closed = items.map(({ position, jobId }): Closed => {
    if (done.has(jobId)) return { position, outcome: "done" };
    const why = failed.get(jobId);
    if (why) return { position, outcome: "failed", detail: why };
    return skipOf(
      position,
      faster.get(jobId) ?? { id: jobId, state: null, action: null, by: null, at: null },
    );
  });
  await closeItems(client, run.id, closed);
  const count = (outcome: Closed["outcome"]) => closed.filter((item) => item.outcome === outcome).length;
  return { last, done: count("done"), skipped: count("skipped"), failed: count("failed") };
}

/** Requeues or discards, with the action in each job's history; gives the ids of those that it was done to. */
async function act(
  boss: PgBoss,
  client: pg.PoolClient,
  run: HeldRun,
  jobs: readonly { id: string; maxAttempts: number }[],
): Promise<string[]> {
  if (jobs.length === 0) return [];
  const ids = jobs.map(({ id }) => id);
  const requeues = run.action === "requeue";
  const { rows } = requeues
    ? await client.query(REQUEUE_JOBS, [ids, jobs.map(({ maxAttempts }) => maxAttempts)])
    : await client.query(DISCARD_JOBS, [ids]);
  const acted = rows as { id: string; dispatch: number }[];
  if (requeues) {
    const { tenantId } = run;
    await sendDispatches(
      boss,
      client,
      acted.map(({ id, dispatch }) => ({ id, dispatch, tenantId, delaySeconds: 0 })),
    );
  }
  await client.query(NOTE_ACTIONS, [
    acted.map(() => uuidv7()),
    acted.map(({ id }) => id),
    run.tenantId,
    requeues ? "retry" : "discard",
    run.actorId,
    run.actorLabel,
    run.reason,
    run.id,
  ]);
  return acted.map(({ id }) => id);
}

/** Writes what became of items. */
export async function closeItems(
  client: pg.PoolClient,
  runId: string,
  closed: readonly Closed[],
): Promise<void> {
  await client.query(CLOSE_ITEMS, [
    runId,
    closed.map((item) => item.position),
    closed.map((item) => item.outcome),
    closed.map((item) => item.code ?? null),
    closed.map((item) => item.by ?? null),
    closed.map((item) => item.at ?? null),
    closed.map((item) => item.detail ?? null),
  ]);
}
