import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import pg from "pg";
import { PLANES, type Plane } from "#scripts/database/roles.ts";
import { type TestDatabase, testDatabase, withClient } from "../harness/database.ts";
import { COLUMNS, type Grants, TABLES, VIEWS, WITHOUT_TENANT } from "./grants.ts";
import { insertTwoTenants, type TenantRows } from "./two-tenants.ts";

const KEPT_APART = Object.keys(TABLES).filter((table) => ![...WITHOUT_TENANT, ...VIEWS].includes(table));
const INSUFFICIENT_PRIVILEGE = "42501";

let database: TestDatabase;
let superuser: pg.Client;
let planes: Record<Plane, pg.Client>;
let ours: TenantRows;
let theirs: TenantRows;

before(async () => {
  database = await testDatabase();
  superuser = new pg.Client({ connectionString: database.superuserUrl });
  await superuser.connect();
  [ours, theirs] = await insertTwoTenants(superuser);
  const open = async (plane: Plane) => {
    const client = new pg.Client({ connectionString: database[`${plane}Url`] });
    await client.connect();
    return client;
  };
  planes = { console: await open("console"), gateway: await open("gateway"), worker: await open("worker") };
});

after(async () => {
  for (const client of [superuser, ...Object.values(planes ?? {})]) await client?.end();
  await database?.close();
});

/** Runs `work` as a role in a transaction that is undone, with the tenant and user that the console would set. */
async function undone<T>(
  client: pg.Client,
  scope: { tenant?: string; user?: string },
  work: () => Promise<T>,
): Promise<T> {
  await client.query("BEGIN");
  try {
    await client.query("SELECT set_config('app.tenant', $1, true), set_config('app.user', $2, true)", [
      scope.tenant ?? "",
      scope.user ?? "",
    ]);
    return await work();
  } finally {
    await client.query("ROLLBACK");
  }
}

/** The error code of a statement, "" when it succeeds. */
async function refusal(client: pg.Client, sql: string, values: unknown[] = []): Promise<string> {
  return undone(client, { tenant: ours.tenant, user: ours.user }, () =>
    client.query(sql, values).then(
      () => "",
      (error) => error.code,
    ),
  );
}

const quote = pg.escapeIdentifier;

async function columnsOf(table: string, which = "true"): Promise<string[]> {
  const { rows } = await superuser.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND ${which} ORDER BY attname`,
    [`public.${table}`],
  );
  return rows.map((row) => row.name);
}

/** Those that a statement may set; the database computes the others itself. */
const settableColumns = (table: string) => columnsOf(table, "attgenerated = ''");

test("every table of the database is in the list of who may do what", async () => {
  const { rows } = await superuser.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY relname`,
  );
  assert.deepEqual(
    rows.map((row) => row.name),
    Object.keys(TABLES).sort(),
  );
});

test("every table with a tenant has row-level security, forced, and the others are named", async () => {
  const { rows } = await superuser.query<{ name: string; secured: boolean; tenant: boolean }>(
    `SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS secured,
            c.relname = 'tenants' OR EXISTS (
              SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
            ) AS tenant
     FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY c.relname`,
  );
  assert.deepEqual(
    rows.filter((row) => row.tenant && !row.secured).map((row) => row.name),
    [],
  );
  assert.deepEqual(
    rows.filter((row) => !row.tenant).map((row) => row.name),
    WITHOUT_TENANT,
  );
});

test("no role of a plane owns anything, may make roles or databases, or passes by row-level security", async () => {
  const { rows } = await superuser.query<{ name: string }>(
    `SELECT r.rolname AS name FROM pg_roles r
     WHERE r.rolname = ANY ($1)
       AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication
            OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid))`,
    [PLANES.flatMap((plane) => [`gatehouse_${plane}`, `gatehouse_test_${plane}`])],
  );
  assert.deepEqual(rows, []);
});

for (const plane of PLANES) {
  test(`the ${plane} may create nothing and use nothing but its own schemas`, async () => {
    for (const sql of [
      "CREATE TABLE mine (a int)",
      "CREATE SCHEMA mine",
      "CREATE TABLE pgboss.mine (a int)",
    ]) {
      assert.equal(await refusal(planes[plane], sql), INSUFFICIENT_PRIVILEGE, sql);
    }
  });
}

