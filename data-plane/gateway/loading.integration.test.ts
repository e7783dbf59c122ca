import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import test, { after, before } from "node:test";
import pg from "pg";
import { serializeRevision } from "#lib/contract/revision.ts";
import { type TestDatabase, testDatabase } from "#tests/harness/database.ts";
import { eventually } from "#tests/harness/eventually.ts";
import { testRoute } from "#tests/harness/gateway.ts";
import { type ChangesOptions, followChanges } from "./changes.ts";
import { createSnapshot } from "./snapshot.ts";

const KEYS = 25_000;
let database: TestDatabase;
let admin: pg.Client;

before(async () => {
  database = await testDatabase();
  admin = new pg.Client({ connectionString: database.superuserUrl });
  await admin.connect();
  const tenant = randomUUID();
  await admin.query("INSERT INTO tenants (id, slug, name) VALUES ($1, 'acme', 'acme')", [tenant]);
  await admin.query(
    `INSERT INTO revisions (tenant_id, number, content, hash, route_count, published_by_label)
     VALUES ($1, 1, $2, repeat('0', 64), 1, 'test')`,
    [tenant, serializeRevision([testRoute({ target: { type: "function", function: "echo" } })])],
  );
  await admin.query("UPDATE tenants SET live_revision = 1 WHERE id = $1", [tenant]);
  await admin.query(
    `INSERT INTO api_keys (id, tenant_id, name, key_hash, prefix, last_four, created_by_label, authorized_requests)
     SELECT gen_random_uuid(), $1, 'many', sha256(('many ' || i)::bytea), 'gh_aaaaaa', 'aaaa', 'test',
       CASE WHEN i % 7 = 0 THEN json_build_array(json_build_object('method', 'GET', 'path', '/of/' || i,
         'queryParameters', json_build_object())) END FROM generate_series(1, $2::int) i`,
    [tenant, KEYS],
  );
});
after(async () => {
  await admin?.end();
  await database?.close();
});

/** A gate that some work waits at; `reached` resolves when it does. */
function gate() {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    open: () => opened.resolve(),
    pass: () => {
      reached.resolve();
      return opened.promise;
    },
  };
}

/** Follows the database with a snapshot whose steps may be held up. */
function follow(holdUp: (snapshot: ReturnType<typeof createSnapshot>) => void) {
  const snapshot = createSnapshot();
  const warnings: string[] = [];
  const lost: unknown[] = [];
  const applied: { keys: number; revision: number | undefined; tenants: number; connected: boolean }[] = [];
  holdUp(snapshot);
  const changes = followChanges({
    databaseUrl: database.gatewayUrl,
    snapshot,
    issuers: { apply: () => {}, replaceAll: () => false },
    logger: { warn: (_: object, text: string) => warnings.push(text), info: () => {}, error: () => {} },
    onApplied: (tenants: readonly unknown[]) => {
      applied.push({
        keys: snapshot.keyCount(),
        revision: snapshot.tenant("acme")?.number,
        tenants: tenants.length,
        connected: changes.connected(),
      });
    },
    onNews: () => {},
    onFirstFailure: async (error: unknown) => {
      lost.push(error);
      return true;
    },
  } as unknown as ChangesOptions);
  return { snapshot, warnings, lost, applied, changes };
}
const cut = (name: string) =>
  admin.query(
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1 AND application_name = $2",
    [database.name, name],
  );
const EVERYTHING = { keys: KEYS, revision: 1, tenants: 1, connected: true };

for (const [half, connection] of [
  ["keys", "gatehouse-gateway-keys"],
  ["revisions", "gatehouse-gateway-changes"],
] as const) {
  test(`when the connection of the ${half} is lost, the other half is not taken for everything`, async () => {
    const keys = gate();
    const revision = gate();
    const { lost, applied, changes } = follow((snapshot) => {
      const { applyKeys, applyRevision } = snapshot;
      snapshot.applyKeys = (block) => keys.pass().then(() => applyKeys(block));
      snapshot.applyRevision = (...about) => revision.pass().then(() => applyRevision(...about));
    });
    try {
      await Promise.all([keys.reached, revision.reached]);
      await cut(connection);
      keys.open();
      if (half === "revisions") await eventually("the loss", async () => lost.length === 1);
      revision.open();
      await eventually("everything", async () => applied.length > 0, 10_000);
      assert.equal(lost.length, 1, "it was said once");
      // The new connection goes on from nothing: whoever answers there may never have had what was read before.
      await eventually("it to be loaded anew", async () => applied.some((each) => each.connected), 10_000);
      const allOf = (connected: boolean) => ({ ...EVERYTHING, connected });
      const expected = half === "keys" ? [allOf(true)] : [allOf(false), allOf(true)];
      assert.deepEqual(applied.slice(0, expected.length), expected);
    } finally {
      await changes.stop();
    }
  });
}

test("a gateway that is given one connection loads everything over that, and says so", async () => {
  const name = pg.escapeIdentifier(database.name);
  await admin.query(`ALTER DATABASE ${name} CONNECTION LIMIT 2`); // the other one is this test's own
  const { applied, warnings, lost, changes } = follow(() => {});
  try {
    await eventually("everything", async () => applied.length > 0, 10_000);
    assert.deepEqual([applied[0], lost], [EVERYTHING, []]);
    assert.match(warnings.join(), /no second connection/);
  } finally {
    await changes.stop();
    await admin.query(`ALTER DATABASE ${name} CONNECTION LIMIT -1`);
  }
});

test("each key of many blocks has the rights that are its own", async () => {
  const { applied, changes, snapshot } = follow(() => {});
  try {
    await eventually("everything", async () => applied.length > 0, 10_000);
    const { rows } = await admin.query<{ hash: string; path: string | null }>(
      `SELECT encode(key_hash, 'hex') AS hash, authorized_requests -> 0 ->> 'path' AS path FROM api_keys`,
    );
    for (const { hash, path } of rows) {
      const found = snapshot.key(Buffer.from(hash, "hex").toString("latin1"))?.authorizedRequests;
      if (path === null) assert.equal(found, null);
      else assert.ok(JSON.stringify(found).includes(`"${path.split("/").at(-1)}"`), path);
    }
  } finally {
    await changes.stop();
  }
});
