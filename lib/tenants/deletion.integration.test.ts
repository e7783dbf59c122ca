import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type pg from "pg";
import type { PersonActor, TenantPerson } from "#lib/access/actor.ts";
import { createClaim, openClaim, revealClaim } from "#lib/claims/commands.ts";
import { newClaimSchema } from "#lib/claims/schema.ts";
import { routeFieldsSchema } from "#lib/contract/route.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { mintKey } from "#lib/keys/commands.ts";
import { createRoute } from "#lib/routes/commands.ts";
import { mintToken } from "#lib/tokens/commands.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import { mailServer } from "#tests/harness/mail-server.ts";
import { routeFixture, seedObjects } from "#tests/harness/tenant-objects.ts";
import { createTenant, deleteTenant, purgeDeletedTenants, restoreTenant } from "./commands.ts";
import { enterTenant, getBlastRadius, listDeletedTenants, listMyTenants } from "./queries.ts";

let plane: ControlPlane;

before(async () => {
  plane = await controlPlane();
});
after(() => plane?.close());

const superuser = <T>(work: (client: pg.Client) => Promise<T>): Promise<T> =>
  withClient(plane.database.superuserUrl, work);
const sql = (text: string, values: unknown[] = []) => superuser((client) => client.query(text, values));
/** Lets the seven days be over, by the database's clock. */
const ageDeletion = (slug: string, days = 7) =>
  sql("UPDATE tenants SET deleted_at = now() - make_interval(days => $2) WHERE slug = $1", [slug, days]);

const code = (error: unknown) => (error as { code?: string }).code;
const fails = (work: Promise<unknown>, wanted: string) =>
  assert.rejects(work, (error) => code(error) === wanted, wanted);

const asToken = (actor: TenantPerson): TenantPerson => ({
  ...actor,
  proof: {
    ...(actor.proof as object),
    type: "token",
    tokenId: uuidv7(),
    name: "t",
    tenantId: null,
    permissions: null,
  } as never,
});
const stale = (actor: TenantPerson): TenantPerson => ({
  ...actor,
  proof: { ...actor.proof, confirmedAt: new Date(Date.now() - 3_600_000) } as never,
});

test("a deleted tenant is gone for its members at once, and its owners can have it back as it was", async () => {
  const { owner, actor } = await plane.tenant("gone-and-back");
  const member = await plane.member(actor, "admin");
  const deleted = await deleteTenant(actor, { slug: "gone-and-back" });
  assert.equal(Date.parse(deleted.restorableUntil) - Date.parse(deleted.deletedAt), 7 * 86_400_000);
  for (const who of [owner, member]) {
    await fails(enterTenant(who, "gone-and-back"), "not_found");
    assert.deepEqual((await listMyTenants(who, { limit: 25 })).data, []);
  }
  assert.deepEqual(await listDeletedTenants(owner), [deleted]);
  assert.deepEqual(await listDeletedTenants(member), [], "an admin sees nothing of it");
  await fails(restoreTenant(member, { slug: "gone-and-back" }), "not_found");
  await fails(restoreTenant(await plane.person(), { slug: "gone-and-back" }), "not_found");
  await fails(createTenant(member, { slug: "gone-and-back", name: "Mine now" }), "conflict");
  await fails(restoreTenant(asToken(actor), { slug: "gone-and-back" }), "forbidden");
  assert.deepEqual(await restoreTenant(owner, { slug: "gone-and-back" }), {
    id: actor.tenant.id,
    slug: "gone-and-back",
    name: "gone-and-back",
    role: "owner",
  });
  assert.equal((await enterTenant(member, "gone-and-back")).tenant.role, "admin");
  assert.deepEqual(await listDeletedTenants(owner), []);
  await fails(restoreTenant(owner, { slug: "gone-and-back" }), "not_found");
  const { rows } = await sql(
    "SELECT action FROM audit_entries WHERE tenant_id = $1 ORDER BY at DESC LIMIT 2",
    [actor.tenant.id],
  );
  assert.deepEqual(
    rows.map(({ action }) => action),
    ["tenant.restore", "tenant.delete"],
  );
});

