import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type pg from "pg";
import { StartFailure } from "../start-failure.ts";

/** Prisma's own lock number, so that `prisma migrate deploy` and this wait for one another. */
const MIGRATION_LOCK = 72_707_369;
const OLDEST_SERVER = 150_000;

export type Migration = { name: string; checksum: string; sql: string };

type Recorded = {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
  rolled_back_at: Date | null;
};

/** The migrations of the tree, oldest first. The checksum is Prisma's: SHA-256 of the file, in hex. */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(path.join(directory, name, "migration.sql"), "utf8");
      return { name, checksum: createHash("sha256").update(sql).digest("hex"), sql };
    }),
  );
}

/** Runs `work` while nobody else changes this database's structure: two callers at once take turns. */
export async function underMigrationLock<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK]);
  try {
    return await work();
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [MIGRATION_LOCK]).catch(() => undefined);
  }
}

/**
 * Applies what is missing, in order, each migration in one transaction with its record, and gives the names it
 * applied. To be called under the lock.
 *
 * @throws StartFailure, before anything is written, when the server is older than PostgreSQL 15, when the database
 *   has a migration that the tree lacks or has changed since, or when an earlier migration was left half-done.
 */
export async function applyMigrations(client: pg.Client, migrations: Migration[]): Promise<string[]> {
  await requireServerVersion(client);
  const missing = pending(migrations, await readRecords(client));
  if (missing.length === 0) return [];
  await requireRoleCreation(client);
  await client.query(CREATE_RECORDS);
  for (const migration of missing) await applyOne(client, migration);
  return missing.map((migration) => migration.name);
}

/** Refuses what `applyMigrations` would refuse, and writes nothing. */
export async function checkMigrations(client: pg.Client, migrations: Migration[]): Promise<void> {
  await requireServerVersion(client);
  if (pending(migrations, await readRecords(client)).length > 0) await requireRoleCreation(client);
}

async function requireServerVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ number: number; version: string }>(
    "SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version",
  );
  const server = rows[0];
  if (!server || server.number < OLDEST_SERVER) {
    throw new StartFailure(
      `Gatehouse needs PostgreSQL 15 or newer and this server is ${server?.version ?? "unknown"}; upgrade it, or point DATABASE_URL at a newer one.`,
    );
  }
}

async function requireRoleCreation(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ user: string; allowed: boolean }>(
    `SELECT current_user AS user,
            (SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user)
            OR (SELECT count(*) = 3 FROM pg_roles
                WHERE rolname IN ('gatehouse_console', 'gatehouse_gateway', 'gatehouse_worker')) AS allowed`,
  );
  if (!rows[0]?.allowed) {
    throw new StartFailure(
      `The user "${rows[0]?.user}" of DATABASE_URL may not create roles; run ALTER ROLE "${rows[0]?.user}" CREATEROLE as an administrator of the server, and start again.`,
    );
  }
}

async function readRecords(client: pg.Client): Promise<Recorded[]> {
  const known = await client.query<{ known: boolean }>(
    "SELECT to_regclass('_prisma_migrations') IS NOT NULL AS known",
  );
  if (!known.rows[0]?.known) return [];
  const { rows } = await client.query<Recorded>(
    "SELECT migration_name, checksum, finished_at, rolled_back_at FROM _prisma_migrations ORDER BY started_at",
  );
  return rows;
}

function pending(migrations: Migration[], records: Recorded[]): Migration[] {
  const inTree = new Map(migrations.map((migration) => [migration.name, migration]));
  const applied = new Set<string>();
  for (const record of records) {
    if (record.rolled_back_at) continue;
    if (!record.finished_at) {
      throw new StartFailure(
        `Migration ${record.migration_name} was begun and never finished; restore the database from a backup, or resolve it with \`npx prisma migrate resolve\`.`,
      );
    }
    const migration = inTree.get(record.migration_name);
    if (!migration) {
      throw new StartFailure(
        `The database is ahead of this code: it has the migration ${record.migration_name}, which this version lacks; start the newer version, or use another database.`,
      );
    }
    if (migration.checksum !== record.checksum) {
      throw new StartFailure(
        `Migration ${record.migration_name} was changed after it was applied to this database; restore prisma/migrations/${record.migration_name}, or use another database.`,
      );
    }
    applied.add(record.migration_name);
  }
  return migrations.filter((migration) => !applied.has(migration.name));
}

async function applyOne(client: pg.Client, migration: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(migration.sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, transaction_timestamp(), clock_timestamp(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartFailure(`Migration ${migration.name} failed and was undone: ${reason}`);
  }
}

/** The table exactly as Prisma creates it. */
const CREATE_RECORDS = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  varchar(36) PRIMARY KEY NOT NULL,
    checksum            varchar(64) NOT NULL,
    finished_at         timestamptz,
    migration_name      varchar(255) NOT NULL,
    logs                text,
    rolled_back_at      timestamptz,
    started_at          timestamptz NOT NULL DEFAULT now(),
    applied_steps_count integer NOT NULL DEFAULT 0
  )`;
