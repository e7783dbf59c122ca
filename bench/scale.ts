import { readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import autocannon from "autocannon";
import pg from "pg";
import { CHANNELS } from "#lib/contract/channels.ts";
import { startTestServer } from "#scripts/testing/server.ts";
import { controlPlane } from "#tests/harness/control-plane.ts";
import { type TestDatabase, testDatabase } from "#tests/harness/database.ts";
import { eventually } from "#tests/harness/eventually.ts";
import { interruptibleProxy } from "#tests/harness/interruptible-proxy.ts";
import { nthRoute } from "#tests/harness/many-routes.ts";
import { type StartedProcess, startGateway } from "#tests/harness/processes.ts";
import { beside } from "./beside.ts";
import type { FullLoad } from "./full-load.ts";
import { fillInstallation, type Installation, publishText, revisionOf, type Size } from "./installation.ts";
import { publishTimes, revokeTimes } from "./latency.ts";
import type { OneCaller } from "./one-caller.ts";
import { closeProbes } from "./probe.ts";
import { summarize } from "./statistics.ts";

/**
 * What a big installation costs a gateway: loading 100,000 routes and 1,000,000 keys from PostgreSQL and from files,
 * throughput beside a small one, how long others wait while a tenant with 10,000 routes publishes, and how long a
 * publish and a revocation take to be enforced while two gateways are as busy as they can be.
 * `npm run bench:scale`. CPU-seconds and memory are the operating system's (Linux only).
 */
const SMALL: Size = { tenants: 10, bigRoutes: 10, routes: 100, keys: 10_000, realKeys: 2_000 };
const BIG: Size = { tenants: 1_000, bigRoutes: 10_000, routes: 100_000, keys: 1_000_000, realKeys: 2_000 };
const TICK_SECONDS = 0.01;
const ROUNDS = 3;
const SECONDS = 5;
const PUBLISHES = 10;
const PROBE_MS = 8_000;
/** A busy machine makes the numbers worse, and must not end the run. */
const READY_WITHIN_MS = 240_000;

const server = await startTestServer();
process.env.TEST_DATABASE_SERVER_URL = server.url;
const rows: string[][] = [];
const add = (what: string, measured: string, hold = "") => rows.push([what, measured, hold]);
const seconds = (value: number) => `${value.toFixed(2)} s`;

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_SECONDS;
}
const highestMb = (pid: number) =>
  Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1_024;

async function installationOf(size: Size, database: TestDatabase) {
  const client = new pg.Client({ connectionString: database.superuserUrl });
  client.on("error", () => undefined); // the server's end at the end
  await client.connect();
  const installation = await fillInstallation(client, size, {
    target: { type: "function", function: "hello" },
    auth: { mode: "api-key" },
    rateLimit: { requestsPerMinute: 1, per: "ip" },
    enabled: true,
  });
  return { database, client, installation };
}

/** Starts a gateway and says what that took. */
async function started(what: string, database: Parameters<typeof startGateway>[0], dataDirectory: string) {
  const began = performance.now();
  const gateway = await startGateway(database, { dataDirectory, readyTimeoutMs: READY_WITHIN_MS });
  const took = (performance.now() - began) / 1_000;
  add(
    `load, ${what}: started → ready`,
    `${seconds(took)}, ${seconds(cpuSeconds(gateway.pid))} of CPU, ${Math.round(highestMb(gateway.pid))} MB at most`,
    "5 s, 600 MB",
  );
  return gateway;
}

/** Requests that the gateway decides and answers by itself: real keys, their tenants' routes, each limit used up. */
function requestsOf({ keys, tenants }: Installation, size: Size) {
  const each = Math.floor((size.routes - size.bigRoutes) / (size.tenants - 1));
  return keys.flatMap(({ tenant, key }, index) => {
    const routes = tenant === tenants[0]?.slug ? size.bigRoutes : each;
    const address = pathOf(index % routes, routes);
    return address
      ? [{ method: "GET" as const, path: `/gw/${tenant}${address}`, headers: { "x-api-key": key } }]
      : [];
  });
}
/** A path that the nth route of nine answers with GET. */
function pathOf(index: number, routes: number): string | null {
  const near = index - (index % 9) + 2;
  return near < routes ? nthRoute(near).path.replace(":id", "7") : null;
}

async function perCpuSecond(
  gateway: StartedProcess,
  requests: ReturnType<typeof requestsOf>,
): Promise<number> {
  const before = cpuSeconds(gateway.pid);
  const result = await autocannon({
    url: gateway.url,
    connections: 32,
    pipelining: 1,
    duration: SECONDS,
    requests,
  });
  return result.requests.total / (cpuSeconds(gateway.pid) - before);
}

