import path from "node:path";
import { pathToFileURL } from "node:url";
import { connect } from "./database/connect.ts";
import { installDispatcher } from "./database/dispatcher.ts";
import { databaseLogins } from "./database/logins.ts";
import {
  applyMigrations,
  checkMigrations,
  readMigrations,
  underMigrationLock,
} from "./database/migrations.ts";
import { ensureLogins, type Login } from "./database/roles.ts";
import { reportFailure, StartFailure } from "./start-failure.ts";

const MIGRATIONS = path.join(import.meta.dirname, "../prisma/migrations");

/**
 * Brings the database of `ownerUrl` up to this tree: migrations, pg-boss's schema, and a login for each plane.
 * Safe to run again and from several machines at once. Gives the names of the migrations that it applied.
 *
 * @throws StartFailure with one sentence that says what to do; nothing is changed when the database is refused.
 */
export async function migrate(options: { ownerUrl: string; logins: Login[] }): Promise<string[]> {
  const migrations = await readMigrations(MIGRATIONS);
  const owner = await connect(options.ownerUrl, "DATABASE_URL");
  try {
    return await underMigrationLock(owner, async () => {
      const applied = await applyMigrations(owner, migrations);
      await installDispatcher(owner);
      await ensureLogins(owner, options.logins);
      return applied;
    });
  } finally {
    await owner.end().catch(() => undefined);
  }
}

/** Finds out, without changing anything, whether `migrate` would refuse this database. */
export async function checkDatabase(ownerUrl: string): Promise<void> {
  const owner = await connect(ownerUrl, "DATABASE_URL");
  try {
    await checkMigrations(owner, await readMigrations(MIGRATIONS));
  } finally {
    await owner.end().catch(() => undefined);
  }
}

async function main(): Promise<number> {
  const ownerUrl = process.env.DATABASE_URL;
  if (!ownerUrl) {
    throw new StartFailure(
      "Set DATABASE_URL to the database's owner, postgresql://user:password@host:5432/database.",
    );
  }
  const applied = await migrate({ ownerUrl, logins: await databaseLogins(ownerUrl) });
  console.log(applied.length > 0 ? `Applied ${applied.join(", ")}.` : "The database is up to date.");
  return 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = await main().catch(reportFailure);
}
