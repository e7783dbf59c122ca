import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import type { TenantActor } from "#lib/access/actor.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { listKeys } from "./queries.ts";
import { expiresSoon } from "./rules.ts";
import type { ApiKey, KeyFilters } from "./schema.ts";

/** More than a search looks through before it asks the indexes, so that both ways of finding are met. */
const KEYS = 4_000;

let plane: ControlPlane;
let actor: TenantActor;
let stranger: TenantActor;
before(async () => {
  plane = await controlPlane();
  ({ actor } = await plane.tenant("many"));
  ({ actor: stranger } = await plane.tenant("others"));
  const client = new pg.Client({ connectionString: plane.database.superuserUrl });
  await client.connect();
  for (const [{ tenant }, amount, salt] of [
    [actor, KEYS, "a"],
    [stranger, 50, "b"],
  ] as const) {
    // Most of what is rare lies among the oldest.
    await client.query(
      `INSERT INTO api_keys (id, tenant_id, name, key_hash, prefix, last_four, created_by_label, created_at,
                             expires_at, revoked_at, rotated_at, grace_ends_at)
       SELECT gen_random_uuid(), $1, CASE WHEN i % 997 = 0 THEN 'Rare_Bird ' ELSE 'Partner ' END || i,
              sha256((i || $3)::bytea), 'gh_' || substr(md5(i::text), 1, 6), substr(md5('x' || i), 1, 4), 'x',
              now() - i * interval '1 minute',
              CASE WHEN i % 800 = 1 THEN now() - interval '1 hour' WHEN i % 3 = 0 THEN now() + interval '1 day' END,
              CASE WHEN i % 1500 = 2 THEN now() END,
              CASE WHEN i % 1300 = 3 THEN now() END,
              CASE WHEN i = 3 THEN now() - interval '1 minute' WHEN i % 1300 = 3 THEN now() + interval '1 hour' END
       FROM generate_series(1, $2) i`,
      [tenant.id, amount, salt],
    );
  }
  await client.query(
    `INSERT INTO api_key_usage (api_key_id, tenant_id, last_used_at)
     SELECT id, tenant_id, now() FROM api_keys WHERE name LIKE 'Partner %' AND right(name, 2) <> '77'`,
  );
  await client.end();
});
after(() => plane.close());

async function all(of: TenantActor, filters: KeyFilters): Promise<ApiKey[]> {
  const found: ApiKey[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await listKeys(of, { ...filters, limit: 100, cursor });
    found.push(...page.data);
    if (!page.next_cursor) return found;
    cursor = page.next_cursor;
  }
}

test("pages hold every key once, newest first", async () => {
  const keys = await all(actor, {});
  assert.equal(new Set(keys.map(({ id }) => id)).size, KEYS);
  const times = keys.map(({ createdAt }) => createdAt);
  assert.deepEqual(times, times.toSorted().reverse());
});

test("a search and a status find exactly what reading everything finds, common or rare, page by page", async () => {
  const keys = await all(actor, {});
  const some = keys[1234] as ApiKey;
  for (const q of [
    "partner",
    "RARE_bird",
    "rare%",
    "99",
    some.prefix,
    some.lastFour,
    "nobody",
    "_",
    "\\",
    some.name,
    `${some.name} `,
    "partner 12",
  ]) {
    for (const status of [undefined, "active", "expired", "revoked", "rotating"] as const) {
      const expected = keys.filter(
        (key) =>
          `${key.name} ${key.prefix} ${key.lastFour}`.toLowerCase().includes(q.toLowerCase()) &&
          (status === undefined || key.status === status),
      );
      const found = await all(actor, { q, ...(status ? { status } : {}) });
      assert.deepEqual(
        found.map(({ id }) => id),
        expected.map(({ id }) => id),
        `${q} ${status}`,
      );
    }
  }
});

test("a search sees the keys of one's own tenant only", async () => {
  assert.equal((await all(stranger, { q: "partner" })).length, 50);
  assert.equal(
    (await all(stranger, { status: "active" })).every(({ name }) => name.startsWith("P")),
    true,
  );
});

test("never used and about to expire find exactly those keys, alone and with a search or a status", async () => {
  const keys = await all(actor, {});
  const never = (key: ApiKey) => key.lastUsedAt === null;
  const soon = (key: ApiKey) => expiresSoon(key, new Date());
  const expected = { never: keys.filter(never), soon: keys.filter(soon) };
  assert.ok(expected.never.length > 20 && expected.soon.length > 1_000);
  const idsOf = (found: ApiKey[]) => found.map(({ id }) => id);
  assert.deepEqual(idsOf(await all(actor, { used: "never" })), idsOf(expected.never));
  assert.deepEqual(idsOf(await all(actor, { expires: "soon" })), idsOf(expected.soon));
  for (const q of ["77", "rare", "nobody"]) {
    const searched = expected.never.filter(({ name }) => name.toLowerCase().includes(q)).filter(soon);
    assert.deepEqual(
      idsOf(await all(actor, { q, used: "never", expires: "soon", status: "active" })),
      idsOf((await all(actor, { q })).filter((key) => never(key) && soon(key) && key.status === "active")),
    );
    assert.ok(q === "nobody" || q === "rare" || searched.length > 0);
  }
});

test("a key that is used for the first time is no longer among those never used", async () => {
  const [key] = (await listKeys(actor, { used: "never", limit: 1 })).data;
  assert.ok(key);
  const gateway = new pg.Client({ connectionString: plane.database.gatewayUrl });
  await gateway.connect();
  await gateway.query(
    "INSERT INTO api_key_usage (api_key_id, tenant_id, last_used_at) VALUES ($1, $2, now())",
    [key.id, actor.tenant.id],
  );
  await gateway.end();
  const [next] = (await listKeys(actor, { used: "never", limit: 1 })).data;
  assert.notEqual(next?.id, key.id);
});
