import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { eventually } from "../../tests/harness/eventually.ts";
import {
  type GatewayFixture,
  gatewayFixture,
  type TestTenant,
  testRoute,
} from "../../tests/harness/gateway.ts";

let fixture: GatewayFixture;
let acme: TestTenant;
const target = { type: "function", function: "echo" } as const;
const keyed = () => testRoute({ path: "/keyed", auth: { mode: "api-key" }, target });

before(async () => {
  fixture = await gatewayFixture({
    functions: {
      "echo.mjs": "export const handler = () => ({ ok: true });",
      "slow.mjs": `export const handler = () => {
        console.log("begun");
        return new Promise((resolve) => setTimeout(resolve, 300, { late: true }));
      };`,
    },
    pluggable: true,
  });
  acme = await fixture.tenant("acme");
  await fixture.served(acme, await fixture.publish(acme, [keyed()]));
});
after(() => fixture?.close());

const call = (path: string, key = "") =>
  fetch(`${fixture.url}/gw/acme${path}`, { headers: key ? { "X-Api-Key": key } : {} });
const status = async (path: string, key = "") => (await call(path, key)).status;
const code = async (path: string, key = "") =>
  ((await (await call(path, key)).json()) as { error?: { code: string } }).error?.code ?? "ok";
const acknowledgement = async () => {
  const { rows } = await fixture.pool.query(
    "SELECT revision, refused, error, since FROM acknowledgements WHERE tenant_id = $1 AND instance_id = $2",
    [acme.id, fixture.gateway.instanceId],
  );
  return rows[0] as { revision: number; refused: number | null; error: string | null; since: Date };
};

test("a key works the moment it is minted, notification or not, and stops when it is revoked", async () => {
  const key = await fixture.mint(acme, { quietly: true });
  assert.equal(await status("/keyed", key.key), 200);
  await fixture.revoke(key);
  await eventually(
    "the revocation",
    async () => (await code("/keyed", key.key)) === "revoked_api_key",
    1_500,
  );
});

test("what was published is enforced, acknowledged and visible in the applied snapshot", async () => {
  assert.equal(await status("/fresh"), 404);
  const number = await fixture.publish(acme, [keyed(), testRoute({ path: "/fresh", target })]);
  await eventually("the new route", async () => (await status("/fresh")) === 200, 1_500);
  await fixture.served(acme, number);
  const { revision, refused, error, since } = await acknowledgement();
  assert.deepEqual([revision, refused, error], [number, null, null]);
  assert.ok(Math.abs(Date.now() - since.getTime()) < 10_000);
  await eventually("the snapshot", async () => {
    const { rows } = await fixture.pool.query(
      `SELECT pg_visible_in_snapshot(changed_xid, applied_snapshot) AS visible
       FROM tenants, gateway_instances i WHERE tenants.id = $1 AND i.id = $2`,
      [acme.id, fixture.gateway.instanceId],
    );
    return rows[0]?.visible as boolean;
  });
});

test("a change whose notification was lost is picked up by polling", async () => {
  const key = await fixture.mint(acme, { quietly: true });
  assert.equal(await status("/keyed", key.key), 200);
  await fixture.pool.query("UPDATE api_keys SET revoked_at = now() WHERE id = $1", [key.id]);
  await eventually("the poll", async () => (await status("/keyed", key.key)) === 401, 4_000);
});

test("a change of more keys than come in one answer reaches every one of them", async () => {
  const first = await fixture.mint(acme);
  await fixture.pool.query(
    `INSERT INTO api_keys (id, tenant_id, name, key_hash, prefix, last_four, created_by_label, authorized_requests)
     SELECT gen_random_uuid(), $1, 'many', sha256(('many ' || i)::bytea), 'gh_aaaaaa', 'aaaa', 'test',
       CASE WHEN i % 3 = 0 THEN '[]'::json END FROM generate_series(1, 12000) i`,
    [acme.id],
  );
  const last = await fixture.mint(acme);
  const loaded = async () => {
    const text = await (await fetch(`${fixture.gateway.metricsAddress}/metrics`)).text();
    return Number(/^gatehouse_gateway_keys (\d+)$/m.exec(text)?.[1]);
  };
  await eventually("all to be loaded", async () => (await loaded()) >= 12_002, 10_000);
  for (const { key } of [first, last]) assert.equal(await status("/keyed", key), 200);
  await fixture.pool.query("UPDATE api_keys SET revoked_at = now() WHERE tenant_id = $1", [acme.id]);
  await fixture.nudge();
  await eventually(
    "their end",
    async () =>
      (await code("/keyed", first.key)) === "revoked_api_key" &&
      (await code("/keyed", last.key)) === "revoked_api_key",
    10_000,
  );
});

