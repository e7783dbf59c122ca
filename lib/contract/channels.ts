/**
 * PostgreSQL notification channels. A notification is only a nudge and carries no payload: the listener asks the
 * database what changed since the snapshot it last read, exactly as it does when it polls.
 */
export const CHANNELS = {
  /** A revision went live, or a key or a tenant changed. */
  changed: "gatehouse_changed",
  /** There is something to run. Sent at most once per transaction or batch, never once per job. */
  jobs: "gatehouse_jobs",
  /** A job that runs was cancelled. */
  cancels: "gatehouse_cancels",
} as const;

/** How long a lost notification can go unnoticed, in milliseconds. */
export const POLL_INTERVAL_MS = 2_000;

/** pg-boss: its schema, and the one queue that carries job ids from the ledger to a worker. */
export const DISPATCH = { schema: "pgboss", queue: "jobs" } as const;