test("only an owner deletes, in person, recently confirmed, and with the address typed", async () => {
  const { actor } = await plane.tenant("refusals");
  for (const role of ["admin", "developer", "support", "viewer"] as const) {
    await fails(deleteTenant(await plane.member(actor, role), { slug: "refusals" }), "forbidden");
  }
  await fails(deleteTenant(asToken(actor), { slug: "refusals" }), "forbidden");
  await fails(deleteTenant(stale(actor), { slug: "refusals" }), "confirmation_required");
  for (const slug of ["Refusals", "refusals ", "", "refusal"]) {
    await fails(deleteTenant(actor, { slug }), "invalid_input");
  }
  assert.equal((await enterTenant(actor, "refusals")).tenant.role, "owner");
});

test("what would stop is counted before", async () => {
  const { actor } = await seedObjects(plane, "radius");
  const radius = await getBlastRadius(actor, undefined);
  assert.deepEqual(radius, {
    liveRoutes: 1,
    activeKeys: { count: 1, capped: false },
    members: { count: 2, capped: false },
    openJobs: { count: 0, capped: false },
    deadLetters: { count: 1, capped: false },
    requestsLastDay: 0,
  });
});

test("of two deletions at once one deletes; of two restorations one restores", async () => {
  const { owner, actor } = await plane.tenant("one-winner");
  const outcome = async (work: () => Promise<unknown>) =>
    (await Promise.allSettled([work(), work(), work()])).map((one) =>
      one.status === "fulfilled" ? "done" : code(one.reason),
    );
  const deletions = await outcome(() => deleteTenant(actor, { slug: "one-winner" }));
  assert.deepEqual(deletions.sort(), ["done", "not_found", "not_found"]);
  const restorations = await outcome(() => restoreTenant(owner, { slug: "one-winner" }));
  assert.deepEqual(restorations.sort(), ["done", "not_found", "not_found"]);
});

test("a change that races with the deletion is whole before it, or finds no tenant", async () => {
  for (let round = 0; round < 6; round++) {
    const slug = `race-${round}`;
    const { actor } = await plane.tenant(slug);
    const changes = [
      () => mintKey(actor, { name: "k", description: "", authorizedRequests: null, expiresAt: null }),
      () => createRoute(actor, routeFieldsSchema.parse(routeFixture)),
      () => mintKey(actor, { name: "l", description: "", authorizedRequests: null, expiresAt: null }),
    ];
    const [deletion, ...rest] = await Promise.allSettled([
      deleteTenant(actor, { slug }),
      ...changes.map((change) => change()),
    ]);
    assert.equal(deletion?.status, "fulfilled");
    for (const one of rest) if (one.status === "rejected") assert.equal(code(one.reason), "not_found");
    const { rows } = await sql(
      `SELECT e.action, e.at > t.deleted_at AS after FROM audit_entries e JOIN tenants t ON t.id = e.tenant_id
       WHERE t.id = $1 AND e.action <> 'tenant.delete'`,
      [actor.tenant.id],
    );
    assert.deepEqual(
      rows.filter(({ after: late }) => late),
      [],
      "nothing was written after the deletion",
    );
    await fails(
      mintKey(actor, { name: "m", description: "", authorizedRequests: null, expiresAt: null }),
      "not_found",
    );
  }
});

test("claim links of a deleted tenant are dead, and work again when it is restored", async () => {
  const { owner, actor } = await plane.tenant("claims-cease");
  const { link } = await createClaim(actor, newClaimSchema.parse({ name: "c" }));
  const secret = new URL(link).hash.slice(1);
  await deleteTenant(actor, { slug: "claims-cease" });
  await fails(openClaim(secret), "not_found");
  await fails(revealClaim(secret, { requestId: "q", ip: "" }), "not_found");
  assert.equal((await sql("SELECT FROM api_keys WHERE tenant_id = $1", [actor.tenant.id])).rowCount, 0);
  await restoreTenant(owner, { slug: "claims-cease" });
  assert.match((await revealClaim(secret, { requestId: "q", ip: "" })).key, /^gh_/);
});

