import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { createFunctionsHost, type HostLogger } from "#data-plane/functions-host/index.ts";
import { enqueueJob, type NewJob } from "#data-plane/jobs/enqueue.ts";
import { startNewOn } from "#data-plane/jobs/start-new.ts";
import type { OutboundSettings } from "#data-plane/worker/chores.ts";
import { createWorker, type Worker, type WorkerTiming } from "#data-plane/worker/worker.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { type TestDatabase, testDatabase } from "./database.ts";
import { eventually } from "./eventually.ts";

const silent = () => {};
export const silentLogger: HostLogger = { debug: silent, info: silent, warn: silent, error: silent };

/** Short enough that a lost worker shows within a second, long enough for a busy machine. */
export const QUICK: Partial<WorkerTiming> = {
  lease: 1_000,
  heartbeat: 200,
  reap: 200,
  reconcile: 200,
  overdue: 200,
  poll: 50,
  drain: 5_000,
};

/** Handlers that the tests run as jobs. */
const HANDLERS: Record<string, string> = {
  echo: "export const handler = async (event, context) => ({ event, context });",
  fails:
    'export const handler = async (event, context) => { throw new TypeError("cannot read row " + context.attempt); };',
  complains: "export const handler = (event) => { throw new Error(event.words); };",
  recovers:
    "export const handler = async (event, context) => { if (context.attempt < 2) throw new Error('not yet'); return 'done'; };",
  hangs: "export const handler = () => new Promise(() => setInterval(() => {}, 1000));",
  large: "export const handler = async () => 'x'.repeat(600_000);",
  odd: "export const handler = async () => ({ nul: 'a\\u0000b', half: '\\ud800' });",
  slow: "export const handler = (event) => new Promise((done) => setTimeout(done, event.ms, 'slow'));",
};

export type JobsWorld = {
  database: TestDatabase;
  /** Bypasses row-level security. */
  superuser: pg.Pool;
  gateway: pg.Pool;
  /** The worker's role without a worker. */
  workerRole: pg.Pool;
  tenantId: string;
  functions: string;
  newJob(functionName: string, overrides?: Partial<NewJob>): NewJob;
  /** Enqueues as the gateway does and gives the job's id. */
  enqueue(functionName: string, overrides?: Partial<NewJob>): Promise<string>;
  worker(options?: {
    timing?: Partial<WorkerTiming>;
    concurrency?: number;
    connectionString?: string;
    outbound?: OutboundSettings;
  }): Promise<Worker>;
  job(id: string): Promise<Record<string, unknown>>;
  attempts(id: string): Promise<Record<string, unknown>[]>;
  /** Waits until the job is in the state, and gives its row. */
  reaches(id: string, state: string, timeoutMs?: number): Promise<Record<string, unknown>>;
  close(): Promise<void>;
};

/** A migrated database with one tenant, a folder of handlers, and whatever workers a test starts. */
export async function jobsWorld(): Promise<JobsWorld> {
  const database = await testDatabase();
  const superuser = new pg.Pool({ connectionString: database.superuserUrl, max: 4 });
  const gateway = new pg.Pool({ connectionString: database.gatewayUrl, max: 20 });
  const workerRole = new pg.Pool({ connectionString: database.workerUrl, max: 2 });
  const pools = [superuser, gateway, workerRole];
  for (const pool of pools) pool.on("error", silent);
  const functions = await mkdtemp(path.join(tmpdir(), "gatehouse-functions-"));
  for (const [name, code] of Object.entries(HANDLERS)) {
    await writeFile(path.join(functions, `${name}.mjs`), code);
  }
  const tenantId = uuidv7();
  await superuser.query("INSERT INTO tenants (id, slug, name) VALUES ($1, 'acme', 'Acme')", [tenantId]);
  const closers: (() => Promise<unknown>)[] = [];

  const world: JobsWorld = {
    database,
    superuser,
    gateway,
    workerRole,
    tenantId,
    functions,
    newJob: (functionName, overrides) => ({
      tenantId,
      function: functionName,
      input: { hello: "world" },
      maxAttempts: 3,
      timeoutMs: 5_000,
      routeId: uuidv7(),
      revision: 1,
      apiKeyId: null,
      requestId: "request-1",
      idempotencyKey: null,
      enqueuedBy: "route",
      ...overrides,
    }),
    enqueue: async (functionName, overrides) =>
      (await enqueueJob(gateway, world.newJob(functionName, overrides))).jobId,
    async worker({ timing = QUICK, concurrency = 4, connectionString = database.workerUrl, outbound } = {}) {
      const host = createFunctionsHost({
        directory: functions,
        maxThreads: concurrency,
        memoryLimitMb: 64,
        logger: silentLogger,
        onStartNew: (call) => startNewOn(worker.pool)(call),
      });
      const worker: Worker = createWorker({
        connectionString,
        host,
        logger: silentLogger,
        concurrency,
        version: "test",
        timing,
        ...(outbound ? { outbound } : {}),
      });
      closers.push(async () => {
        await worker.stop();
        await host.close();
      });
      await worker.start();
      return worker;
    },
    job: async (id) => (await superuser.query("SELECT * FROM jobs WHERE id = $1", [id])).rows[0],
    attempts: async (id) =>
      (await superuser.query("SELECT * FROM job_attempts WHERE job_id = $1 ORDER BY number", [id])).rows,
    reaches: (id, state, timeoutMs) =>
      eventually(
        `job ${state}`,
        async () => {
          const row = await world.job(id);
          return row?.state === state ? row : null;
        },
        timeoutMs,
      ),
    async close() {
      await Promise.all(closers.map((close) => close()));
      await Promise.all(pools.map((pool) => pool.end()));
      await rm(functions, { recursive: true, force: true });
      await database.close();
    },
  };
  return world;
}