test("a change that commits after a later one has been seen is not lost", async () => {
  const late = await fixture.mint(acme);
  assert.equal(await status("/keyed", late.key), 200);
  const slow = await fixture.pool.connect();
  try {
    await slow.query("BEGIN");
    await slow.query("UPDATE api_keys SET revoked_at = now() WHERE id = $1", [late.id]);
    const quick = await fixture.mint(acme);
    await fixture.revoke(quick);
    await eventually("the later change", async () => (await status("/keyed", quick.key)) === 401);
    assert.equal(await status("/keyed", late.key), 200);
    await slow.query("COMMIT");
  } finally {
    slow.release();
  }
  await fixture.nudge();
  await eventually("the late change", async () => (await status("/keyed", late.key)) === 401, 1_500);
});

test("a revision that cannot be served is refused whole, and the last good one is served on", async () => {
  const before = await acknowledgement();
  for (const content of [
    "not json",
    '{"format":1,"routes":[{"path":"/half"}]}',
    JSON.stringify({
      format: 1,
      routes: [
        testRoute({ path: "/fine", target }),
        testRoute({ path: "/credentials", cors: { allowCredentials: true }, target }),
      ],
    }),
  ]) {
    const number = await fixture.publishText(acme, content);
    await fixture.served(acme, number);
    const now = await acknowledgement();
    assert.deepEqual([now.revision, now.refused], [before.revision, number]);
    assert.ok((now.error?.length ?? 0) > 10);
    assert.equal(await status("/fresh"), 200);
    assert.equal(await status("/fine"), 404);
  }
  const good = await fixture.publish(acme, [keyed(), testRoute({ path: "/fresh", target })]);
  await fixture.served(acme, good);
  assert.deepEqual(Object.values(await acknowledgement()).slice(0, 3), [good, null, null]);
});

test("a tenant whose only revision cannot be served is 503, one that published nothing 404", async () => {
  const empty = await fixture.tenant("empty");
  const broken = await fixture.tenant("broken");
  await fixture.served(broken, await fixture.publishText(broken, "{}"));
  const of = async (slug: string) => (await fetch(`${fixture.url}/gw/${slug}/x`)).status;
  await eventually("the tenant", async () => (await of(empty.slug)) === 404);
  assert.equal(await of(broken.slug), 503);
  await fixture.pool.query("UPDATE tenants SET deleted_at = now() WHERE id = $1", [empty.id]);
  await fixture.nudge();
  await eventually("the deletion", async () => {
    const response = await fetch(`${fixture.url}/gw/empty/x`);
    return ((await response.json()) as { error: { code: string } }).error.code === "tenant_not_found";
  });
});

test("with its connections cut, the gateway serves on and comes back by itself", async () => {
  const key = await fixture.mint(acme);
  assert.equal(await status("/keyed", key.key), 200);
  await fixture.pool.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'gatehouse-gateway%' AND datname = current_database()",
  );
  assert.equal(await status("/keyed", key.key), 200);
  await fixture.revoke(key);
  await eventually("the revocation", async () => (await status("/keyed", key.key)) === 401);
});

test("with the database away, known keys pass, unknown ones are 503 and never 401, and all is well after", async () => {
  const known = await fixture.mint(acme);
  const revoked = await fixture.mint(acme);
  assert.equal(await status("/keyed", known.key), 200);
  assert.equal(await status("/keyed", revoked.key), 200);
  await fixture.plug?.pull();
  const unknown = await fixture.mint(acme);
  await fixture.pool.query("UPDATE api_keys SET revoked_at = now() WHERE id = $1", [revoked.id]);
  const number = await fixture.publish(acme, [keyed(), testRoute({ path: "/later", target })]);
  assert.equal(await status("/keyed", known.key), 200);
  assert.equal(await code("/keyed", unknown.key), "unavailable");
  assert.equal(await code("/keyed", "gh_mistyped"), "invalid_api_key");
  assert.equal((await fetch(`${fixture.url}/readyz`)).status, 200);
  await fixture.plug?.insert();
  await eventually("everything missed", async () => (await status("/later")) === 200, 8_000);
  assert.equal(await status("/keyed", unknown.key), 200);
  assert.equal(await code("/keyed", revoked.key), "revoked_api_key");
  await fixture.served(acme, number);
});

test("a gateway that stops finishes what it began and says that it has stopped", async () => {
  const slow = testRoute({ path: "/slow", target: { type: "function", function: "slow" } });
  const second = await fixture.start();
  await fixture.served(acme, await fixture.publish(acme, [keyed(), slow]));
  const row = async () => {
    const { rows } = await fixture.pool.query(
      "SELECT kind, name, address, stopped_at FROM gateway_instances WHERE id = $1",
      [second.instanceId],
    );
    return rows[0] as { kind: string; name: string; address: string; stopped_at: Date | null } | undefined;
  };
  const living = await eventually("its row", row);
  assert.deepEqual(living, { kind: "gateway", name: "test", address: second.address, stopped_at: null });
  const underWay = fetch(`${second.address}/gw/acme/slow`);
  await eventually("the request to be under way", () =>
    fixture.lines.some((line) => line.output === "begun"),
  );
  await second.stop();
  const finished = await underWay;
  assert.deepEqual([finished.status, await finished.json()], [200, { late: true }]);
  assert.equal(finished.headers.get("connection"), "close");
  await assert.rejects(fetch(`${second.address}/readyz`));
  assert.ok((await row())?.stopped_at);
});
