import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { PgBoss } from "pg-boss";
import { DISPATCH } from "#lib/contract/channels.ts";
import { PLANES, urlVariable } from "#scripts/database/roles.ts";
import { migrate } from "#scripts/migrate.ts";
import { emptyDatabase, testDatabase, withClient } from "../harness/database.ts";

const MIGRATIONS = path.join(import.meta.dirname, "../../prisma/migrations");

/** Users of their own, so that what this file does to them is nobody else's business. */
function loginsFor(database: { name: string; ownerUrl: string }, password: string) {
  return PLANES.map((plane) => {
    const url = new URL(database.ownerUrl);
    url.username = `${database.name}_${plane}`;
    url.password = password;
    return { plane, url: url.href, variable: urlVariable(plane), generated: true };
  });
}

test("an empty database becomes a migrated one, recorded as Prisma records it, and a second run does nothing", async (t) => {
  const database = await emptyDatabase();
  const logins = loginsFor(database, "first");
  t.after(async () => {
    await database.close();
    await withClient(process.env.TEST_DATABASE_SERVER_URL ?? "", async (client) => {
      for (const plane of PLANES) await client.query(`DROP ROLE IF EXISTS ${database.name}_${plane}`);
    });
  });
  const applied = await migrate({ ownerUrl: database.ownerUrl, logins });
  assert.ok(applied.length >= 1);
  const { rows } = await withClient(database.ownerUrl, (client) =>
    client.query("SELECT * FROM _prisma_migrations ORDER BY started_at"),
  );
  assert.deepEqual(
    rows.map((row) => row.migration_name),
    applied,
  );
  for (const row of rows) {
    const sql = await readFile(path.join(MIGRATIONS, row.migration_name, "migration.sql"));
    assert.equal(row.checksum, createHash("sha256").update(sql).digest("hex"));
    assert.ok(row.finished_at instanceof Date);
    assert.equal(row.applied_steps_count, 1);
  }
  assert.deepEqual(await migrate({ ownerUrl: database.ownerUrl, logins }), []);

  // A generated password that was lost is replaced; the old one no longer works.
  const renewed = loginsFor(database, "second");
  await migrate({ ownerUrl: database.ownerUrl, logins: renewed });
  await withClient(renewed[0]?.url ?? "", (client) => client.query("SELECT 1"));
  await assert.rejects(withClient(logins[0]?.url ?? "", (client) => client.query("SELECT 1")));
});

test("two migrations at once take turns, and each migration is applied once", async (t) => {
  const database = await emptyDatabase();
  t.after(() => database.close());
  const runs = await Promise.all([1, 2, 3].map(() => migrate({ ownerUrl: database.ownerUrl, logins: [] })));
  const { rows } = await withClient(database.ownerUrl, (client) =>
    client.query("SELECT migration_name FROM _prisma_migrations"),
  );
  assert.equal(runs.flat().length, rows.length);
  assert.equal(new Set(rows.map((row) => row.migration_name)).size, rows.length);
});

test("the console and the gateway can send to the dispatcher, and the worker can fetch and settle", async (t) => {
  const database = await testDatabase();
  t.after(() => database.close());
  for (const url of [database.consoleUrl, database.gatewayUrl]) {
    await withClient(url, async (client) => {
      const boss = new PgBoss({
        db: { executeSql: (text, values) => client.query(text, values as unknown[]) },
        schema: DISPATCH.schema,
        migrate: false,
        supervise: false,
        schedule: false,
      });
      await boss.insert(DISPATCH.queue, [{ data: { id: "one", dispatch: 1 }, retryLimit: 0 }]);
    });
  }
  await withClient(database.workerUrl, async (client) => {
    const boss = new PgBoss({
      db: { executeSql: (text, values) => client.query(text, values as unknown[]) },
      schema: DISPATCH.schema,
      migrate: false,
      supervise: false,
      schedule: false,
    });
    const jobs = await boss.fetch(DISPATCH.queue, { batchSize: 10 });
    assert.equal(jobs.length, 2);
    await boss.complete(
      DISPATCH.queue,
      jobs.map((job) => job.id),
    );
    assert.equal((await boss.fetch(DISPATCH.queue)).length, 0);
  });
});
