import pg from "pg";
import type { PgBoss } from "pg-boss";
import { dispatcher, sendDispatches } from "#data-plane/jobs/dispatch.ts";
import { nudgeWorkers } from "#data-plane/jobs/nudge.ts";
import { inTransaction } from "#data-plane/jobs/transaction.ts";
import {
  END_ATTEMPTS,
  EXTEND_LEASES,
  FIND_LOST_LEASES,
  KEEP_LOG,
  LOCK_EXPIRED,
  TAKE_JOBS,
} from "#data-plane/sql/jobs.ts";
import { AFTER_ENDING, type Settled } from "./after-ending.ts";
import { type EndedAttempt, failed, workerLost } from "./outcome.ts";

/**
 * A job that this worker holds, on the attempt it is to run. `attempt` and `maxAttempts` count a pipeline's steps
 * together; `stepBase` of them belong to the steps before this one.
 */
export type ClaimedJob = {
  id: string;
  tenantId: string;
  tenant: string;
  function: string;
  input: unknown;
  attempt: number;
  maxAttempts: number;
  timeoutMs: number;
  routeId: string | null;
  revision: number | null;
  apiKeyId: string | null;
  requestId: string | null;
  /** Of a pipeline; none for a plain job. */
  steps: string[];
  /** From 0. */
  step: number | null;
  stepBase: number;
  /** What the steps before this one returned; null for none. */
  stepResults: unknown[] | null;
};

export type Holder = { pool: pg.Pool; workerId: string; leaseMs: number };

/** How many jobs one pass of the reaper deals with. */
const BATCH = 200;

/**
 * Takes up to `limit` dispatches off the queue and claims their jobs, in one statement: a worker that dies before it is
 * through has taken nothing, and after it holds a lease that runs out. The pool should not wait for the disk (see
 * poolForTaking): should PostgreSQL itself crash, a claim is forgotten and the job is simply taken again.
 */
export async function takeJobs(
  { pool, workerId, leaseMs }: Holder,
  limit: number,
): Promise<{ fetched: number; jobs: ClaimedJob[] }> {
  const { rows } = await pool.query<ClaimedJob & { fetched: number }>({
    name: "take-jobs",
    text: TAKE_JOBS,
    values: [limit, workerId, leaseMs],
  });
  return { fetched: rows[0]?.fetched ?? 0, jobs: rows.filter((row) => row.id !== null) };
}

/** One connection whose commits do not wait for the disk. */
export function poolForTaking(options: pg.PoolConfig): pg.Pool {
  return new pg.Pool({
    ...options,
    max: 1,
    onConnect: async (client) => {
      await client.query("SET synchronous_commit = off");
    },
  });
}

async function end(boss: PgBoss, client: pg.PoolClient, ended: readonly EndedAttempt[]): Promise<Settled[]> {
  const { rows } = await client.query<Settled>({
    name: "end-attempts",
    text: END_ATTEMPTS,
    values: [
      ended.map((one) => one.id),
      ended.map((one) => one.attempt),
      ended.map((one) => one.workerId),
      ended.map((one) => one.outcome),
      ended.map((one) => one.state),
      ended.map((one) => one.result),
      ended.map((one) => one.error && JSON.stringify(one.error)),
      ended.map((one) => one.fingerprint),
      ended.map((one) => one.delaySeconds),
      ended.map((one) => one.logs),
    ],
  });
  await sendDispatches(
    boss,
    client,
    rows.filter((row) => row.state === "retrying" || row.state === "queued"),
  );
  for (const follow of AFTER_ENDING) await follow(client, rows);
  return rows;
}

/** Records how attempts ended and dispatches the next ones. Gives the ids whose lease was still held. */
export async function endAttempts(pool: pg.Pool, ended: readonly EndedAttempt[]): Promise<string[]> {
  const boss = await dispatcher(pool);
  const settled = await inTransaction(pool, (client) => end(boss, client, ended));
  if (settled.some((row) => row.state === "queued")) nudgeWorkers(pool);
  return settled.map((row) => row.id);
}

/** Keeps what an attempt wrote that somebody else has ended. */
export async function keepLog(pool: pg.Pool, { id, attempt }: ClaimedJob, log: string): Promise<void> {
  await pool.query(KEEP_LOG, [id, attempt, log]);
}

/** Those (`id` and `attempt`) that the worker believes to hold and does not. */
export async function findLostLeases(
  { pool, workerId }: Holder,
  held: readonly ClaimedJob[],
): Promise<{ id: string; attempt: number }[]> {
  if (held.length === 0) return [];
  const values = [held.map((job) => job.id), held.map((job) => job.attempt), workerId];
  return (await pool.query(FIND_LOST_LEASES, values)).rows;
}

/** Extends the leases of what the worker runs; gives the ones (`id` and `attempt`) that it has lost. */
export async function extendLeases(
  { pool, workerId, leaseMs }: Holder,
  held: readonly ClaimedJob[],
): Promise<{ id: string; attempt: number }[]> {
  if (held.length === 0) return [];
  const values = [held.map((job) => job.id), held.map((job) => job.attempt), workerId];
  const { rowCount } = await pool.query(EXTEND_LEASES, [...values, leaseMs]);
  return rowCount === held.length ? [] : findLostLeases({ pool, workerId, leaseMs }, held);
}

/** Gives jobs back whose worker is gone, as a lost attempt. Any worker does it for all. Gives how many. */
export async function reapExpired(pool: pg.Pool): Promise<number> {
  const boss = await dispatcher(pool);
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query(LOCK_EXPIRED, [BATCH]);
    if (rows.length === 0) return 0;
    const reason = workerLost("The worker that ran this attempt stopped without reporting how it ended.");
    await end(
      boss,
      client,
      rows.map((row) => failed(row, row.workerId, reason, "lost")),
    );
    return rows.length;
  });
}
