import type pg from "pg";
import { inTransaction } from "#data-plane/jobs/transaction.ts";
import { FOLD_CHANGES, FORGET, LOCK_FOLDING } from "#data-plane/sql/dead-letters.ts";

/** Notes folded in one transaction: some 50 ms, in which nobody waits for anything. */
const FOLDED_AT_ONCE = 5_000;
const FORGOTTEN_AT_ONCE = 5_000;

/**
 * Adds what the ledger noted about dead jobs to their groups, until nothing is left. One worker does it at a time;
 * the others find the lock taken and do nothing. Gives how many notes there were.
 */
export async function foldDeadLetters(pool: pg.Pool): Promise<number> {
  for (let all = 0; ; ) {
    const folded = await inTransaction(pool, async (client) => {
      const { rows } = await client.query<{ locked: boolean }>(LOCK_FOLDING);
      if (!rows[0]?.locked) return 0;
      return (await client.query<{ folded: number }>(FOLD_CHANGES, [FOLDED_AT_ONCE])).rows[0]?.folded ?? 0;
    });
    all += folded;
    if (folded < FOLDED_AT_ONCE) return all;
  }
}

/** Forgets hours, groups and selections whose time is over. */
export async function forgetDeadLetters(pool: pg.Pool): Promise<void> {
  for (const statement of FORGET) await pool.query(statement, [FORGOTTEN_AT_ONCE]);
}