for (const plane of PLANES) {
  for (const view of VIEWS) {
    test(`the ${plane} may read ${view} ${TABLES[view]?.[plane] ? "and do nothing else with it" : "not at all"}`, async () => {
      const { rows } = await superuser.query<{ reads: boolean; more: boolean }>(
        `SELECT has_any_column_privilege($1, $2, 'SELECT') AS reads,
                has_any_column_privilege($1, $2, 'INSERT, UPDATE, REFERENCES')
                  OR has_table_privilege($1, $2, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER') AS more`,
        [`gatehouse_test_${plane}`, `public.${view}`],
      );
      assert.deepEqual(rows[0], { reads: TABLES[view]?.[plane] === "S", more: false });
    });
  }
}

test("a view shows the tenant that is set, and nothing while none is", async () => {
  const client = planes.console;
  for (const view of VIEWS) {
    const ids = async () => (await client.query<{ id: string }>(`SELECT id FROM ${quote(view)}`)).rows;
    const seen = await undone(client, { tenant: ours.tenant }, ids);
    assert.equal(seen.length, 1);
    assert.notDeepEqual(seen, await undone(client, { tenant: theirs.tenant }, ids));
    assert.deepEqual(await undone(client, {}, ids), []);
    assert.deepEqual(await ids(), [], "outside a transaction");
  }
});

for (const [table, grants] of Object.entries(TABLES)) {
  if (VIEWS.includes(table)) continue;
  for (const plane of PLANES) {
    test(`the ${plane} may do with ${table} exactly: ${grants[plane] || "nothing"}`, async () => {
      assert.equal(await allowed(plane, table), grants[plane as keyof Grants]);
    });
  }
}

/** What the server lets the role do, tried statement by statement. */
async function allowed(plane: Plane, table: string): Promise<string> {
  const client = planes[plane];
  const name = quote(table);
  const columns = await columnsOf(table);
  const settable = await settableColumns(table);
  const first = quote(settable[0] ?? "");
  const may = async (sql: string) => (await refusal(client, sql)) !== INSUFFICIENT_PRIVILEGE;
  const readable: string[] = [];
  for (const column of columns) {
    if (await may(`SELECT ${quote(column)} FROM ${name} LIMIT 1`)) readable.push(column);
  }
  let letters = "";
  if (readable.length === columns.length) letters += "S";
  else if (readable.length > 0) {
    letters += "s";
    assert.deepEqual(readable, COLUMNS[`${plane} ${table}`]);
  }
  // No row is meant, so nothing but the right to do it at all is tried.
  const list = settable.map(quote).join(", ");
  const { rows } = await superuser.query<{
    insert: boolean;
    update: boolean;
    some: boolean;
    delete: boolean;
  }>(
    `SELECT has_table_privilege($1, $2, 'INSERT') AS insert, has_table_privilege($1, $2, 'UPDATE') AS update,
            has_any_column_privilege($1, $2, 'INSERT, UPDATE, REFERENCES') AS some,
            has_table_privilege($1, $2, 'DELETE, TRUNCATE, TRIGGER') AS delete`,
    [`gatehouse_test_${plane}`, `public.${table}`],
  );
  const said = rows[0];
  const inserts = await may(
    `INSERT INTO ${name} (${list}) SELECT ${settable.map(() => "NULL").join(", ")} WHERE false`,
  );
  const updates = await may(`UPDATE ${name} SET ${first} = NULL WHERE false`);
  const deletes = await may(`DELETE FROM ${name} WHERE false`);
  assert.deepEqual(
    { insert: inserts, update: updates, some: inserts || updates, delete: deletes },
    { ...said },
    "what was tried and what the catalog says differ",
  );
  return `${letters}${inserts ? "I" : ""}${updates ? "U" : ""}${deletes ? "D" : ""}`;
}

