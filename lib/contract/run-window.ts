/** What is known of the jobs that a run has sent round again. */
export type Sent = {
  stopAfter: number | null;
  done: number;
  succeeded: number;
  died: number;
  otherEnds: number;
};

/**
 * How many more jobs a run may send before those that it has sent have ended. A run that is to stop when the same
 * error comes back in N jobs begins with N, and has twice as many under way as have succeeded from then on: else it
 * would have sent all of a small group before the first could come back. Without such an N there is no bound.
 */
export function roomForUnproven({ stopAfter, done, succeeded, died, otherEnds }: Sent): number {
  if (stopAfter === null) return Number.POSITIVE_INFINITY;
  const underWay = done - succeeded - died - otherEnds;
  return Math.max(0, Math.max(stopAfter, 2 * succeeded) - underWay);
}
