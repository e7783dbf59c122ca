import type { Chore } from "#data-plane/worker/chores.ts";
import { advanceRuns } from "./advance.ts";
import { foldDeadLetters, forgetDeadLetters } from "./fold.ts";
import { watchRuns } from "./watch.ts";

/** For how long one turn of a chore goes on at most, in milliseconds; what is left waits for the next. */
const TURN_MS = 2_000;

/** What workers do for dead letters beside their jobs. */
export const DEAD_LETTER_CHORES: readonly Chore[] = [
  {
    what: "grouping dead letters",
    everyMs: 1_000,
    work: async ({ pool }) => void (await foldDeadLetters(pool)),
  },
  {
    what: "carrying on runs of dead letters",
    everyMs: 250,
    work: ({ pool, stopping }) => advanceRuns(pool, TURN_MS, stopping),
  },
  {
    what: "watching requeued jobs",
    everyMs: 250,
    work: ({ pool, stopping }) => watchRuns(pool, TURN_MS, stopping),
  },
  { what: "forgetting old dead letters", everyMs: 60_000, work: ({ pool }) => forgetDeadLetters(pool) },
];