const inWords = (times: readonly number[]) => {
  const { p50, p99, max } = summarize(times);
  return `p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)}, max ${max.toFixed(1)} ms of ${times.length}`;
};

const directories = await Promise.all([0, 1].map(() => mkdtemp(path.join(tmpdir(), "gatehouse-scale-"))));
const [bigData, smallData] = directories as [string, string];
try {
  const small = await installationOf(SMALL, await testDatabase());
  const plane = await controlPlane();
  const big = await installationOf(BIG, plane.database);
  const proxy = await interruptibleProxy(big.database.gatewayUrl);
  const bigDatabase = { ...big.database, gatewayUrl: proxy.url };

  const first = await started("from PostgreSQL", bigDatabase, bigData);
  await eventually(
    "the files to be written",
    // Their folder comes with the first of them.
    async () =>
      (await readdir(path.join(bigData, "gateway"), { recursive: true }).catch(() => [])).some((name) =>
        /rows-\d+$/.test(name),
      ),
    120_000,
  );
  await first.stop();
  proxy.interrupt();
  const fromFiles = await started("from files, PostgreSQL away", bigDatabase, bigData);
  await fromFiles.stop();
  proxy.resume();

  const gateways = [
    await startGateway(small.database, { dataDirectory: smallData }),
    await startGateway(bigDatabase, { dataDirectory: bigData, readyTimeoutMs: READY_WITHIN_MS }),
  ];
  const [smallGateway, bigGateway] = gateways as [StartedProcess, StartedProcess];
  const smallRequests = requestsOf(small.installation, SMALL);
  const bigRequests = requestsOf(big.installation, BIG);
  await perCpuSecond(smallGateway, smallRequests);
  await perCpuSecond(bigGateway, bigRequests);
  const rounds: { of: number; beside: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const beside = await perCpuSecond(smallGateway, smallRequests);
    rounds.push({ beside, of: await perCpuSecond(bigGateway, bigRequests) });
  }
  const middle = rounds.sort((a, b) => a.of / a.beside - b.of / b.beside)[
    Math.floor(ROUNDS / 2)
  ] as (typeof rounds)[number];
  add(
    "loss of throughput from 100 routes and 10k keys to 100k and 1M",
    `${Math.round((1 - middle.of / middle.beside) * 100)} % (${Math.round(middle.of)} ÷ ${Math.round(middle.beside)} per CPU-second)`,
    "30 %",
  );

  const other = bigRequests.find(({ path: each }) => !each.startsWith("/gw/bench-0/"));
  const caller: OneCaller = {
    url: `${bigGateway.url}${other?.path}`,
    key: other?.headers["x-api-key"] ?? "",
  };
  const waits = () => beside<number[]>("one-caller.ts", caller);
  const calm = waits();
  await sleep(PROBE_MS);
  add("another tenant's requests, nobody publishes", inWords(await calm.stop()));
  const during = waits();
  for (let index = 0; index < PUBLISHES; index++) {
    const content = revisionOf(BIG.bigRoutes, { name: `Round ${index}` });
    await publishText(big.client, big.installation.tenants[0]?.id as string, content);
    await big.client.query(`NOTIFY ${CHANNELS.changed}`);
    await sleep(PROBE_MS / PUBLISHES);
  }
  add(
    `the same while a tenant publishes 10,000 routes ${PUBLISHES} times`,
    inWords(await during.stop()),
    "10 ms more",
  );

  gateways.push(await startGateway(bigDatabase, { readyTimeoutMs: READY_WITHIN_MS }));
  const urls = gateways.slice(1).map((gateway) => gateway.url);
  const { actor } = await plane.tenant("bench-live");
  const load = beside<number>("full-load.ts", { urls, requests: bigRequests } satisfies FullLoad);
  const published = await publishTimes(actor, urls);
  const revoked = await revokeTimes(actor, urls);
  const perSecond = Math.round(await load.stop());
  const busy = `on two gateways that answer ${perSecond} requests a second together`;
  add(`publish called → enforced ${busy}`, inWords(published.fromCall), "p99 200 ms");
  add("the same, from when publish returned", inWords(published.fromReturn), "p99 200 ms");
  add("revoke called → 401 on both", inWords(revoked));

  closeProbes();
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await proxy.close();
  await Promise.all([small.client.end(), big.client.end()]);
  await small.database.close();
  await plane.close();
} finally {
  await Promise.all(directories.map((directory) => rm(directory, { recursive: true, force: true })));
  await server.stop();
}

console.log(
  `\n${cpus().length} cores (${cpus()[0]?.model.trim()}), load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}\n`,
);
console.log("| what | measured | hold |\n|---|---|---|");
for (const row of rows) console.log(`| ${row.join(" | ")} |`);
