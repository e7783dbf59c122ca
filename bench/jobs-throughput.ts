import { readdirSync, readFileSync } from "node:fs";
import pg from "pg";
import { PgBoss } from "pg-boss";
import type { FunctionsHost, HostLogger } from "#data-plane/functions-host/index.ts";
import { enqueueJob, type NewJob } from "#data-plane/jobs/enqueue.ts";
import { createWorker } from "#data-plane/worker/worker.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { type TestDatabase, withClient } from "#tests/harness/database.ts";
import { eventually } from "#tests/harness/eventually.ts";

/** Linux counts CPU time in ticks of this length. */
const TICK_SECONDS = 0.01;
const SENDERS = 16;
const BATCH = 100;
const QUEUE = "bench";

const silent = () => {};
const logger: HostLogger = { debug: silent, info: silent, warn: silent, error: silent };

/** The trivial handler, in this process for both sides: what is compared is the way there and back. */
const trivialHost: FunctionsHost = {
  run: async () => null,
  ready: Promise.resolve(),
  names: () => ["trivial"],
  onChange: () => silent,
  close: async () => {},
};

/** Jobs per second, and per CPU-second of everything that had to do with them. */
export type Round = { enqueue: number; drain: number; drainPerCpu: number; perCpu: number };
export type Throughput = { ledger: Round; alone: Round };

/** CPU seconds of this process and of every process of the PostgreSQL server, ended ones included. */
function cpuSeconds(serverPid: number): number {
  const own = process.cpuUsage();
  let ticks = 0;
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const text = readFileSync(`/proc/${name}/stat`, "utf8");
      const fields = text.slice(text.lastIndexOf(") ") + 2).split(" ");
      const times = (from: number) => Number(fields[from]) + Number(fields[from + 1]);
      if (Number(name) === serverPid) ticks += times(11) + times(13);
      else if (Number(fields[1]) === serverPid) ticks += times(11);
    } catch {
      // it ended while we looked
    }
  }
  return (own.user + own.system) / 1e6 + ticks * TICK_SECONDS;
}

const postmaster = (url: string) =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ pid: string }>(
      "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1) AS pid",
    );
    return Number(rows[0]?.pid);
  });

/** Calls `send` `count` times, some at a time, as callers of a gateway do. */
async function sendAll(count: number, send: () => Promise<unknown>): Promise<void> {
  let left = count;
  await Promise.all(
    Array.from({ length: SENDERS }, async () => {
      while (left-- > 0) await send();
    }),
  );
}

async function measure(
  serverPid: number,
  count: number,
  send: () => Promise<unknown>,
  drain: () => Promise<void>,
): Promise<Round> {
  const cpu = cpuSeconds(serverPid);
  const began = performance.now();
  await sendAll(count, send);
  const sent = performance.now();
  const cpuSent = cpuSeconds(serverPid);
  await drain();
  const done = performance.now();
  const cpuDone = cpuSeconds(serverPid);
  return {
    enqueue: count / ((sent - began) / 1_000),
    drain: count / ((done - sent) / 1_000),
    drainPerCpu: count / (cpuDone - cpuSent),
    perCpu: count / (cpuDone - cpu),
  };
}

/** Jobs enqueued one by one as the gateway does, then run by one worker. */
async function throughLedger(
  database: TestDatabase,
  serverPid: number,
  tenantId: string,
  count: number,
): Promise<Round> {
  const gateway = new pg.Pool({ connectionString: database.gatewayUrl, max: SENDERS });
  const job: NewJob = {
    tenantId,
    function: "trivial",
    input: { n: 1 },
    maxAttempts: 5,
    timeoutMs: 60_000,
    routeId: uuidv7(),
    revision: 1,
    apiKeyId: null,
    requestId: null,
    idempotencyKey: null,
    enqueuedBy: "route",
  };
  const worker = createWorker({
    connectionString: database.workerUrl,
    host: trivialHost,
    logger,
    concurrency: 2 * BATCH,
    version: "bench",
    outbound: { keyring: [], allowInternal: false, consoleUrl: null },
  });
  try {
    return await withClient(database.superuserUrl, (watcher) =>
      measure(
        serverPid,
        count,
        () => enqueueJob(gateway, job),
        async () => {
          await worker.start();
          await eventually(
            "every job to end",
            async () => {
              const { rows } = await watcher.query(
                "SELECT FROM jobs WHERE tenant_id = $1 AND state IN ('queued', 'running', 'retrying') LIMIT 1",
                [tenantId],
              );
              return rows.length === 0;
            },
            120_000,
          );
        },
      ),
    );
  } finally {
    await worker.stop();
    await gateway.end();
  }
}

/** The same through pg-boss, sent one by one and worked on in batches. */
async function throughBoss(connectionString: string, serverPid: number, count: number): Promise<Round> {
  const boss = new PgBoss({ connectionString, max: SENDERS, supervise: false, schedule: false });
  boss.on("error", silent);
  await boss.start();
  await boss.createQueue(QUEUE).catch(silent);
  let done = 0;
  try {
    return await measure(
      serverPid,
      count,
      () => boss.send(QUEUE, { n: 1 }),
      async () => {
        await boss.work(
          QUEUE,
          { batchSize: BATCH, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true, localConcurrency: 2 },
          async (jobs) => {
            done += jobs.length;
          },
        );
        await eventually("every job to end", () => done >= count, 120_000);
      },
    );
  } finally {
    await boss.stop({ graceful: true });
  }
}

const median = (values: number[]) =>
  values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** The ledger and pg-boss alone in turn, so that both see the same machine: the median of each of some rounds. */
export async function throughput(database: TestDatabase, count: number, rounds: number): Promise<Throughput> {
  const serverPid = await postmaster(database.superuserUrl);
  const tenantId = uuidv7();
  await withClient(database.superuserUrl, async (client) => {
    await client.query("INSERT INTO tenants (id, slug, name) VALUES ($1, 'bench-through', 'Bench')", [
      tenantId,
    ]);
    await client.query("CREATE DATABASE bench_boss");
  });
  const own = new URL(database.superuserUrl);
  own.pathname = "/bench_boss";
  const taken: Throughput[] = [];
  await throughLedger(database, serverPid, tenantId, Math.ceil(count / 10));
  await throughBoss(own.href, serverPid, Math.ceil(count / 10));
  for (let round = 0; round < rounds; round++) {
    taken.push({
      ledger: await throughLedger(database, serverPid, tenantId, count),
      alone: await throughBoss(own.href, serverPid, count),
    });
  }
  await withClient(database.superuserUrl, (client) => client.query("DROP DATABASE bench_boss WITH (FORCE)"));
  const of = (side: keyof Throughput): Round => ({
    enqueue: median(taken.map((each) => each[side].enqueue)),
    drain: median(taken.map((each) => each[side].drain)),
    drainPerCpu: median(taken.map((each) => each[side].drainPerCpu)),
    perCpu: median(taken.map((each) => each[side].perCpu)),
  });
  return { ledger: of("ledger"), alone: of("alone") };
}
