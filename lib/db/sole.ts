import { database } from "./client.ts";

/** What only one console process may do at a time; each has a number of its own among the database's advisory locks. */
const SOLE = { keyNotices: 4_815_162_343, tenantPurge: 4_815_162_345 } as const;

/** Work that takes longer than this loses its lock. */
const LONGEST_MS = 15 * 60_000;

/**
 * Runs `work` while no other process does the same, and gives false without running it when one does. The lock
 * belongs to a connection that `work` does not use: were that connection lost, another process could begin.
 */
export async function withSoleRight(what: keyof typeof SOLE, work: () => Promise<void>): Promise<boolean> {
  return database().$transaction(
    async (tx) => {
      const [lock] = await tx.$queryRaw<{ held: boolean }[]>`
        SELECT pg_try_advisory_xact_lock(${SOLE[what]}::bigint) AS held`;
      if (!lock?.held) return false;
      await work();
      return true;
    },
    { timeout: LONGEST_MS },
  );
}