for (const table of KEPT_APART) {
  const idColumn = table === "tenants" ? "id" : "tenant_id";
  const rowsSeen = async (client: pg.Client) => {
    const { rows } = await client.query<{ tenant: string }>(
      `SELECT ${idColumn} AS tenant FROM ${quote(table)}`,
    );
    return [...new Set(rows.map((row) => row.tenant))];
  };

  test(`the console sees of ${table} the tenant it has set, and no other`, async () => {
    const client = planes.console;
    assert.deepEqual(await undone(client, { tenant: ours.tenant }, () => rowsSeen(client)), [ours.tenant]);
  });

  test(`the console sees nothing of ${table} while no tenant is set`, async () => {
    const client = planes.console;
    assert.deepEqual(await undone(client, {}, () => rowsSeen(client)), []);
    const { rows } = await client.query(`SELECT FROM ${quote(table)}`);
    assert.equal(rows.length, 0, "outside a transaction");
  });

  test(`the console changes and deletes nothing of ${table} that is another tenant's`, async () => {
    const client = planes.console;
    for (const scope of [{ tenant: ours.tenant, user: ours.user }, {}]) {
      for (const [letter, sql] of [
        ["U", `UPDATE ${quote(table)} SET ${idColumn} = ${idColumn} WHERE ${idColumn} = $1`],
        ["D", `DELETE FROM ${quote(table)} WHERE ${idColumn} = $1`],
      ] as const) {
        if (!TABLES[table]?.console.includes(letter)) continue;
        const { rowCount } = await undone(client, scope, () => client.query(sql, [theirs.tenant]));
        assert.equal(rowCount, 0, sql);
      }
    }
  });

  if (TABLES[table]?.console.includes("I")) {
    test(`the console writes no row of another tenant into ${table}`, async () => {
      const { rows } = await superuser.query(
        `SELECT to_jsonb(t) AS row FROM ${quote(table)} t WHERE ${idColumn} = $1`,
        [theirs.tenant],
      );
      const columns = (await settableColumns(table)).map(quote).join(", ");
      const copy = `INSERT INTO ${quote(table)} (${columns})
        SELECT ${columns} FROM jsonb_populate_record(NULL::${quote(table)}, $1)`;
      assert.ok(rows.length > 0, "insertTwoTenants puts a row into every table");
      for (const { row } of rows) {
        for (const scope of [{ tenant: ours.tenant, user: ours.user }, {}]) {
          await undone(planes.console, scope, () =>
            assert.rejects(planes.console.query(copy, [row]), /violates row-level security policy/),
          );
        }
      }
    });
  }

  if (TABLES[table]?.console.includes("U") && table !== "tenants" && table !== "access_tokens") {
    test(`the console hands no row of ${table} to another tenant`, async () => {
      await undone(planes.console, { tenant: ours.tenant, user: ours.user }, () =>
        assert.rejects(
          planes.console.query(`UPDATE ${quote(table)} SET tenant_id = $1`, [theirs.tenant]),
          /violates row-level security policy/,
        ),
      );
    });
  }

  test(`the owner of ${table} is held to row-level security too`, async () => {
    const rows = await withClient(database.ownerUrl, (owner) => owner.query(`SELECT FROM ${quote(table)}`));
    assert.equal(rows.rowCount, 0);
  });
}

test("a person sees their own memberships and tenants before one is chosen, and nobody else's", async () => {
  const client = planes.console;
  const seen = (sql: string) => undone(client, { user: ours.user }, () => client.query(sql));
  assert.deepEqual((await seen("SELECT tenant_id FROM memberships")).rows, [{ tenant_id: ours.tenant }]);
  assert.deepEqual((await seen("SELECT id FROM tenants")).rows, [{ id: ours.tenant }]);
});

test("a person's own audit entries are read and written by that person alone, and changed by nobody", async () => {
  const client = planes.console;
  const insert = `INSERT INTO personal_audit_entries
    (id, user_id, actor_type, actor_label, action, target_type, target_id, request_id)
    VALUES (gen_random_uuid(), $1, 'user', 'Somebody', 'person.sign-in', 'person', 'p', 'q')`;
  await withClient(database.superuserUrl, async (superuser) => {
    for (const { user } of [ours, theirs]) await superuser.query(insert, [user]);
  });
  const seen = (scope: { tenant?: string; user?: string }) =>
    undone(
      client,
      scope,
      async () => (await client.query("SELECT user_id FROM personal_audit_entries")).rows,
    );
  assert.deepEqual(await seen({ tenant: ours.tenant, user: ours.user }), [{ user_id: ours.user }]);
  assert.deepEqual(await seen({ tenant: ours.tenant }), []);
  assert.equal(await refusal(client, insert, [ours.user]), "");
  assert.equal(await refusal(client, insert, [theirs.user]), INSUFFICIENT_PRIVILEGE);
});