test("every owner with a proved address is told of a deletion and of its undoing, in one line of subject", async () => {
  const { owner, actor } = await plane.tenant("owners-told");
  const second = await plane.member(actor, "owner");
  const unproved = await plane.member(actor, "owner");
  await plane.member(actor, "admin");
  await sql("UPDATE users SET email_verified_at = now() WHERE id = ANY ($1)", [
    [owner.userId, second.userId],
  ]);
  await sql("UPDATE users SET email_verified_at = NULL WHERE id = $1", [unproved.userId]);
  await sql("UPDATE tenants SET name = $1 WHERE slug = 'owners-told'", ["Told\u2028Bcc: x@y.z"]);
  const post = await mailServer();
  process.env.SMTP_URL = post.url;
  try {
    await deleteTenant(await enterTenant(owner, "owners-told"), { slug: "owners-told" });
    const told = [owner.email, second.email].sort();
    const to = () =>
      post.envelopes
        .filter((line) => line.startsWith("RCPT"))
        .map((line) => /<(.+)>/.exec(line)?.[1])
        .sort();
    assert.deepEqual(to(), told);
    assert.match(post.mails.join("\n"), /was deleted/);
    // Whoever has one other tenant is led from the console's first page into that one.
    const unfolded = post.mails.join("\n").replaceAll("=\r\n", "");
    assert.match(unfolded, /^Restore it: http:\/\/127\.0\.0\.1:3000\/deleted-tenants$/m);
    assert.doesNotMatch(post.mails.join("\n"), /^Bcc:/m);
    await restoreTenant(owner, { slug: "owners-told" });
    assert.deepEqual(to(), [...told, ...told].sort());
    assert.match(post.mails.join("\n"), /is back/);
  } finally {
    delete process.env.SMTP_URL;
    post.server.close();
  }
});

test("running jobs wait again without the attempt counting, and are sent to the workers anew on restoring", async () => {
  const { owner, actor } = await plane.tenant("jobs-wait");
  const [running, later] = [uuidv7(), uuidv7()];
  await superuser(async (client) => {
    await client.query(
      `INSERT INTO jobs (id, tenant_id, function, state, input, attempts, max_attempts, lease_expires_at, worker_id)
       VALUES ($1, $2, 'f', 'running', '{}', 1, 1, now() + interval '1 minute', $1)`,
      [running, actor.tenant.id],
    );
    await client.query(
      `INSERT INTO job_attempts (job_id, number, tenant_id, worker_id, started_at, outcome)
       VALUES ($1, 1, $2, $1, now(), 'running')`,
      [running, actor.tenant.id],
    );
    await client.query(
      `INSERT INTO jobs (id, tenant_id, function, state, input, run_at)
       VALUES ($1, $2, 'f', 'retrying', '{}', now() + interval '1 hour')`,
      [later, actor.tenant.id],
    );
  });
  await deleteTenant(actor, { slug: "jobs-wait" });
  const read = async () =>
    (
      await sql("SELECT state, attempts, max_attempts, dispatch, worker_id FROM jobs WHERE id = $1", [
        running,
      ])
    ).rows[0];
  assert.deepEqual(await read(), {
    state: "queued",
    attempts: 1,
    max_attempts: 2,
    dispatch: 2,
    worker_id: null,
  });
  assert.equal(
    (await sql("SELECT outcome FROM job_attempts WHERE job_id = $1", [running])).rows[0].outcome,
    "cancelled",
  );
  await restoreTenant(owner, { slug: "jobs-wait" });
  const { rows } = await sql("SELECT data FROM pgboss.job_common WHERE group_id = $1", [actor.tenant.id]);
  assert.deepEqual(
    rows.map(({ data }) => data),
    [{ id: running, dispatch: 2 }],
    "what is due later is not sent early",
  );
});

test("nothing is purged within the seven days, and nothing is restored after them", async () => {
  const { owner, actor } = await plane.tenant("on-time");
  await deleteTenant(actor, { slug: "on-time" });
  await ageDeletion("on-time", 6);
  assert.equal(await purgeDeletedTenants(), 0);
  assert.equal((await listDeletedTenants(owner)).length, 1);
  await ageDeletion("on-time", 7);
  assert.deepEqual(await listDeletedTenants(owner), []);
  await fails(restoreTenant(owner, { slug: "on-time" }), "not_found");
  assert.equal(await purgeDeletedTenants(), 1);
  await createTenant(owner, { slug: "on-time", name: "Again" });
});

