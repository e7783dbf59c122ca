import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { type TestContext } from "node:test";
import { freePort } from "#scripts/up/settings.ts";
import { emptyDatabase, testDatabase, withClient } from "../harness/database.ts";

const ROOT = path.join(import.meta.dirname, "../..");

type Outcome = { code: number | null; output: string; files: string[] };

/** Runs a script of ours on free ports and an empty data directory until it ends. */
async function run(
  t: TestContext,
  environment: Record<string, string>,
  script = "scripts/up.ts",
): Promise<Outcome> {
  const folder = await mkdtemp(path.join(tmpdir(), "gatehouse-refusal-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const data = path.join(folder, "data");
  const [consolePort, gatewayPort, postgresPort] = [await freePort(), await freePort(), await freePort()];
  const child = spawn(process.execPath, [script], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH ?? "",
      NODE_ENV: "test",
      GATEHOUSE_DATA_DIR: data,
      CONSOLE_PORT: String(consolePort),
      GATEWAY_PORT: String(gatewayPort),
      POSTGRES_PORT: String(postgresPort),
      ...environment,
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  const files = await readdir(data).catch(() => []);
  return { code, output: output.trim(), files };
}

/** One sentence, that says `what`, and an exit code that a script notices. */
function refused(outcome: Outcome, what: RegExp): void {
  assert.equal(outcome.code, 1, outcome.output);
  assert.match(outcome.output, what);
  assert.equal(outcome.output.split("\n").length, 1, outcome.output);
  assert.doesNotMatch(outcome.output, /\n\s+at /);
}

async function occupied(t: TestContext): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(address && typeof address === "object");
  return address.port;
}

for (const variable of ["CONSOLE_PORT", "GATEWAY_PORT", "POSTGRES_PORT"]) {
  test(`a taken ${variable} is named before anything is made`, async (t) => {
    const port = await occupied(t);
    const outcome = await run(t, { [variable]: String(port) });
    refused(
      outcome,
      new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is taken; .* set ${variable} to a free port\\.$`),
    );
    assert.deepEqual(outcome.files, []);
  });
}

test("a port that is none is refused", async (t) => {
  refused(await run(t, { GATEWAY_PORT: "80a" }), /^GATEWAY_PORT is "80a", which is not a port; set it to/);
});

test("two equal ports are refused", async (t) => {
  refused(
    await run(t, { CONSOLE_PORT: "4100", GATEWAY_PORT: "4100" }),
    /must be different; change one of them\.$/,
  );
});

test("a database that cannot be reached is named, without its password, and nothing is made", async (t) => {
  const port = await freePort();
  const outcome = await run(t, { DATABASE_URL: `postgresql://owner:s3cret-pw@127.0.0.1:${port}/gatehouse` });
  refused(
    outcome,
    new RegExp(`^PostgreSQL at 127\\.0\\.0\\.1:${port} cannot be reached .*correct DATABASE_URL\\.$`),
  );
  assert.doesNotMatch(outcome.output, /s3cret-pw/);
  assert.deepEqual(outcome.files, []);
});

test("an address that is none is refused without being repeated", async (t) => {
  const outcome = await run(t, { DATABASE_URL: "postgresql://owner:s3cret-pw@127.0.0.1:port/x" });
  refused(outcome, /^DATABASE_URL is not a database address; write postgresql:/);
  assert.doesNotMatch(outcome.output, /s3cret-pw/);
});

test("a wrong password is named, and the database is left as it was", async (t) => {
  const database = await emptyDatabase();
  t.after(() => database.close());
  const url = new URL(database.ownerUrl);
  url.password = "wrong-password";
  refused(
    await run(t, { DATABASE_URL: url.href }),
    /refuses the password of user "gatehouse_test_owner"; correct DATABASE_URL/,
  );
});

test("a database that does not exist is named", async (t) => {
  const database = await emptyDatabase();
  t.after(() => database.close());
  const url = new URL(database.ownerUrl);
  url.pathname = "/no_such_database";
  refused(await run(t, { DATABASE_URL: url.href }), /has no database "no_such_database"; create it/);
});

test("a database ahead of the code is refused and left as it was", async (t) => {
  const database = await testDatabase();
  t.after(() => database.close());
  const records = () =>
    withClient(database.superuserUrl, async (client) => {
      return (await client.query("SELECT * FROM _prisma_migrations ORDER BY migration_name")).rows;
    });
  await withClient(database.superuserUrl, (client) =>
    client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at)
       VALUES (gen_random_uuid(), 'x', '29991231000000_from_the_future', now())`,
    ),
  );
  const before = await records();
  const outcome = await run(t, { DATABASE_URL: database.ownerUrl });
  refused(
    outcome,
    /^The database is ahead of this code: .*29991231000000_from_the_future.*; start the newer version/,
  );
  refused(await run(t, { DATABASE_URL: database.ownerUrl }, "scripts/migrate.ts"), /ahead of this code/);
  assert.deepEqual(await records(), before);
});

test("a migration that was changed after it was applied is refused", async (t) => {
  const database = await testDatabase();
  t.after(() => database.close());
  await withClient(database.superuserUrl, (client) =>
    client.query("UPDATE _prisma_migrations SET checksum = 'other'"),
  );
  refused(
    await run(t, { DATABASE_URL: database.ownerUrl }),
    /was changed after it was applied to this database; restore/,
  );
});

test("a migration that was begun and not finished is refused", async (t) => {
  const database = await testDatabase();
  t.after(() => database.close());
  await withClient(database.superuserUrl, (client) =>
    client.query("UPDATE _prisma_migrations SET finished_at = NULL"),
  );
  refused(await run(t, { DATABASE_URL: database.ownerUrl }), /was begun and never finished; restore/);
});

test("a user of a plane that would pass by row-level security is refused", async (t) => {
  const database = await testDatabase();
  t.after(() => database.close());
  const outcome = await run(
    t,
    { ...database.environment, CONSOLE_DATABASE_URL: database.superuserUrl },
    "scripts/migrate.ts",
  );
  refused(outcome, /of CONSOLE_DATABASE_URL bypasses row-level security; name a user without/);
});

test("a plane's password that the server refuses is not changed but named", async (t) => {
  const database = await testDatabase();
  t.after(() => database.close());
  const url = new URL(database.gatewayUrl);
  url.password = "wrong-password";
  const outcome = await run(
    t,
    { ...database.environment, GATEWAY_DATABASE_URL: url.href },
    "scripts/migrate.ts",
  );
  refused(outcome, /refuses the password of user "gatehouse_test_gateway"; correct GATEWAY_DATABASE_URL/);
  await withClient(database.gatewayUrl, (client) => client.query("SELECT 1"));
});

test("a data directory that cannot be written to is named", async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "gatehouse-refusal-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  // Root may write anywhere, so what is in the way is a file where a folder should be; for others a closed folder.
  const blocked = path.join(folder, "blocked");
  if (process.getuid?.() === 0) await writeFile(blocked, "");
  else {
    await mkdir(blocked);
    await chmod(blocked, 0o500);
  }
  const outcome = await run(t, { GATEHOUSE_DATA_DIR: path.join(blocked, "data") });
  refused(
    outcome,
    /^The data directory .* cannot be written to \(\w+\); make it writable .* or set GATEHOUSE_DATA_DIR/,
  );
});

test("a second start from the same data directory is refused while the first runs", async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "gatehouse-refusal-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const { RunRecordFile } = await import("#scripts/up/run-record.ts");
  await new RunRecordFile(folder).begin();
  const outcome = await run(t, { GATEHOUSE_DATA_DIR: folder });
  refused(
    outcome,
    new RegExp(`already runs from this data directory \\(process ${process.pid}\\); stop it there`),
  );
});
