import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import pg from "pg";
import type { TenantActor } from "#lib/access/actor.ts";
import { routeFieldsSchema } from "#lib/contract/route.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { publish } from "#lib/publishing/commands.ts";
import { getChanges } from "#lib/publishing/queries.ts";
import { createRoute } from "#lib/routes/commands.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { mintKey, revokeKeys, rotateKey } from "./commands.ts";
import { findKeyByHash, getKeyReach, getKeysOfRoute, getKeyTraffic, listKeys } from "./queries.ts";
import { bulkRevokeSchema } from "./schema.ts";

let plane: ControlPlane;
let actor: TenantActor;
let stranger: TenantActor;
let sql: pg.Client;
before(async () => {
  plane = await controlPlane();
  ({ actor } = await plane.tenant("acme"));
  ({ actor: stranger } = await plane.tenant("globex"));
  sql = new pg.Client({ connectionString: plane.database.superuserUrl });
  await sql.connect();
});
after(async () => {
  await sql.end();
  await plane.close();
});

const code = (expected: string) => (error: unknown) =>
  error instanceof DomainError && error.code === expected;
const mint = (name: string, authorizedRequests: unknown = null) =>
  mintKey(actor, {
    name,
    description: "",
    authorizedRequests: authorizedRequests as null,
    expiresAt: null,
  });
const bulk = (fields: object) => bulkRevokeSchema.parse({ reason: "leak", ...fields });

test("which routes a key opens and which keys open a route say the same, successors included", async () => {
  const target = { type: "function", function: "hello" };
  const wide = await mint("wide");
  const narrow = await mint("narrow", [{ method: "GET", path: "/a/1", queryParameters: {} }]);
  const add = (fields: object) =>
    createRoute(actor, routeFieldsSchema.parse({ method: "GET", target, ...fields }));
  const a = await add({ path: "/a/:id" });
  const named = await add({ path: "/named", auth: { mode: "api-key", allowedApiKeyIds: [wide.id] } });
  const open = await add({ path: "/public", auth: { mode: "none" } });
  const { draftVersion } = await getChanges(actor, undefined);
  await publish(actor, { draftVersion, note: "" });
  const successor = await rotateKey(actor, { id: wide.id, graceSeconds: 3_600 });
  const reach = async (id: string) =>
    (await getKeyReach(actor, { id })).routes.map(({ path, partly }) => `${path}${partly ? " partly" : ""}`);
  assert.deepEqual(await reach(wide.id), ["/a/:id", "/named"]);
  assert.deepEqual(await reach(successor.id), ["/a/:id", "/named"]);
  assert.deepEqual(await reach(narrow.id), ["/a/:id partly"]);
  const openers = async (id: string) =>
    (await getKeysOfRoute(actor, { id })).keys.map(({ id: key }) => key).sort();
  assert.deepEqual(await openers(a.id), [wide.id, narrow.id, successor.id].sort());
  assert.deepEqual(await openers(named.id), [wide.id, successor.id].sort());
  assert.deepEqual(await openers(open.id), []);
  await assert.rejects(getKeysOfRoute(stranger, { id: a.id }), code("not_found"));
  await assert.rejects(getKeyReach(stranger, { id: wide.id }), code("not_found"));
});

test("traffic is told by the hour and by the day, quiet ones included, and routes by how much they are used", async () => {
  const key = await mint("busy");
  const route = (await getKeyReach(actor, { id: key.id })).routes.find(({ path }) => path === "/a/:id");
  for (const [minutes, requests, refusals] of [
    [1, 5, 1],
    [2, 3, 0],
    [60 * 24 * 3, 7, 7],
    [60 * 24 * 40, 100, 0],
  ] as const) {
    await sql.query(
      `INSERT INTO api_key_traffic AS t (tenant_id, api_key_id, bucket, requests, refusals)
       VALUES ($1, $2, now() - make_interval(mins => $3), $4, $5)`,
      [actor.tenant.id, key.id, minutes, requests, refusals],
    );
  }
  await sql.query(
    `INSERT INTO api_key_routes (tenant_id, api_key_id, route_id, requests, last_used_at)
     VALUES ($1, $2, $3, 8, now())`,
    [actor.tenant.id, key.id, route?.id],
  );
  const sum = (buckets: { requests: number; refusals: number }[]) => [
    buckets.reduce((all, { requests }) => all + requests, 0),
    buckets.reduce((all, { refusals }) => all + refusals, 0),
  ];
  const day = await getKeyTraffic(actor, { id: key.id, period: "day" });
  const month = await getKeyTraffic(actor, { id: key.id, period: "month" });
  assert.deepEqual([day.buckets.length, month.buckets.length], [24, 30]);
  assert.deepEqual(
    [sum(day.buckets), sum(month.buckets)],
    [
      [8, 1],
      [15, 8],
    ],
  );
  const reach = await getKeyReach(actor, { id: key.id });
  assert.deepEqual([reach.opened, reach.unused, reach.routes[0]?.requests], [1, 0, 8]);
  await assert.rejects(getKeyTraffic(stranger, { id: key.id, period: "day" }), code("not_found"));
});