test("a purge that stopped half-way cannot be restored from, and is carried on with", async () => {
  const { actor } = await seedObjects(plane, "half-way");
  const owner: PersonActor = actor;
  await deleteTenant(actor, { slug: "half-way" });
  await ageDeletion("half-way");
  const step = () =>
    withClient(plane.database.consoleUrl, (client) => client.query("SELECT purge_deleted_tenant(2) AS done"));
  assert.equal((await step()).rows[0].done, "more");
  // Even if the clock were set back.
  await ageDeletion("half-way", 1);
  await fails(restoreTenant(owner, { slug: "half-way" }), "not_found");
  await ageDeletion("half-way");
  assert.equal(await purgeDeletedTenants(3), 1);
  assert.equal((await sql("SELECT FROM tenants WHERE slug = 'half-way'")).rowCount, 0);
});

test("of restoring and purging at the last moment one wins, and nothing is half done", async () => {
  for (let round = 0; round < 4; round++) {
    const slug = `last-moment-${round}`;
    const { actor } = await seedObjects(plane, slug);
    await deleteTenant(actor, { slug });
    await sql(
      "UPDATE tenants SET deleted_at = now() - interval '7 days' + interval '30 ms' WHERE slug = $1",
      [slug],
    );
    const [restored, purged] = await Promise.allSettled([
      restoreTenant(actor, { slug }),
      (async () => {
        for (let tries = 0; tries < 40; tries++) if (await purgeDeletedTenants()) return true;
        return false;
      })(),
    ]);
    const keys = (await sql("SELECT FROM api_keys WHERE tenant_id = $1", [actor.tenant.id])).rowCount;
    if (restored.status === "fulfilled") {
      assert.deepEqual([purged.status === "fulfilled" && purged.value, keys], [false, 1]);
    } else assert.deepEqual([purged.status === "fulfilled" && purged.value, keys], [true, 0]);
  }
});

/** Every table of the database but the partitions of another, as a name to put into a statement. */
async function tables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND c.relkind IN ('r', 'p')
       AND NOT c.relispartition ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

/** The tables in which some row, read as text with its json and its bytes, holds one of the words. */
async function holding(client: pg.Client, words: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of await tables(client)) {
    const { rowCount } = await client.query(
      `SELECT FROM ${name} t WHERE EXISTS (SELECT FROM unnest($1::text[]) w WHERE strpos(lower(t::text), w) > 0) LIMIT 1`,
      [words],
    );
    if (rowCount) found.push(name);
  }
  return found;
}

/** What every table holds of the other tenant, by name. */
async function fingerprint(client: pg.Client, word: string): Promise<Record<string, string>> {
  const content: Record<string, string> = {};
  for (const name of await tables(client)) {
    const { rows } = await client.query(
      `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') AS all FROM ${name} t
       WHERE strpos(t::text, $1) > 0`,
      [word],
    );
    content[name] = rows[0].all;
  }
  return content;
}

