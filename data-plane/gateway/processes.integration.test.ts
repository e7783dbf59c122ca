import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import test, { after, before } from "node:test";
import pg from "pg";
import { CHANNELS } from "#lib/contract/channels.ts";
import { serializeRevision } from "#lib/contract/revision.ts";
import { freePort } from "#scripts/up/settings.ts";
import { type TestDatabase, testDatabase } from "#tests/harness/database.ts";
import { eventually } from "#tests/harness/eventually.ts";
import { testRoute } from "#tests/harness/gateway.ts";
import { type StartedProcess, startGateway } from "#tests/harness/processes.ts";

const PROCESSES = 2;
const target = { type: "function", function: "hello" } as const;
let database: TestDatabase;
let pool: pg.Pool;
let gateway: StartedProcess;
let metricsUrl: string;
const tenantId = randomUUID();
let published = 0;

async function publish(paths: string[]): Promise<number> {
  published++;
  const content = serializeRevision(paths.map((path) => testRoute({ path, target })));
  await pool.query(
    `WITH made AS (INSERT INTO revisions (tenant_id, number, content, hash, route_count, published_by_label)
       VALUES ($1, $2, $3, repeat('0', 64), 0, 'test'))
     UPDATE tenants SET live_revision = $2 WHERE id = $1`,
    [tenantId, published, content],
  );
  await pool.query(`NOTIFY ${CHANNELS.changed}`);
  return published;
}
type Running = { id: string; name: string; revision: number | null };
async function running(): Promise<Running[]> {
  const { rows } = await pool.query<Running>(
    `SELECT i.id, i.name, a.revision FROM gateway_instances i
     LEFT JOIN acknowledgements a ON a.instance_id = i.id AND a.tenant_id = $1
     WHERE i.stopped_at IS NULL AND i.last_seen_at > now() - interval '4 seconds' ORDER BY i.name, i.started_at DESC`,
    [tenantId],
  );
  return rows;
}
const served = (number: number) =>
  eventually(
    "every process to serve it",
    async () => {
      const all = await running();
      return all.length === PROCESSES && all.every(({ revision }) => revision === number);
    },
    20_000,
  );

/** One request over a connection of its own, so that the processes take turns. */
function status(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const agent = new Agent({ keepAlive: false });
    request(`${gateway.url}${path}`, { agent }, (response) => {
      response.resume().once("end", () => resolve(response.statusCode ?? 0));
    })
      .once("error", reject)
      .end();
  });
}
const statuses = async (path: string, times: number) =>
  new Set(await Promise.all(Array.from({ length: times }, () => status(path))));
/** The processes that a process has started, the oldest first. */
function childrenOf(pid: number): number[] {
  const lines = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  return pairs.filter(([, parent]) => parent === pid).map(([child]) => child);
}
const metrics = async () => await (await fetch(metricsUrl)).text();
const processIds = async () =>
  [...(await metrics()).matchAll(/^gatehouse_gateway_tenants\{process="(\d)"\}/gm)]
    .map(([, id]) => id)
    .sort();

before(async () => {
  database = await testDatabase();
  pool = new pg.Pool({ connectionString: database.superuserUrl, max: 2 });
  pool.on("error", () => undefined);
  await pool.query("INSERT INTO tenants (id, slug, name) VALUES ($1, 'acme', 'acme')", [tenantId]);
  await publish(["/first"]);
  const port = await freePort();
  metricsUrl = `http://127.0.0.1:${port}/metrics`;
  gateway = await startGateway(database, {
    readyTimeoutMs: 120_000,
    environment: {
      GATEWAY_PROCESSES: String(PROCESSES),
      GATEWAY_STOP_DELAY_MS: "3000",
      METRICS_PORT: String(port),
      INSTANCE_NAME: "test",
    },
  });
});
after(async () => {
  await gateway?.kill();
  await pool?.end();
  await database?.close();
});

test("every process reports and acknowledges for itself, and all answer at one address", async () => {
  await served(published);
  assert.deepEqual(
    (await running()).map(({ name }) => name),
    ["test #1", "test #2"],
  );
  assert.deepEqual(await statuses("/gw/acme/first", 30), new Set([200]));
});

test("once all have acknowledged a revision, no process answers by an older one", async () => {
  for (let round = 0; round < 5; round++) {
    await served(await publish([`/round-${round}`]));
    assert.deepEqual(await statuses(`/gw/acme/round-${round}`, 15), new Set([200]));
    if (round > 0) assert.deepEqual(await statuses(`/gw/acme/round-${round - 1}`, 15), new Set([404]));
  }
});

test("the metrics of all are on one page, each under its process", async () => {
  assert.deepEqual(await processIds(), ["1", "2"]);
  const text = await metrics();
  assert.equal([...text.matchAll(/^# TYPE gatehouse_gateway_requests_total /gm)].length, 1);
});

test("a process that is killed is started again, and the others go on meanwhile", async () => {
  await served(await publish(["/steady"]));
  const rss = /^process_resident_memory_bytes\{process="2"\}/m;
  assert.match(await metrics(), rss);
  const { rows } = await pool.query<{ id: string }>(
    "SELECT id FROM gateway_instances WHERE name = 'test #2' ORDER BY started_at DESC LIMIT 1",
  );
  const pids = childrenOf(gateway.pid);
  assert.equal(pids.length, PROCESSES);
  const victim = pids[1] as number;
  process.kill(victim, "SIGKILL");
  let failed = 0;
  const answers = new Set<number>();
  await eventually(
    "a new one in its place",
    async () => {
      // A connection that the dead process had accepted is lost with it; none after that.
      await status("/gw/acme/steady").then(
        (answered) => answers.add(answered),
        () => failed++,
      );
      return childrenOf(gateway.pid).length === PROCESSES && !childrenOf(gateway.pid).includes(victim);
    },
    20_000,
  );
  assert.ok(failed <= 1, `${failed} failed`);
  await eventually(
    "it to serve",
    async () => {
      answers.add(await status("/gw/acme/steady"));
      const all = await running();
      return (
        all.some(({ id, revision }) => id !== rows[0]?.id && revision === published) &&
        (await processIds()).length === PROCESSES
      );
    },
    20_000,
  );
  assert.deepEqual(await statuses("/gw/acme/steady", 30), new Set([200]));
  assert.deepEqual(answers, new Set([200]), "the new one took no request before it could answer");
});

test("told to stop, all of them finish what is under way and say goodbye", async () => {
  const under = Array.from({ length: 12 }, () => status("/gw/acme/steady"));
  assert.equal(await gateway.stop(), true);
  assert.deepEqual(new Set(await Promise.all(under)), new Set([200]));
  const { rows } = await pool.query(
    "SELECT 1 FROM gateway_instances WHERE stopped_at IS NULL AND last_seen_at > now() - interval '2 seconds'",
  );
  assert.equal(rows.length, 0);
});

test("a gateway whose processes cannot start says why once, and ends", async () => {
  const wrong = { ...database, gatewayUrl: database.gatewayUrl.replace(/:[^:@]+@/, ":wrong@") };
  await assert.rejects(
    startGateway(wrong, { environment: { GATEWAY_PROCESSES: "2" } }),
    /refused the gateway's role/,
  );
});
