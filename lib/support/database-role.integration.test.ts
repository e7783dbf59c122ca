import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { type TestDatabase, testDatabase, withClient } from "#tests/harness/database.ts";

let database: TestDatabase;
before(async () => {
  database = await testDatabase();
});
after(() => database.close());

const ask = async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
  (await withClient(database.superuserUrl, (client) => client.query<Row>(text, values))).rows;

test("the desk's questions run as their own role with a fixed search path, for the console alone", async () => {
  const functions = await ask<{ name: string; odd: boolean }>(
    `SELECT p.oid::regprocedure::text AS name,
       NOT p.prosecdef OR pg_get_userbyid(p.proowner) <> 'gatehouse_support'
       OR NOT 'search_path=public, pg_temp' = ANY (p.proconfig)
       OR NOT has_function_privilege('gatehouse_console', p.oid, 'EXECUTE')
       OR has_function_privilege('gatehouse_gateway', p.oid, 'EXECUTE')
       OR has_function_privilege('gatehouse_worker', p.oid, 'EXECUTE') AS odd
     FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
       AND (p.proname LIKE 'support\\_%' OR p.proname = 'tenants_with_expired_support')`,
  );
  assert.ok(functions.length >= 13, `${functions.length} functions`);
  assert.deepEqual(
    functions.filter(({ odd }) => odd),
    [],
  );
});

test("each of them asks for an operator before it reads anything", async () => {
  const bodies = await ask<{ name: string; body: string }>(
    `SELECT proname AS name, prosrc AS body FROM pg_proc
     WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'support\\_%' AND proname <> 'support_is_operator'`,
  );
  for (const { name, body } of bodies) {
    assert.match(body, /BEGIN\s+IF NOT support_is_operator\(\) THEN RETURN; END IF;/, name);
  }
});

test("nobody can be that role, it writes nothing, and payloads, errors and secrets are out of its reach", async () => {
  const [role] = await ask<{ login: boolean; above: boolean; members: number }>(
    `SELECT rolcanlogin AS login, rolsuper OR rolbypassrls OR rolcreaterole AS above,
       (SELECT count(*)::int FROM pg_roles m WHERE NOT m.rolsuper AND m.oid <> r.oid
         AND pg_has_role(m.oid, r.oid, 'USAGE'))
         AS members
     FROM pg_roles r WHERE rolname = 'gatehouse_support'`,
  );
  assert.deepEqual(role, { login: false, above: false, members: 0 });
  const [writes] = await ask<{ tables: number }>(
    `SELECT count(*)::int AS tables FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
       AND (has_any_column_privilege('gatehouse_support', c.oid, 'INSERT, UPDATE')
         OR has_table_privilege('gatehouse_support', c.oid, 'DELETE, TRUNCATE'))`,
  );
  assert.equal(writes?.tables, 0);
  const unreadable: [string, string[]][] = [
    ["jobs", ["input", "result", "error"]],
    ["refusals", ["path", "source_ip", "steps", "message", "query_names"]],
    ["users", ["email", "password_hash"]],
    ["api_keys", ["description", "authorized_requests"]],
    // Which encryption key sealed a secret may be counted; the secret and whose it is may not be seen.
    ["issuers", ["secret", "iss", "jwks_url"]],
    ["totp_factors", ["secret", "user_id"]],
    ["webhook_endpoints", ["secret", "previous_secret"]],
  ];
  for (const [table, columns] of unreadable) {
    for (const column of columns) {
      const [row] = await ask<{ may: boolean }>(
        "SELECT has_column_privilege('gatehouse_support', $1, $2, 'SELECT') AS may",
        [table, column],
      );
      assert.equal(row?.may, false, `${table}.${column}`);
    }
  }
  for (const table of ["access_tokens", "sessions", "audit_entries", "job_attempts", "memberships"]) {
    const [row] = await ask<{ may: boolean }>(
      "SELECT has_any_column_privilege('gatehouse_support', $1, 'SELECT') AS may",
      [table],
    );
    assert.equal(row?.may, false, table);
  }
});
