import type pg from "pg";
import type { HostLogger } from "#data-plane/functions-host/index.ts";

export type ChoreContext = { pool: pg.Pool; workerId: string; logger: HostLogger };

/**
 * Something that every worker looks after now and then beside its jobs. Workers do not know of each other, so a chore
 * takes what it works on under a lock (`FOR UPDATE SKIP LOCKED`) or does nothing the second time.
 */
export type Chore = {
  /** For the log line when it fails: "… failed; trying again". */
  what: string;
  everyMs: number;
  work: (context: ChoreContext) => Promise<void>;
};

export const CHORES: readonly Chore[] = [];