test("after the purge no column of any table holds the tenant's id, slug or name, and nobody else's rows are touched", async () => {
  const SLUG = "vanishing-act-77";
  const { actor } = await seedObjects(plane, SLUG);
  const { actor: other } = await seedObjects(plane, "bystander");
  const { id } = actor.tenant;
  const bound = await mintToken(actor, { name: `for ${SLUG}`, expiresInDays: 1, tenantId: id });
  await superuser(async (client) => {
    await client.query("UPDATE tenants SET name = 'The Vanishing Act' WHERE id = $1", [id]);
    // A row in every table with a tenant that has none yet, so that none is forgotten.
    for (const name of await tables(client)) {
      const { rows: columns } = await client.query(
        "SELECT FROM pg_attribute WHERE attrelid = $1::regclass AND attname = 'tenant_id' AND NOT attisdropped",
        [name],
      );
      if (columns.length === 0) continue;
      const { rowCount } = await client.query(`SELECT FROM ${name} WHERE tenant_id = $1 LIMIT 1`, [id]);
      if (rowCount) continue;
      await anyRow(client, name, id);
    }
    await client.query(
      "INSERT INTO pgboss.job_common (name, data, group_id) VALUES ('jobs', json_build_object('id', $1::text, 'dispatch', 1), $1)",
      [id],
    );
    await client.query(
      `INSERT INTO desk_searches (id, operator_email, operator_name, kind, asked, found, tenants, request_id, ip)
       SELECT gen_random_uuid(), 'o', 'O', 'text', asked, 2, tenants, 'r', 'i' FROM (VALUES ('vanish', ARRAY[$1, 'other']),
         ('the vanishing act', '{}'), ($2::text, '{}'), ('bystander', '{bystander}')) looked(asked, tenants)`,
      [SLUG, id],
    );
    const before = await holding(client, [id]);
    assert.ok(before.length > 40, `only ${before.length} tables hold something of it`);
  });
  await deleteTenant(actor, { slug: SLUG });
  await ageDeletion(SLUG);
  const kept = await superuser((client) => fingerprint(client, other.tenant.id));
  assert.equal(await purgeDeletedTenants(7), 1, "in parts of seven rows");
  await superuser(async (client) => {
    assert.deepEqual(await holding(client, [id, SLUG, "vanishing act", bound.id]), []);
    assert.deepEqual(await fingerprint(client, other.tenant.id), kept);
    const { rows } = await client.query("SELECT DISTINCT asked, tenants FROM desk_searches ORDER BY tenants");
    assert.deepEqual(rows, [
      { asked: null, tenants: [] },
      { asked: "bystander", tenants: ["bystander"] },
      { asked: null, tenants: ["other"] },
    ]);
    assert.equal(
      (await client.query("SELECT FROM users WHERE id = $1", [actor.userId])).rowCount,
      1,
      "people stay",
    );
  });
});

/** Puts in a row of the tenant with some value in every column that must have one, and forgets what is asked of them. */
async function anyRow(client: pg.Client, table: string, tenant: string): Promise<void> {
  const { rows: checks } = await client.query<{ name: string }>(
    "SELECT conname AS name FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'c'",
    [table],
  );
  for (const { name } of checks) await client.query(`ALTER TABLE ${table} DROP CONSTRAINT "${name}"`);
  const { rows } = await client.query<{ name: string; type: string }>(
    `SELECT a.attname AS name, format_type(a.atttypid, NULL) AS type FROM pg_attribute a
     LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity = ''
       AND a.attnotnull AND (d.oid IS NULL OR a.attname = 'tenant_id')`,
    [table],
  );
  const some: Record<string, string> = {
    uuid: "gen_random_uuid()",
    text: "'x'",
    bytea: "decode(repeat('ab', 32), 'hex')",
    integer: "1",
    bigint: "1",
    boolean: "false",
    json: "'{}'",
    "timestamp with time zone": "now()",
    "text[]": "'{x}'",
    "bigint[]": "'{1}'",
  };
  const value = ({ name, type }: { name: string; type: string }) => {
    const own: Record<string, string> = {
      tenant_id: `'${tenant}'`,
      job_id: `(SELECT id FROM jobs WHERE tenant_id = '${tenant}' LIMIT 1)`,
    };
    const known = own[name] ?? some[type];
    assert.ok(known, `the test has no value of type ${type} for ${table}.${name}`);
    return known;
  };
  await client.query("SET session_replication_role = replica");
  await client.query(
    `INSERT INTO ${table} (${rows.map(({ name }) => name).join(", ")}) VALUES (${rows.map(value).join(", ")})`,
  );
  await client.query("RESET session_replication_role");
}

test("the console deletes no tenant itself, and is told no more of a purge than that it is going on", async () => {
  const { actor } = await plane.tenant("not-due");
  await withClient(plane.database.consoleUrl, async (client) => {
    await client.query("SELECT set_config('app.tenant', $1, false)", [actor.tenant.id]);
    await assert.rejects(client.query("DELETE FROM tenants"), { code: "42501" });
    await assert.rejects(client.query("SELECT FROM purges"), { code: "42501" });
    assert.equal((await client.query("SELECT purge_deleted_tenant(1000000) AS done")).rows[0].done, "idle");
  });
  for (const url of [plane.database.gatewayUrl, plane.database.workerUrl]) {
    await withClient(url, (client) =>
      assert.rejects(client.query("SELECT purge_deleted_tenant(1)"), { code: "42501" }),
    );
  }
  assert.equal((await sql("SELECT FROM tenants WHERE slug = 'not-due'")).rowCount, 1);
});
