import type pg from "pg";
import { type Db, PgBoss } from "pg-boss";
import { DISPATCH } from "#lib/contract/channels.ts";
import { dispatchId } from "#lib/contract/jobs.ts";

/** What the dispatcher carries: which job, and which dispatch of it. */
export type DispatchData = { id: string; dispatch: number };

export type NewDispatch = DispatchData & {
  tenantId: string;
  /** Seconds from now, by the database's clock; 0 for at once. */
  delaySeconds: number;
};

const bosses = new WeakMap<pg.Pool, Promise<PgBoss>>();

/** pg-boss on somebody else's connection, so that its rows stand or fall with the ledger's. */
export const onClient = (client: pg.Pool | pg.PoolClient): Db => ({
  executeSql: (text, values) => client.query(text, values as unknown[]),
});

async function openDispatcher(pool: pg.Pool): Promise<PgBoss> {
  const boss = new PgBoss({
    db: onClient(pool),
    schema: DISPATCH.schema,
    migrate: false,
    createSchema: false,
    supervise: false,
    schedule: false,
  });
  // Failures reject the call that meets them; without a listener an "error" event would end the process.
  boss.on("error", () => {});
  await boss.insert(DISPATCH.queue, []);
  return boss;
}

/**
 * pg-boss bound to the pool, one per pool. It is never started: nobody here migrates its schema, schedules or
 * supervises, and rows are deleted the moment they are claimed, so it has no timers to run. Ask for it before a
 * transaction, not inside: it reads its queue once, on another connection of the pool, and transactions that hold
 * every connection while they wait for that would wait forever.
 */
export function dispatcher(pool: pg.Pool): Promise<PgBoss> {
  let boss = bosses.get(pool);
  if (!boss) {
    boss = openDispatcher(pool);
    bosses.set(pool, boss);
    boss.catch(() => bosses.delete(pool));
  }
  return boss;
}

/**
 * Sends dispatches in the transaction of `client`. Sending one that is there already does nothing. The plain
 * INSERT needs INSERT on the queue's table and SELECT on the list of queues, and no right to read a dispatch.
 */
export async function sendDispatches(
  boss: PgBoss,
  client: pg.PoolClient,
  dispatches: readonly NewDispatch[],
): Promise<void> {
  if (dispatches.length === 0) return;
  const rows = dispatches.map(({ id, dispatch, tenantId, delaySeconds }) => ({
    id: dispatchId(id, dispatch),
    data: { id, dispatch } satisfies DispatchData,
    startAfter: String(delaySeconds),
    group: { id: tenantId },
    retryLimit: 0,
  }));
  await boss.insert(DISPATCH.queue, rows, { db: onClient(client) });
}
