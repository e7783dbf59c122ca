import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import test, { after, before } from "node:test";
import { eventually } from "#tests/harness/eventually.ts";
import { type GatewayFixture, gatewayFixture, testRoute } from "#tests/harness/gateway.ts";

let fixture: GatewayFixture;
const file = (name: string) => path.join(fixture.directory, name);
const route = (name: string, timeoutMs = 5_000) =>
  testRoute({ path: `/${name}`, target: { type: "function", function: name, timeoutMs } });
before(async () => {
  fixture = await gatewayFixture({
    functions: {
      "fine.mjs": "export const handler = () => { console.log('hello'); return { ok: true }; };",
      "exits.mjs": "export const handler = () => process.exit(0);",
      "loops.mjs": "export const handler = () => { for (;;); };",
      "hungry.mjs":
        "export const handler = () => { const m = new Map(); for (let n = 0; ; n++) m.set(n, n); };",
      "connects.mjs": "export const handler = async () => (await fetch('http://127.0.0.1:1/')).status;",
      "starts.mjs": `export const handler = async (event) => {
        const { instanceId } = await global.durable.startNew("fine", undefined, { n: 1 });
        return { instanceId };
      };`,
    },
  });
  const acme = await fixture.tenant("acme");
  const routes = ["fine", "exits", "hungry", "connects", "starts", "later"].map((name) =>
    route(name, 60_000),
  );
  await fixture.served(acme, await fixture.publish(acme, [...routes, route("loops", 300)]));
});
after(() => fixture?.close());

const call = async (name: string) => {
  const response = await fetch(`${fixture.url}/gw/acme/${name}`);
  const body = (await response.json()) as { error?: { code: string }; instanceId?: string };
  return {
    outcome: `${response.status} ${body.error?.code ?? "ok"}`,
    requestId: response.headers.get("x-request-id") as string,
    body,
  };
};

test("a function that exits, loops, takes all memory or looks for the network costs its own request: 502 or 504", async () => {
  const good = Array.from({ length: 20 }, async (_, n) => {
    await new Promise((resolve) => setTimeout(resolve, n * 20));
    return (await call("fine")).outcome;
  });
  const bad = await Promise.all(["exits", "loops", "hungry", "connects"].map(call));
  assert.deepEqual(
    bad.map(({ outcome }) => outcome),
    ["502 target_error", "504 target_timeout", "502 target_error", "502 target_error"],
  );
  assert.deepEqual(new Set(await Promise.all(good)), new Set(["200 ok"]));
  const text = await (await fetch(`${fixture.gateway.metricsAddress}/metrics`)).text();
  assert.match(text, /^gatehouse_gateway_target_errors_total\{target="function"\} 4$/m);
});

test("what a function prints is in the log under the request's ID", async () => {
  const { requestId } = await call("fine");
  const line = await eventually("the line", () =>
    fixture.lines.find((each) => each.requestId === requestId && each.output),
  );
  assert.deepEqual([line.function, line.output, line.level], ["fine", "hello", "info"]);
});

test("durable.startNew makes a job of the caller's tenant that remembers the request", async () => {
  const { body, requestId, outcome } = await call("starts");
  assert.equal(outcome, "200 ok");
  const { rows } = await fixture.pool.query(
    "SELECT function, state, input, request_id, t.slug FROM jobs JOIN tenants t ON t.id = tenant_id WHERE jobs.id = $1",
    [body.instanceId],
  );
  assert.deepEqual(rows, [
    { function: "fine", state: "queued", input: { n: 1 }, request_id: requestId, slug: "acme" },
  ]);
});

test("a new file is called and registered while the gateway runs, and a deleted one is neither", async () => {
  const registered = async () => {
    const { rows } = await fixture.pool.query("SELECT name FROM functions ORDER BY name");
    return rows.map(({ name }) => name).join();
  };
  assert.equal((await call("later")).outcome, "502 target_error");
  await writeFile(file("later.mjs"), "export const handler = () => ({ ok: true });");
  await eventually("the new function", async () => (await call("later")).outcome === "200 ok");
  await eventually("its registration", async () => (await registered()).includes("later"));
  await rm(file("later.mjs"));
  await eventually("its end", async () => !(await registered()).includes("later"));
  assert.equal((await call("later")).outcome, "502 target_error");
});
