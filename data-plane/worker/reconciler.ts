import type pg from "pg";
import type { PgBoss } from "pg-boss";
import type { HostLogger } from "#data-plane/functions-host/index.ts";
import { dispatcher, sendDispatches } from "#data-plane/jobs/dispatch.ts";
import { nudgeWorkers } from "#data-plane/jobs/nudge.ts";
import { inTransaction } from "#data-plane/jobs/transaction.ts";
import {
  CLOSE_LEFT_OPEN,
  DELETE_DISPATCHES,
  EXPIRE_STRAYS,
  FIND_ORPHANS,
  FIND_OVERDUE,
  FORGET_IDEMPOTENCY_KEYS,
  FORGET_REPAIRS,
  REPORT_REPAIRS,
} from "#data-plane/sql/job-upkeep.ts";
import { storedError, workerLost } from "./outcome.ts";

/** How much one pass looks at, so that no pass is long; the next goes on from there. */
const BATCH = 200;
const QUEUE_PAGE = 1_000;
const ATTEMPTS_PAGE = 2_000;
/** The newest attempts are looked at in every pass, for that is where something goes wrong. */
const NEWEST_ATTEMPTS = 200;

/** "ghrc": only one worker puts things right at a time, or two would report the same repair. */
const RECONCILER_LOCK = 0x67687263;

const LEAST = "00000000-0000-0000-0000-000000000000";
const BEFORE_EVERYTHING = { runAt: "-infinity", id: LEAST };
const AFTER_EVERYTHING = { job: "ffffffff-ffff-ffff-ffff-ffffffffffff", number: 2_147_483_647 };

type Repair = { kind: string; tenantId: string | null; jobId: string | null };

async function report(client: pg.PoolClient, repairs: readonly Repair[]): Promise<void> {
  const rows = new Map<string, { tenantId: string; kind: string; count: number; jobId: string | null }>();
  for (const { kind, tenantId, jobId } of repairs) {
    if (tenantId === null) continue;
    const row = rows.get(`${tenantId} ${kind}`) ?? { tenantId, kind, count: 0, jobId };
    rows.set(`${tenantId} ${kind}`, { ...row, count: row.count + 1, jobId });
  }
  if (rows.size === 0) return;
  const all = [...rows.values()];
  await client.query(REPORT_REPAIRS, [
    all.map((row) => row.tenantId),
    all.map((row) => row.kind),
    all.map((row) => row.count),
    all.map((row) => row.jobId),
  ]);
}

/**
 * Puts right whatever is out of step between the ledger and the dispatcher, and reports it to the tenant and in the
 * log: a waiting job without a dispatch or with one that cannot be taken, a dispatch without a waiting job, a running
 * job that no lease gives back, an attempt that reads as running after its job has gone on. Each pass looks at a page
 * of each and remembers where it stopped, so that a long backlog is walked through in turns.
 */
export function createReconciler(options: { pool: pg.Pool; overdueMs: number; logger: HostLogger }) {
  const { pool, overdueMs, logger } = options;
  let overdueAfter = BEFORE_EVERYTHING;
  let queueAfter = LEAST;
  let attemptsBefore = AFTER_EVERYTHING;

  async function dispatchAgain(boss: PgBoss, client: pg.PoolClient): Promise<Repair[]> {
    const { rows } = await client.query(FIND_OVERDUE, [
      overdueMs,
      overdueAfter.runAt,
      overdueAfter.id,
      BATCH,
    ]);
    overdueAfter = rows.length === BATCH ? rows[BATCH - 1] : BEFORE_EVERYTHING;
    const wrong = rows.filter((row) => row.wrong !== null);
    const stuck = wrong.filter((row) => row.wrong === "dispatch_stuck").map((row) => row.dispatchId);
    if (stuck.length > 0) await client.query(DELETE_DISPATCHES, [stuck]);
    await sendDispatches(
      boss,
      client,
      wrong.map(({ id, dispatch, tenantId }) => ({ id, dispatch, tenantId, delaySeconds: 0 })),
    );
    return wrong.map((row) => ({ kind: row.wrong, tenantId: row.tenantId, jobId: row.id }));
  }

  async function dropOrphans(client: pg.PoolClient): Promise<Repair[]> {
    const { rows } = await client.query(FIND_ORPHANS, [queueAfter, QUEUE_PAGE]);
    queueAfter = rows[0]?.last ?? LEAST;
    const orphans = rows.filter((row) => row.id !== null);
    if (orphans.length > 0) await client.query(DELETE_DISPATCHES, [orphans.map((row) => row.id)]);
    return orphans.filter((row) => !row.closed).map((row) => ({ ...row, kind: "dispatch_orphaned" }));
  }

  async function closeLeftOpen(
    client: pg.PoolClient,
    before: typeof AFTER_EVERYTHING,
    limit: number,
  ): Promise<{ repairs: Repair[]; last: typeof AFTER_EVERYTHING }> {
    const reason = storedError(workerLost("This attempt was left open after its job had gone on."));
    const { rows } = await client.query(CLOSE_LEFT_OPEN, [
      before.job,
      before.number,
      limit,
      JSON.stringify(reason),
    ]);
    const first = rows[0];
    const last = first?.lastJob ? { job: first.lastJob, number: first.lastNumber } : AFTER_EVERYTHING;
    const closed = rows.filter((row) => row.jobId !== null);
    return { repairs: closed.map((row) => ({ ...row, kind: "attempt_left_open" })), last };
  }

  return async function reconcile(): Promise<void> {
    const boss = await dispatcher(pool);
    const repairs = await inTransaction(pool, async (client): Promise<Repair[]> => {
      const { rows } = await client.query("SELECT pg_try_advisory_xact_lock($1) AS ours", [RECONCILER_LOCK]);
      if (!rows[0].ours) return [];
      const strays = await client.query<Omit<Repair, "kind">>(EXPIRE_STRAYS, [BATCH]);
      const newest = await closeLeftOpen(client, AFTER_EVERYTHING, NEWEST_ATTEMPTS);
      const older = await closeLeftOpen(client, attemptsBefore, ATTEMPTS_PAGE);
      attemptsBefore = older.last;
      const done = [
        ...(await dispatchAgain(boss, client)),
        ...(await dropOrphans(client)),
        ...strays.rows.map((row) => ({ ...row, kind: "lease_missing" })),
        ...newest.repairs,
        ...older.repairs,
      ];
      await report(client, done);
      return done;
    });
    if (repairs.length > 0) {
      const counts: Record<string, number> = {};
      for (const { kind } of repairs) counts[kind] = (counts[kind] ?? 0) + 1;
      const jobs = repairs.slice(0, 10).map((repair) => repair.jobId);
      logger.warn({ ...counts, jobs }, "put right what was out of step between jobs and their queue");
      nudgeWorkers(pool);
    }
    await pool.query(FORGET_IDEMPOTENCY_KEYS, [BATCH]);
    await pool.query(FORGET_REPAIRS);
  };
}
