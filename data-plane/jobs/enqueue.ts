import { hash } from "node:crypto";
import type pg from "pg";
import {
  FIND_BY_IDEMPOTENCY_KEY,
  INSERT_JOB,
  INSERT_JOB_ONCE,
  INSERT_JOB_WITHOUT_TERMS,
} from "#data-plane/sql/jobs.ts";
import { jobTerms } from "#lib/contract/job-terms.ts";
import type { JobState } from "#lib/contract/jobs.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { dispatcher, sendDispatches } from "./dispatch.ts";
import { nudgeWorkers } from "./nudge.ts";
import { inTransaction } from "./transaction.ts";

export type NewJob = {
  tenantId: string;
  /** Of a pipeline, the first of `steps`. */
  function: string;
  /** What a pipeline runs, in order; a plain job has none. */
  steps?: readonly string[];
  /** Any JSON value; undefined is stored as null. */
  input: unknown;
  /** 1–100; of a pipeline, for each step. */
  maxAttempts: number;
  timeoutMs: number;
  routeId: string | null;
  revision: number | null;
  apiKeyId: string | null;
  requestId: string | null;
  /** For 24 hours the same key on the same route (or from handlers, for the same function) names the same job. */
  idempotencyKey: string | null;
  enqueuedBy: "route" | "handler";
  /** Seconds until it is due, by the database's clock; at once when not given. */
  delaySeconds?: number;
};

export type Enqueued = { jobId: string; status: JobState; replayed: boolean };

/**
 * Puts a job in the ledger and dispatches it, in one transaction, and nudges the workers once it has committed.
 * `replayed`: the idempotency key named a job already, `status` is that job's and nothing was written. Works for
 * the gateway's role and the worker's. Throws what PostgreSQL throws; then nothing was enqueued, except that a
 * connection lost during the commit itself leaves it open (with an idempotency key, asking again is safe).
 */
export async function enqueueJob(pool: pg.Pool, job: NewJob): Promise<Enqueued> {
  const boss = await dispatcher(pool);
  const jobId = uuidv7();
  const values = [
    jobId,
    job.tenantId,
    job.function,
    JSON.stringify(job.input) ?? "null",
    job.maxAttempts,
    job.timeoutMs,
    job.routeId,
    job.revision,
    job.apiKeyId,
    job.requestId,
    job.enqueuedBy,
    job.steps ?? [],
    job.delaySeconds ?? 0,
  ];
  const terms = jobTerms(job.tenantId, job.input, job.enqueuedBy);
  const dispatch = { id: jobId, dispatch: 1, tenantId: job.tenantId, delaySeconds: job.delaySeconds ?? 0 };
  if (job.idempotencyKey === null) {
    await inTransaction(pool, async (client) => {
      await client.query(
        terms.length > 0
          ? { name: "insert-job", text: INSERT_JOB, values: [...values, terms] }
          : { name: "insert-job-without-terms", text: INSERT_JOB_WITHOUT_TERMS, values },
      );
      await sendDispatches(boss, client, [dispatch]);
    });
    nudgeWorkers(pool);
    return { jobId, status: "queued", replayed: false };
  }

  const scope = job.routeId && job.enqueuedBy === "route" ? job.routeId : `handler:${job.function}`;
  // Hashed, because a key may be longer than an index takes and hold what text cannot.
  const key = [scope, hash("sha256", job.idempotencyKey)];
  const replay = await inTransaction(pool, async (client): Promise<Enqueued | null> => {
    const { rowCount } = await client.query(INSERT_JOB_ONCE, [...values, ...key, terms]);
    if (rowCount === 1) {
      await sendDispatches(boss, client, [dispatch]);
      return null;
    }
    const { rows } = await client.query<{ id: string; state: JobState }>(FIND_BY_IDEMPOTENCY_KEY, [
      job.tenantId,
      ...key,
    ]);
    const known = rows[0];
    // now() stands still in a transaction, so a key that had not expired a statement ago has not now.
    if (!known) throw new Error("an idempotency key names a job that is not in the ledger");
    return { jobId: known.id, status: known.state, replayed: true };
  });
  if (replay) return replay;
  nudgeWorkers(pool);
  return { jobId, status: "queued", replayed: false };
}
