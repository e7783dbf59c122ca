import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { TraceStep } from "#lib/contract/trace.ts";
import { eventually } from "#tests/harness/eventually.ts";
import { type GatewayFixture, gatewayFixture, type TestTenant, testRoute } from "#tests/harness/gateway.ts";

const hello = { type: "function", function: "hello" } as const;
const SECRET = "sEcretValue123456789";

let fixture: GatewayFixture;

before(async () => {
  fixture = await gatewayFixture({
    functions: { "hello.mjs": "export const handler = async () => ({ ok: true });" },
    pluggable: true,
  });
});
after(() => fixture.close());

type Row = {
  request_id: string;
  revision: number;
  status: number;
  code: string;
  path: string;
  query_names: string[];
  route_id: string | null;
  api_key_id: string | null;
  steps: TraceStep[];
};

const rowsOf = async (tenant: TestTenant) =>
  (await fixture.pool.query<Row>("SELECT * FROM refusals WHERE tenant_id = $1 ORDER BY at, id", [tenant.id]))
    .rows;
const unrecordedOf = async (tenant: TestTenant) => {
  const { rows } = await fixture.pool.query<{ amount: number }>(
    "SELECT coalesce(sum(amount), 0)::int AS amount FROM unrecorded_refusals WHERE tenant_id = $1",
    [tenant.id],
  );
  return rows[0]?.amount as number;
};

async function served(slug: string, routes: Parameters<typeof testRoute>[0][]) {
  const tenant = await fixture.tenant(slug);
  const published = routes.map(testRoute);
  const number = await fixture.publish(tenant, published);
  await fixture.served(tenant, number);
  return { tenant, routes: published, number };
}

async function ask(slug: string, path: string, init: RequestInit = {}) {
  const response = await fetch(`${fixture.url}/gw/${slug}${path}`, init);
  await response.arrayBuffer();
  return { status: response.status, id: response.headers.get("x-request-id") as string };
}

test("a refusal is written down with the revision, the key and the steps that decided it, and no secret", async () => {
  const { tenant, routes, number } = await served("plain", [
    { target: hello, path: "/v1/users/:id", auth: { mode: "api-key" } },
  ]);
  const key = await fixture.mint(tenant, { authorizedRequests: [{ method: "GET", path: "/v1/users/me" }] });
  await fixture.revoke(await fixture.mint(tenant));
  const headers = { "x-api-key": key.key, cookie: `session=${SECRET}`, "x-other": SECRET };
  const refused = await ask("plain", `/v1/users/42?token=${SECRET}&page=2`, { headers });
  assert.equal(refused.status, 403);
  const [row] = await eventually("the refusal", async () => {
    const rows = await rowsOf(tenant);
    return rows.length === 1 && rows;
  });
  assert.ok(row);
  assert.equal(row.request_id, refused.id);
  assert.equal(row.revision, number);
  assert.equal(row.code, "request_not_authorized");
  assert.equal(row.path, "/v1/users/42");
  assert.deepEqual(row.query_names, ["token", "page"]);
  assert.equal(row.route_id, routes[0]?.id);
  assert.equal(row.api_key_id, key.id);
  assert.deepEqual(row.steps.at(-1)?.step, "entitlement");
  assert.match(row.steps.at(-1)?.detail ?? "", /GET \/v1\/users\/me \(another path\)/);
  const everything = JSON.stringify(row) + JSON.stringify(fixture.lines);
  for (const secret of [SECRET, key.key]) assert.ok(!everything.includes(secret), secret.slice(0, 4));
});

test("what is refused after the decision names its own step, and another tenant's key is nobody's", async () => {
  const { tenant } = await served("later", [
    { target: hello, path: "/limited", rateLimit: { requestsPerMinute: 1, per: "ip" } },
    { target: hello, path: "/small", method: "POST", maxBodyBytes: 3 },
    { target: hello, path: "/keyed", auth: { mode: "api-key" } },
  ]);
  const elsewhere = await fixture.mint(await fixture.tenant("elsewhere"));
  await ask("later", "/limited");
  assert.equal((await ask("later", "/limited")).status, 429);
  assert.equal((await ask("later", "/small", { method: "POST", body: "four" })).status, 413);
  assert.equal((await ask("later", "/keyed", { headers: { "x-api-key": elsewhere.key } })).status, 401);
  const rows = await eventually("three refusals", async () => {
    const found = await rowsOf(tenant);
    return found.length === 3 && found;
  });
  assert.deepEqual(
    rows.map(({ code, steps, api_key_id }) => [code, steps.at(-1)?.step, api_key_id]),
    [
      ["rate_limited", "rate_limit", null],
      ["body_too_large", "body", null],
      ["invalid_api_key", "auth", null],
    ],
  );
});

test("nothing is written down for what was answered, for an unknown tenant, or for what is not the caller's fault", async () => {
  const { tenant } = await served("quiet", [{ target: { ...hello, function: "missing" }, path: "/broken" }]);
  assert.equal((await ask("quiet", "/broken")).status, 502);
  assert.equal((await ask("no-such-tenant", "/")).status, 404);
  const marker = await ask("quiet", "/nothing");
  const rows = await eventually("the marker", async () => {
    const found = await rowsOf(tenant);
    return found.length > 0 && found;
  });
  assert.deepEqual(
    rows.map((row) => row.request_id),
    [marker.id],
  );
});

test("a flood is kept within its budget, the rest is counted, and another tenant is heard all the same", async () => {
  const flooded = await served("flooded", [{ target: hello, path: "/a" }]);
  const calm = await served("calm", [{ target: hello, path: "/a" }]);
  const FLOOD = 400;
  for (let sent = 0; sent < FLOOD; sent += 50) {
    await Promise.all(Array.from({ length: 50 }, () => ask("flooded", "/nothing")));
  }
  const heard = await ask("calm", "/nothing");
  await eventually("the other tenant's refusal", async () =>
    (await rowsOf(calm.tenant)).some((row) => row.request_id === heard.id),
  );
  const kept = (await rowsOf(flooded.tenant)).length;
  assert.equal(kept, 100, "one address alone gets a third of the budget");
  await eventually(
    "the count",
    async () => (await unrecordedOf(flooded.tenant)) === FLOOD - kept || undefined,
    15_000,
  );
});

test("refusals wait for a database that is away, and what is older than 24 hours goes", async () => {
  const { tenant } = await served("away", [{ target: hello, path: "/a" }]);
  await fixture.plug?.pull();
  const refused = await ask("away", "/nothing");
  assert.equal(refused.status, 404);
  await fixture.plug?.insert();
  await eventually("the refusal", async () =>
    (await rowsOf(tenant)).some((row) => row.request_id === refused.id),
  );
  await fixture.pool.query("UPDATE refusals SET at = at - interval '25 hours' WHERE tenant_id = $1", [
    tenant.id,
  ]);
  const { expireRefusals } = await import("#data-plane/sql/refusals.ts");
  const pg = await import("pg");
  const gateway = new pg.default.Pool({ connectionString: fixture.database.gatewayUrl, max: 1 });
  try {
    assert.equal(
      (await gateway.query("SELECT at FROM refusals")).rowCount,
      1,
      "a gateway sees only what may go",
    );
    await expireRefusals(gateway);
  } finally {
    await gateway.end();
  }
  assert.equal((await rowsOf(tenant)).length, 0);
});
