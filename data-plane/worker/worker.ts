import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import pg from "pg";
import type { FunctionsHost, HostLogger } from "#data-plane/functions-host/index.ts";
import { CHORES, type OutboundSettings } from "./chores.ts";
import { every } from "./every.ts";
import { reportInstance } from "./instance.ts";
import { extendLeases, findLostLeases, keepLog, poolForTaking, reapExpired, takeJobs } from "./ledger.ts";
import { listenForJobs } from "./listener.ts";
import { failed, resultRefused } from "./outcome.ts";
import { createReconciler } from "./reconciler.ts";
import { createRunner } from "./runner.ts";
import { createSettler } from "./settler.ts";

/**
 * All in milliseconds. A worker that dies gives its jobs back after at most lease + reap (20 s of the promised 30).
 * The heartbeat leaves two misses before a lease runs out. Overdue is long enough that a busy worker's backlog is
 * not taken for a loss every second.
 */
export const WORKER_TIMING = {
  lease: 15_000,
  heartbeat: 5_000,
  reap: 5_000,
  reconcile: 10_000,
  overdue: 30_000,
  poll: 1_000,
  drain: 25_000,
} as const;
export type WorkerTiming = { [Name in keyof typeof WORKER_TIMING]: number };

/** How long a worker that could not ask for work waits before it asks again, in milliseconds. */
const RETRY_TAKING_MS = 500;

export type WorkerOptions = {
  connectionString: string;
  host: FunctionsHost;
  logger: HostLogger;
  /** Jobs that run at the same time. */
  concurrency: number;
  version: string;
  name?: string;
  timing?: Partial<WorkerTiming>;
  outbound?: OutboundSettings;
};

/** Sends nowhere inside, and nothing that needs a secret. */
const NO_OUTBOUND: OutboundSettings = { keyring: [], allowInternal: false, consoleUrl: null };

export type Worker = {
  id: string;
  pool: pg.Pool;
  /** Resolves when the worker has reached the database for the first time; rejects when it cannot. */
  start(): Promise<void>;
  /** Takes nothing more, lets running jobs end within the drain time, gives the others back, and closes. */
  stop(): Promise<void>;
};

/** A worker: takes jobs from the queue, runs them in the functions host and keeps the ledger. Not yet started. */
export function createWorker(options: WorkerOptions): Worker {
  const { connectionString, host, logger, concurrency } = options;
  const timing: WorkerTiming = { ...WORKER_TIMING, ...options.timing };
  const id = randomUUID();
  const connection: pg.PoolConfig = {
    connectionString,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
    query_timeout: 15_000,
    application_name: "gatehouse worker",
  };
  const pool = new pg.Pool({ ...connection, max: 6 });
  const taker = poolForTaking(connection);
  for (const each of [pool, taker]) {
    each.on("error", (error) => logger.warn({ err: error }, "an idle database connection broke"));
  }

  const holder = { pool, workerId: id, leaseMs: timing.lease };
  const instance = { id, name: options.name ?? hostname(), version: options.version, startedAt: new Date() };
  const settler = createSettler(pool, logger, (refused) => failed(refused.of, id, resultRefused()));
  const runner = createRunner({
    host,
    workerId: id,
    settler,
    onFree: () => resume?.(),
    onAbandoned: (job, log) => {
      keepLog(pool, job, log).catch((error) =>
        logger.warn({ err: error, jobId: job.id }, "what a cancelled attempt wrote could not be kept"),
      );
    },
  });
  /** Ends what runs here and is no longer this worker's: cancelled, or given to another. */
  const abandonLost = async () => {
    for (const lease of await findLostLeases(holder, runner.held())) runner.abandon(lease);
  };

  let stopping = false;
  /** There may be work: a nudge came, the poll is due, or the last batch was full. */
  let more = true;
  let resume: (() => void) | null = null;
  const wake = () => {
    more = true;
    resume?.();
  };

  async function takeAndRun(): Promise<void> {
    while (!stopping) {
      // Endings that wait for the database hold their slot, or a database that is away would pile them up.
      const free = concurrency - runner.running() - Math.max(0, settler.pending() - concurrency);
      if (!more || free <= 0) {
        await new Promise<void>((resolve) => {
          resume = resolve;
        });
        resume = null;
        continue;
      }
      more = false;
      try {
        const { fetched, jobs } = await takeJobs({ ...holder, pool: taker }, free);
        for (const job of jobs) runner.run(job);
        if (fetched === free) more = true;
      } catch (error) {
        logger.warn({ err: error }, "jobs could not be taken; trying again");
        await new Promise((resolve) => setTimeout(resolve, RETRY_TAKING_MS));
        more = true;
      }
    }
  }

  const chores: { stop(): Promise<void> }[] = [];
  const chore = (what: string, interval: number, work: () => Promise<unknown>) =>
    chores.push(
      every(interval, work, (error) => logger.warn({ err: error }, `${what} failed; trying again`)),
    );
  let listener: { close(): Promise<void> } | null = null;
  let taking: Promise<void> | null = null;
  let stopped: Promise<void> | null = null;

  const ending = new AbortController();
  async function stop(): Promise<void> {
    stopping = true;
    ending.abort();
    resume?.();
    await listener?.close();
    await taking;
    await runner.drain(timing.drain);
    await Promise.all(chores.map((one) => one.stop()));
    if (taking) {
      await reportInstance(pool, instance, true).catch((error) =>
        logger.warn({ err: error }, "the worker could not be marked as stopped"),
      );
    }
    await Promise.all([pool.end(), taker.end()]);
  }

  return {
    id,
    pool,
    async start() {
      await reportInstance(pool, instance);
      listener = listenForJobs(connectionString, {
        onWork: wake,
        onCancel: () => {
          abandonLost().catch((error) =>
            logger.warn({ err: error }, "cancelled jobs could not be looked up"),
          );
        },
      });
      chore("the heartbeat", timing.heartbeat, async () => {
        const [lost] = await Promise.all([
          extendLeases(holder, runner.held()),
          reportInstance(pool, instance),
        ]);
        for (const lease of lost) runner.abandon(lease);
      });
      chore("the poll", timing.poll, async () => wake());
      chore("giving back lost jobs", timing.reap, async () => {
        const count = await reapExpired(pool);
        if (count > 0) logger.warn({ jobs: count }, "gave back jobs whose worker stopped reporting");
      });
      chore(
        "looking for what is out of step",
        timing.reconcile,
        createReconciler({ pool, overdueMs: timing.overdue, logger }),
      );
      const outbound = options.outbound ?? NO_OUTBOUND;
      const context = { pool, workerId: id, logger, outbound, stopping: ending.signal };
      for (const { what, everyMs, work } of CHORES) {
        chore(what, everyMs, () => work(context));
      }
      taking = takeAndRun();
    },
    stop: () => (stopped ??= stop()),
  };
}
