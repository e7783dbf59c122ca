/** Nobody stays longer; the table itself refuses it too. */
export const LONGEST_MINUTES = 60;
export const SHORTEST_MINUTES = 5;

/** Whole minutes that are left at `now`, counted up: the last one reads 1 until it is over. */
export const minutesLeft = (expiresAt: string, now: number): number =>
  Math.max(0, Math.ceil((Date.parse(expiresAt) - now) / 60_000));

/** What each mode lets an operator do, in words. */
export const MODE_WORDS = {
  read: { name: "read-only", may: "look at routes, keys and jobs, payloads masked, and explain requests" },
  requeue: {
    name: "may requeue",
    may: "look at everything, and retry, requeue, cancel and discard jobs with a reason",
  },
} as const;

/** A failure in one line. */
export const failureText = ({ name, message }: { name: string; message: string }): string =>
  message ? `${name}: ${message}` : `${name} without a message`;
