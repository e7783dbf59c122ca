import { createHash, randomBytes } from "node:crypto";
import path from "node:path";
import pg from "pg";
import { readMigrations } from "#scripts/database/migrations.ts";
import { PLANES, type Plane, urlVariable } from "#scripts/database/roles.ts";
import { migrate } from "#scripts/migrate.ts";

/** Users of the throwaway server. Their passwords are no secret: the server listens on 127.0.0.1 while tests run. */
const OWNER = "gatehouse_test_owner";
const PASSWORD = "throwaway";
/** Changes when something other than the migrations changes what a fresh database holds. */
const TEMPLATE_FORMAT = 2;
const TEMPLATE_LOCK = 4_815_162_342;

export type TestDatabase = {
  name: string;
  /** Bypasses row-level security: for putting rows in place and for looking at the outcome. */
  superuserUrl: string;
  /** Owns the tables, and is held to row-level security like everybody else. */
  ownerUrl: string;
  consoleUrl: string;
  gatewayUrl: string;
  workerUrl: string;
  /** The environment variables that point a process of ours at this database. */
  environment: Record<string, string>;
  /** Drops the database, and ends whatever is still connected to it. */
  close(): Promise<void>;
};

/**
 * A migrated, empty database of its own for one test file, on the server of TEST_DATABASE_SERVER_URL (a superuser's
 * address; `npm test` sets it). Takes about 0.1 s: it is a copy of a template made once a run.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const server = serverUrl();
  const template = await ensureTemplate(server);
  const name = `gatehouse_test_${randomBytes(6).toString("hex")}`;
  await withClient(server, (client) => copyDatabase(client, template, name));
  const as = (user: string) => databaseUrl(server, name, user);
  const environment: Record<string, string> = { DATABASE_URL: as(OWNER) };
  for (const plane of PLANES) environment[urlVariable(plane)] = as(loginName(plane));
  const superuserUrl = new URL(server);
  superuserUrl.pathname = `/${name}`;
  return {
    name,
    superuserUrl: superuserUrl.href,
    ownerUrl: as(OWNER),
    consoleUrl: as(loginName("console")),
    gatewayUrl: as(loginName("gateway")),
    workerUrl: as(loginName("worker")),
    environment,
    close: () =>
      withClient(server, async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }),
  };
}

/** A database of the test server's owner with nothing in it, for tests of the migration itself. */
export async function emptyDatabase(): Promise<{
  name: string;
  ownerUrl: string;
  superuserUrl: string;
  close(): Promise<void>;
}> {
  const server = serverUrl();
  const name = `gatehouse_test_${randomBytes(6).toString("hex")}`;
  await withClient(server, async (client) => {
    await underLock(client, () => ensureOwner(client));
    await client.query(`CREATE DATABASE ${name} OWNER ${OWNER}`);
  });
  const superuserUrl = new URL(server);
  superuserUrl.pathname = `/${name}`;
  return {
    name,
    ownerUrl: databaseUrl(server, name, OWNER),
    superuserUrl: superuserUrl.href,
    close: () =>
      withClient(server, async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }),
  };
}

/** The superuser's address of the server that tests may use. */
export function serverUrl(): string {
  const url = process.env.TEST_DATABASE_SERVER_URL;
  if (!url) {
    throw new Error(
      "TEST_DATABASE_SERVER_URL is not set; run `npm test`, or set it to a superuser's address of a throwaway server.",
    );
  }
  return url;
}

/** Runs `work` with a connection to `url` and closes it. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const loginName = (plane: Plane) => `gatehouse_test_${plane}`;

function databaseUrl(server: string, database: string, user: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  url.username = user;
  url.password = PASSWORD;
  return url.href;
}

async function ensureTemplate(server: string): Promise<string> {
  const migrations = await readMigrations(path.join(import.meta.dirname, "../../prisma/migrations"));
  const fingerprint = createHash("sha256")
    .update(JSON.stringify([TEMPLATE_FORMAT, migrations.map((migration) => migration.checksum)]))
    .digest("hex");
  const name = `gatehouse_template_${fingerprint.slice(0, 12)}`;
  await withClient(server, (client) =>
    underLock(client, async () => {
      const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [name]);
      if (rowCount) return;
      await ensureOwner(client);
      const unfinished = `${name}_unfinished`;
      await client.query(`DROP DATABASE IF EXISTS ${unfinished} WITH (FORCE)`);
      await client.query(`CREATE DATABASE ${unfinished} OWNER ${OWNER}`);
      await migrate({
        ownerUrl: databaseUrl(server, unfinished, OWNER),
        logins: PLANES.map((plane) => ({
          plane,
          url: databaseUrl(server, unfinished, loginName(plane)),
          variable: urlVariable(plane),
          generated: true,
        })),
      });
      await client.query(`ALTER DATABASE ${unfinished} RENAME TO ${name}`);
    }),
  );
  return name;
}

/** Test files run in several processes; whoever comes first makes what they share. */
async function underLock(client: pg.Client, work: () => Promise<void>): Promise<void> {
  await client.query("SELECT pg_advisory_lock($1)", [TEMPLATE_LOCK]);
  try {
    await work();
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [TEMPLATE_LOCK]);
  }
}

/** Roles belong to the server and outlive its databases, so each is made or taken over as it is found. */
async function ensureOwner(client: pg.Client): Promise<void> {
  const groups = PLANES.map((plane) => `gatehouse_${plane}`);
  const server = await client.query<{ server_version_num: string }>("SHOW server_version_num");
  const version = Number(server.rows[0]?.server_version_num);
  const { rows } = await client.query<{ rolname: string }>(
    "SELECT rolname FROM pg_roles WHERE rolname = ANY($1)",
    [[OWNER, ...groups, ...PLANES.map(loginName)]],
  );
  const known = new Set(rows.map((row) => row.rolname));
  if (!known.has(OWNER)) await client.query(`CREATE ROLE ${OWNER} LOGIN CREATEROLE PASSWORD '${PASSWORD}'`);
  for (const group of groups) {
    if (!known.has(group)) await client.query(`CREATE ROLE ${group} NOLOGIN`);
    // What the maker of a role has: it may give the role to others, and does not have it itself. Before PostgreSQL 16
    // CREATEROLE is all that takes.
    if (version >= 160_000) {
      await client.query(`GRANT ${group} TO ${OWNER} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`);
    }
  }
  for (const login of PLANES.map(loginName)) {
    if (known.has(login)) await client.query(`ALTER ROLE ${login} LOGIN PASSWORD '${PASSWORD}'`);
    else await client.query(`CREATE ROLE ${login} LOGIN PASSWORD '${PASSWORD}'`);
  }
}

async function copyDatabase(client: pg.Client, template: string, name: string): Promise<void> {
  // PostgreSQL copies a template only while nobody is connected to it; nobody is, once it has its name.
  await client.query(`CREATE DATABASE ${name} TEMPLATE ${template} OWNER ${OWNER}`);
}
