/** For how many days after its end a job is kept, by how it ended. Pure: the console says it, the worker does it. */
export type Retention = {
  succeeded: number;
  dead: number;
  /** Cancelled and discarded. */
  closed: number;
};

/** Of a tenant that has not said otherwise. */
export const DEFAULT_RETENTION: Retention = { succeeded: 30, dead: 90, closed: 30 };
/** At least as long as an Idempotency-Key names its job, so that a repeated request never meets a deleted one. */
export const MIN_RETENTION_DAYS = 1;
export const MAX_RETENTION_DAYS = 3_650;

/** Which of the numbers is meant for a job in this state; the states that are not here are never deleted. */
export const RETENTION_OF = {
  succeeded: "succeeded",
  dead: "dead",
  cancelled: "closed",
  discarded: "closed",
} as const satisfies Record<string, keyof Retention>;
export type EndedState = keyof typeof RETENTION_OF;

export const isEnded = (state: string): state is EndedState => Object.hasOwn(RETENTION_OF, state);

const DAY_MS = 86_400_000;

/** When a job is deleted, as ISO text; null while it has not ended. */
export function deletesAt(
  job: { state: string; finishedAt: string | null },
  retention: Retention,
): string | null {
  if (job.finishedAt === null || !isEnded(job.state)) return null;
  return new Date(Date.parse(job.finishedAt) + retention[RETENTION_OF[job.state]] * DAY_MS).toISOString();
}
