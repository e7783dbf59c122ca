/**
 * What both planes must agree on about jobs: states and the ways between them, backoff, the fingerprint of an
 * error, the name of a dispatch and what a client is told. Pure.
 */
export const JOB_STATES = [
  "queued",
  "running",
  "retrying",
  "succeeded",
  "dead",
  "cancelled",
  "discarded",
] as const;
export type JobState = (typeof JOB_STATES)[number];

/**
 * Every change of state that may happen; what is not in here must not. Between two steps a pipeline is `queued`
 * again: it waits for its turn.
 */
export const JOB_TRANSITIONS: Record<JobState, readonly JobState[]> = {
  queued: ["running", "cancelled"],
  running: ["succeeded", "queued", "retrying", "dead", "cancelled"],
  retrying: ["running", "cancelled"],
  succeeded: [],
  dead: ["queued", "discarded"],
  cancelled: [],
  discarded: [],
};

/** The states from which a job can go to `to`; for the WHERE of the statement that takes it there. */
export function statesBefore(to: JobState): JobState[] {
  return JOB_STATES.filter((from) => JOB_TRANSITIONS[from].includes(to));
}

export const ATTEMPT_OUTCOMES = ["running", "succeeded", "failed", "timed_out", "lost", "cancelled"] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

export const DEFAULT_MAX_ATTEMPTS = 5;
/** How long a job that a handler enqueued may run, in milliseconds; a route says it for its own jobs. */
export const DEFAULT_JOB_TIMEOUT_MS = 60_000;
/** For how long an Idempotency-Key answers with the same job. */
export const IDEMPOTENCY_HOURS = 24;

const FIRST_DELAY_MS = 1_000;
export const MAX_DELAY_MS = 300_000;
/** The share of a delay that chance may take off, so that jobs which failed together do not return together. */
const JITTER = 0.2;

/**
 * Milliseconds between the end of failed attempt number `attempt` (from 1) and the next: 1 s, 2 s, 4 s … up to
 * 5 min, less a jitter of up to a fifth. `random` is in [0, 1).
 */
export function backoffMs(attempt: number, random: number): number {
  const full = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(30, Math.max(0, attempt - 1)));
  return Math.round(full * (1 - JITTER * random));
}

/** An error as an attempt records it. */
export type JobError = { name: string; message: string; stack?: string };

export { errorFingerprint, normalizeMessage } from "./error-fingerprint.ts";

/**
 * The id of the dispatcher's row for one dispatch of a job: the job's own id for the first, and counted up in its
 * last 48 bits from there. Sending a dispatch twice therefore makes one row.
 */
export function dispatchId(jobId: string, dispatch: number): string {
  const tail = (Number.parseInt(jobId.slice(24), 16) + dispatch - 1) % 2 ** 48;
  return `${jobId.slice(0, 24)}${tail.toString(16).padStart(12, "0")}`;
}

/** What a job's row says that its client may know. Dates as ISO text. */
export type JobFacts = {
  id: string;
  state: JobState;
  attempts: number;
  maxAttempts: number;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  result: unknown;
  error: JobError | null;
};

/** What a `job-status` route answers about a job. The stack stays inside. */
export function clientStatus(job: JobFacts) {
  return {
    jobId: job.id,
    status: job.state,
    attempts: job.attempts,
    maxAttempts: job.maxAttempts,
    createdAt: job.createdAt,
    startedAt: job.startedAt,
    finishedAt: job.finishedAt,
    result: job.result ?? null,
    error: job.error ? { name: job.error.name, message: job.error.message } : null,
  };
}
