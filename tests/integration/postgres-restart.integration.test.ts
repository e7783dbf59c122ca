import assert from "node:assert/strict";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";
import { createFunctionsHost } from "#data-plane/functions-host/index.ts";
import { createWorker, type Worker } from "#data-plane/worker/worker.ts";
import { type EmbeddedServer, startEmbedded } from "#scripts/database/embedded.ts";
import { freePort } from "#scripts/up/settings.ts";
import { eventually } from "#tests/harness/eventually.ts";
import { type GatewayFixture, gatewayFixture, type TestTenant, testRoute } from "#tests/harness/gateway.ts";
import { QUICK, silentLogger } from "#tests/harness/jobs.ts";

/** A PostgreSQL of this file's own, which is really stopped and started again. */
let directory: string;
let server: EmbeddedServer;
let fixture: GatewayFixture;
let worker: Worker;
let host: ReturnType<typeof createFunctionsHost>;
let acme: TestTenant;

before(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "gatehouse-restart-"));
  await chmod(directory, 0o711);
  server = await startEmbedded({
    directory,
    port: await freePort(),
    superuserPassword: "throwaway",
    throwaway: true,
  });
  process.env.TEST_DATABASE_SERVER_URL = server.superuserUrl;
  fixture = await gatewayFixture({
    functions: {
      "echo.mjs": "export const handler = (event) => ({ ok: true, jobId: event?.jobId ?? null });",
    },
    stateDirectory: path.join(directory, "gateway"),
  });
  host = createFunctionsHost({
    directory: fixture.directory,
    maxThreads: 2,
    memoryLimitMb: 64,
    logger: silentLogger,
  });
  worker = createWorker({
    connectionString: fixture.database.workerUrl,
    host,
    logger: silentLogger,
    concurrency: 2,
    version: "test",
    timing: QUICK,
  });
  await worker.start();
  acme = await fixture.tenant("acme");
  await fixture.served(
    acme,
    await fixture.publish(acme, [
      testRoute({
        path: "/keyed",
        auth: { mode: "api-key" },
        target: { type: "function", function: "echo" },
      }),
      testRoute({
        path: "/jobs",
        method: "POST",
        target: { type: "job", function: "echo", maxAttempts: 3, timeoutMs: 5_000 },
      }),
    ]),
  );
});
after(async () => {
  await worker?.stop();
  await host?.close();
  await fixture?.close();
  await server?.child.stop();
  await rm(directory, { recursive: true, force: true });
});

const call = async (key: string) => {
  const response = await fetch(`${fixture.url}/gw/acme/keyed`, { headers: { "X-Api-Key": key } });
  const { error } = (await response.json()) as { error?: { code: string } };
  return `${response.status} ${error?.code ?? "ok"}`;
};
const enqueue = async () => {
  const response = await fetch(`${fixture.url}/gw/acme/jobs`, { method: "POST" });
  const body = (await response.json()) as { data?: { jobId: string } };
  return { status: response.status, jobId: body.data?.jobId ?? "" };
};
const metric = async (name: string) => {
  const text = await (await fetch(`${fixture.gateway.metricsAddress}/metrics`)).text();
  return Number(new RegExp(`^${name} (.+)$`, "m").exec(text)?.[1]);
};
const ready = async () => {
  const response = await fetch(`${fixture.url}/readyz`);
  return `${response.status} ${(await response.text()).trim()}`;
};
const ended = (jobId: string) =>
  eventually("the job's end", async () => {
    const { rows } = await fixture.pool.query("SELECT state FROM jobs WHERE id = $1", [jobId]);
    return rows[0]?.state === "succeeded";
  });

test("a PostgreSQL that is stopped and started again costs no answer, no count and no job", async () => {
  const known = await fixture.mint(acme);
  const before = await enqueue();
  assert.equal(before.status, 202);
  await ended(before.jobId);
  assert.equal(await call(known.key), "200 ok");

  const answers: string[] = [];
  let going = true;
  const load = [1, 2].map(async () => {
    while (going) {
      answers.push(await call(known.key));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
  const unknown = await fixture.mint(acme, { quietly: true });
  await server.child.stop();

  assert.equal(await call(unknown.key), "503 unavailable", "nobody can say that it is not a key");
  assert.equal(await call("gh_nonsense"), "401 invalid_api_key", "anybody can");
  assert.equal((await enqueue()).status, 503);
  assert.equal(await ready(), "200 ok");
  assert.equal((await fetch(`${fixture.url}/healthz`)).status, 200);
  await eventually("its own word", async () => (await metric("gatehouse_gateway_database_connected")) === 0);
  assert.equal(await metric("gatehouse_gateway_serving_from_files"), 0);
  const ageBefore = await metric("gatehouse_gateway_snapshot_age_seconds");

  // A gateway that is started now serves from the files, and says so.
  const second = await fixture.start();
  assert.equal((await (await fetch(`${second.address}/readyz`)).text()).trim(), "ok, from files");
  const fromFiles = await fetch(`${second.address}/gw/acme/keyed`, { headers: { "X-Api-Key": known.key } });
  assert.equal(fromFiles.status, 200);
  assert.ok((await metric("gatehouse_gateway_snapshot_age_seconds")) > ageBefore, "it grows");

  server = await server.restart();
  await eventually("the gateway's own recovery", async () => (await call(unknown.key)) === "200 ok", 15_000);
  going = false;
  await Promise.all(load);
  assert.deepEqual([...new Set(answers)], ["200 ok"]);
  await eventually("the second gateway's", async () => {
    return (await (await fetch(`${second.address}/readyz`)).text()) === "ok\n";
  });
  const later = await enqueue();
  assert.equal(later.status, 202);
  await ended(later.jobId);

  // Every one of the requests is counted, those of the outage too.
  const expected = answers.length + 2;
  await eventually(
    "the counts",
    async () => {
      const { rows } = await fixture.pool.query(
        "SELECT coalesce(sum(requests), 0)::int AS n FROM api_key_traffic WHERE api_key_id = $1",
        [known.id],
      );
      return rows[0]?.n === expected;
    },
    15_000,
  );
  assert.equal(await metric("gatehouse_gateway_key_uses_dropped_total"), 0);
});