test("a key is found by its hash in its own tenant, and nowhere else", async () => {
  const key = await mint("lost");
  const sha256 = createHash("sha256").update(key.key).digest("hex");
  assert.equal((await findKeyByHash(actor, { sha256 })).id, key.id);
  await assert.rejects(findKeyByHash(stranger, { sha256 }), code("not_found"));
});

test("after a leak exactly the previewed keys are revoked, or none", async () => {
  const keys = await Promise.all(["one", "two", "three"].map((name) => mint(name)));
  const ids = keys.slice(0, 2).map(({ id }) => id);
  const active = async () => (await listKeys(actor, { limit: 100, status: "active" })).data.length;
  const before = await active();
  assert.equal((await revokeKeys(stranger, bulk({ keys: { ids }, dryRun: true }))).wouldRevoke, 0);
  assert.equal((await revokeKeys(actor, bulk({ keys: { ids }, dryRun: true }))).wouldRevoke, 2);
  await assert.rejects(revokeKeys(actor, bulk({ keys: { ids }, expected: 3 })), code("conflict"));
  assert.equal(await active(), before);
  assert.equal((await revokeKeys(actor, bulk({ keys: { ids }, expected: 2 }))).revoked, 2);
  assert.equal(await active(), before - 2);
  const madeBefore = (keys[2] as { createdAt: string }).createdAt;
  const { wouldRevoke } = await revokeKeys(actor, bulk({ keys: { madeBefore }, dryRun: true }));
  await revokeKeys(actor, bulk({ keys: { madeBefore }, expected: wouldRevoke }));
  const left = await listKeys(actor, { limit: 100, status: "active" });
  assert.ok(left.data.every(({ createdAt }) => createdAt >= madeBefore));
  assert.ok(left.data.some(({ id }) => id === keys[2]?.id));
});

test("keys without number are revoked as one, and the audit log tells which without naming each", async () => {
  const { actor: leaky } = await plane.tenant("leaky");
  const amount = 1_001;
  await sql.query(
    `INSERT INTO api_keys (id, tenant_id, name, key_hash, prefix, last_four, created_by_label, created_at)
     SELECT gen_random_uuid(), $1, 'Leaked ' || i, sha256(('leaked ' || i)::bytea), 'gh_leaked', 'abcd', 'Somebody',
            now() - interval '1 day' FROM generate_series(1, $2::int) i`,
    [leaky.tenant.id, amount],
  );
  const keys = { madeBefore: new Date().toISOString() };
  const { revoked, sample } = await revokeKeys(leaky, bulk({ keys, expected: amount }));
  assert.deepEqual([revoked, sample.length], [amount, 20]);
  const { rows } = await sql.query(
    `SELECT before, after ->> 'revokedAt' AS at, (SELECT encode(sha256(string_agg(id::text, E'\\n' ORDER BY id)::bytea), 'hex')
       FROM api_keys k WHERE k.tenant_id = $1 AND k.revoked_at = (a.after ->> 'revokedAt')::timestamptz) AS digest
     FROM audit_entries a WHERE tenant_id = $1 AND action = 'key.revoke-many'`,
    [leaky.tenant.id],
  );
  assert.equal(rows.length, 1);
  assert.deepEqual(rows[0].before, { selection: keys, count: amount, idsSha256: rows[0].digest });
  assert.match(rows[0].digest, /^[0-9a-f]{64}$/);
});

test("a preview needs no reason, and revoking many does", () => {
  const keys = { madeBefore: "2030-01-01T00:00:00Z" };
  assert.equal(bulkRevokeSchema.safeParse({ keys, dryRun: true }).success, true);
  for (const reason of [undefined, "", "   "]) {
    const parsed = bulkRevokeSchema.safeParse({ keys, ...(reason === undefined ? {} : { reason }) });
    assert.deepEqual(parsed.error?.issues[0]?.path, ["reason"]);
  }
});