test("a tenant sees its service tokens and no person's, a person their own and no service token", async () => {
  const names = (scope: { tenant?: string; user?: string }) =>
    undone(planes.console, scope, async () =>
      (await planes.console.query("SELECT name FROM access_tokens")).rows.map(({ name }) => name),
    );
  assert.deepEqual(await names({ tenant: ours.tenant }), ["Pipeline"]);
  assert.deepEqual(await names({ user: ours.user }), ["CI"]);
  assert.deepEqual(await names({ tenant: ours.tenant, user: theirs.user }), ["Pipeline", "CI"]);
});

test("the functions that look a credential or a membership up find it for whoever names it, and leave nothing set", async () => {
  const client = planes.console;
  const ask = async (sql: string, value: unknown[]) => (await client.query(sql, value)).rows;
  const membership = "SELECT id FROM membership_in($1, $2)";
  assert.deepEqual(await ask(membership, [ours.user, "tenant-1"]), [{ id: ours.tenant }]);
  assert.deepEqual(await ask(membership, [ours.user, "tenant-2"]), []);
  const presented = "SELECT name FROM presented_token($1)";
  assert.deepEqual(await ask(presented, [Buffer.alloc(32, 1).toString("hex")]), [{ name: "CI" }]);
  assert.deepEqual(await ask(presented, [Buffer.alloc(32, 9).toString("hex")]), []);
  await undone(client, {}, async () => {
    await client.query(membership, [ours.user, "tenant-1"]);
    await client.query(presented, [Buffer.alloc(32, 1).toString("hex")]);
    for (const table of ["memberships", "access_tokens", "tenants"]) {
      assert.equal((await client.query(`SELECT FROM ${table}`)).rowCount, 0, table);
    }
  });
  for (const plane of ["gateway", "worker"] as const) {
    assert.equal(await refusal(planes[plane], membership, [ours.user, "tenant-1"]), INSUFFICIENT_PRIVILEGE);
    assert.equal(await refusal(planes[plane], presented, ["00"]), INSUFFICIENT_PRIVILEGE);
  }
});

test("an access token is found by its secret and not otherwise before anybody is known", async () => {
  const client = planes.console;
  const found = async (credential: string) => {
    await client.query("BEGIN");
    try {
      await client.query("SELECT set_config('app.credential', $1, true)", [credential]);
      return (await client.query("SELECT user_id FROM access_tokens")).rows;
    } finally {
      await client.query("ROLLBACK");
    }
  };
  assert.deepEqual(await found(Buffer.alloc(32, 2).toString("hex")), [{ user_id: theirs.user }]);
  assert.deepEqual(await found(Buffer.alloc(32, 9).toString("hex")), []);
  assert.deepEqual(await found(""), []);
});

test("the gateway reads every tenant's revisions and key hashes, and enqueues jobs only as queued", async () => {
  const gateway = planes.gateway;
  for (const sql of [
    "SELECT tenant_id FROM revisions",
    "SELECT tenant_id FROM api_keys",
    "SELECT id FROM tenants",
  ]) {
    assert.equal((await gateway.query(sql)).rowCount, 2, sql);
  }
  const enqueue =
    "INSERT INTO jobs (id, tenant_id, function, state, input) VALUES (gen_random_uuid(), $1, 'f', $2, '{}')";
  assert.equal(await refusal(gateway, enqueue, [ours.tenant, "queued"]), "");
  assert.equal(await refusal(gateway, enqueue, [ours.tenant, "succeeded"]), INSUFFICIENT_PRIVILEGE);
});

test("console and gateway may send to the dispatcher and see no more of it than ids; the worker runs it", async () => {
  for (const plane of ["console", "gateway"] as const) {
    const tried = (sql: string) => refusal(planes[plane], sql);
    assert.equal(await tried("SELECT data FROM pgboss.job_common"), INSUFFICIENT_PRIVILEGE);
    assert.equal(await tried("UPDATE pgboss.job_common SET priority = 1"), INSUFFICIENT_PRIVILEGE);
    assert.equal(await tried("DELETE FROM pgboss.job_common"), INSUFFICIENT_PRIVILEGE);
    assert.equal(await tried("UPDATE pgboss.queue SET retry_limit = 1"), INSUFFICIENT_PRIVILEGE);
    assert.equal(await tried("INSERT INTO pgboss.job_common (name, data) SELECT 'jobs', '{}'"), "");
  }
  assert.equal(
    await refusal(planes.worker, "DELETE FROM pgboss.job_common WHERE name = 'jobs' RETURNING data"),
    "",
  );
});
