import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { TenantPerson } from "#lib/access/actor.ts";
import { deleteTenant } from "#lib/tenants/deletion.ts";
import { purgeDeletedTenants } from "#lib/tenants/purge.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";

let plane: ControlPlane;
let owner: TenantPerson;
before(async () => {
  plane = await controlPlane();
  ({ actor: owner } = await plane.tenant("acme"));
});
after(() => plane?.close());

const logins = () => Object.entries(plane.database.environment).filter(([name]) => name !== "DATABASE_URL");
const superuser = async (text: string, values: unknown[] = []) =>
  (await withClient(plane.database.superuserUrl, (client) => client.query(text, values))).rows;
/** Everything that the log of the tenant is made of, as text. */
const log = async () =>
  JSON.stringify([
    await superuser("SELECT * FROM audit_entries WHERE tenant_id = $1 ORDER BY id", [owner.tenant.id]),
    await superuser("SELECT * FROM audit_links WHERE tenant_id = $1 ORDER BY seq", [owner.tenant.id]),
    await superuser("SELECT * FROM audit_chains WHERE tenant_id = $1", [owner.tenant.id]),
  ]);

const TABLES = ["audit_entries", "audit_links", "audit_chains", "personal_audit_entries"];
const TRICKS = [
  ...TABLES.flatMap((table) => [
    `DELETE FROM ${table}`,
    `TRUNCATE ${table} CASCADE`,
    `DROP TABLE ${table}`,
    `ALTER TABLE ${table} DISABLE TRIGGER ALL`,
    `ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`,
    `DROP TRIGGER audit_keep ON ${table}`,
    `CREATE TRIGGER mine BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
    `CREATE RULE mine AS ON INSERT TO ${table} DO INSTEAD NOTHING`,
    `CREATE POLICY mine ON ${table} USING (true)`,
  ]),
  "UPDATE audit_entries SET reason = 'another'",
  "UPDATE audit_links SET seq = seq + 1",
  "UPDATE audit_chains SET seq = seq + 1",
  "INSERT INTO audit_links SELECT tenant_id, seq + 1, gen_random_uuid(), hash FROM audit_chains",
  `INSERT INTO audit_entries SELECT * FROM audit_entries ON CONFLICT (id) DO UPDATE SET reason = 'another'`,
  "SET session_replication_role = replica",
  "SET ROLE gatehouse_audit",
  "SET ROLE gatehouse_purge",
  "GRANT gatehouse_audit TO CURRENT_USER",
  "CREATE FUNCTION public.mine() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
  "DROP FUNCTION refuse_audit_change() CASCADE",
  "DELETE FROM tenants",
  "UPDATE tenants SET id = gen_random_uuid()",
  "DELETE FROM users",
];

test("no login of a plane changes, empties, unhooks or hides the log, whatever it tries", async () => {
  const before = await log();
  for (const [name, url] of logins()) {
    await withClient(url, async (client) => {
      await client.query("SELECT set_config('app.tenant', $1, false), set_config('app.user', $2, false)", [
        owner.tenant.id,
        owner.userId,
      ]);
      for (const trick of TRICKS) await assert.rejects(client.query(trick), `${name}: ${trick}`);
    });
  }
  assert.equal(await log(), before);
});

test("a plane's login cannot have a log purged before its seven days are over by the database's clock", async () => {
  const { actor } = await plane.tenant("not-long-gone");
  const backdate = "UPDATE tenants SET deleted_at = now() - interval '8 days'";
  await withClient(plane.database.consoleUrl, async (client) => {
    await client.query("SELECT set_config('app.tenant', $1, false), set_config('app.user', $2, false)", [
      actor.tenant.id,
      actor.userId,
    ]);
    await client.query(backdate);
    await client.query("UPDATE tenants SET deleted_at = NULL");
    await deleteTenant(actor, { slug: "not-long-gone" });
    await assert.rejects(client.query(backdate), /deleted already/);
  });
  assert.equal(await purgeDeletedTenants(), 0);
  const [row] = await superuser(
    "SELECT now() - deleted_at < interval '1 day' AS today FROM tenants WHERE id = $1",
    [actor.tenant.id],
  );
  assert.equal(row?.today, true);
});
