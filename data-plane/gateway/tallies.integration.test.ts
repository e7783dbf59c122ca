import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { eventually } from "../../tests/harness/eventually.ts";
import { type GatewayFixture, gatewayFixture, type TestKey, testRoute } from "../../tests/harness/gateway.ts";

let fixture: GatewayFixture;
let key: TestKey;
let foreign: TestKey;
const target = { type: "function", function: "hello" } as const;
const open = testRoute({ path: "/open", auth: { mode: "api-key" }, target });
const closed = testRoute({ path: "/closed", auth: { mode: "api-key", allowedApiKeyIds: [] }, target });

before(async () => {
  fixture = await gatewayFixture({
    functions: { "hello.mjs": "export const handler = () => ({ ok: true });" },
  });
  const acme = await fixture.tenant("acme");
  const globex = await fixture.tenant("globex");
  key = await fixture.mint(acme);
  foreign = await fixture.mint(globex);
  await fixture.served(acme, await fixture.publish(acme, [open, closed]));
});
after(() => fixture.close());

const call = async (path: string, apiKey: string) => {
  const response = await fetch(`${fixture.url}/gw/acme${path}`, { headers: { "x-api-key": apiKey } });
  await response.arrayBuffer();
  return response.status;
};

test("each request of a key is counted once, with what was refused, and by the route that let it through", async () => {
  const statuses: number[] = [];
  for (const path of ["/open", "/open", "/closed", "/nowhere", "/open"]) {
    statuses.push(await call(path, key.key));
  }
  assert.deepEqual(statuses, [200, 200, 403, 404, 200]);
  const counted = await eventually("the counts", async () => {
    const { rows } = await fixture.pool.query(
      `SELECT sum(requests)::int AS requests, sum(refusals)::int AS refusals FROM api_key_traffic
       WHERE api_key_id = $1`,
      [key.id],
    );
    return rows[0]?.requests >= 4 ? rows[0] : undefined;
  });
  // /nowhere was refused before anybody looked at the key
  assert.deepEqual(counted, { requests: 4, refusals: 1 });
  const { rows } = await fixture.pool.query(
    "SELECT route_id, requests::int FROM api_key_routes WHERE api_key_id = $1",
    [key.id],
  );
  assert.deepEqual(rows, [{ route_id: open.id, requests: 3 }]);
});

test("another tenant's key is counted nowhere", async () => {
  assert.equal(await call("/open", foreign.key), 401);
  assert.equal(await call("/open", key.key), 200);
  await eventually("a later count", async () => {
    const { rows } = await fixture.pool.query(
      "SELECT sum(requests)::int AS n FROM api_key_traffic WHERE api_key_id = $1",
      [key.id],
    );
    return rows[0]?.n >= 5;
  });
  const { rowCount } = await fixture.pool.query("SELECT 1 FROM api_key_traffic WHERE api_key_id = $1", [
    foreign.id,
  ]);
  assert.equal(rowCount, 0);
});
