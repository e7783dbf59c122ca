import { execFileSync } from "node:child_process";
import { stat } from "node:fs/promises";
import path from "node:path";
import { StartFailure } from "../start-failure.ts";

/** As whom to run the server, and what to put in front of its commands. */
export type PostgresUser = { uid?: number; gid?: number; prefix: string[] };

/**
 * PostgreSQL refuses to run as root, so root runs it as the system's user `postgres`, made when missing. Everybody
 * else runs it as themselves. `paths` are what that user has to reach.
 *
 * @throws StartFailure when the user cannot be made or cannot reach the paths.
 */
export async function postgresUser(paths: string[]): Promise<PostgresUser> {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const uid = systemId("-u") ?? createUser();
  const gid = systemId("-g");
  if (gid === undefined)
    throw new StartFailure("The user postgres has no group; give it one, or set DATABASE_URL.");
  const closed = await firstClosed(paths, uid, gid);
  if (!closed) return { uid, gid, prefix: [] };
  // A clone in /root, say. The server may then look through directories that are closed to others, and no more.
  const prefix = [
    "setpriv",
    `--reuid=${uid}`,
    `--regid=${gid}`,
    "--clear-groups",
    "--inh-caps=-all,+dac_read_search",
    "--ambient-caps=-all,+dac_read_search",
    "--bounding-set=-all,+dac_read_search",
    "--",
  ];
  try {
    execFileSync("setpriv", [...prefix.slice(1), "ls", closed], { stdio: "ignore" });
    return { uid, gid, prefix };
  } catch {
    throw new StartFailure(
      `PostgreSQL does not run as root, and its user postgres may not enter ${closed}; run chmod o+x ${closed}, move the clone elsewhere, run as an ordinary user, or set DATABASE_URL.`,
    );
  }
}

function systemId(flag: "-u" | "-g"): number | undefined {
  try {
    return Number(
      execFileSync("id", [flag, "postgres"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
    );
  } catch {
    return undefined;
  }
}

function createUser(): number {
  try {
    execFileSync(
      "useradd",
      ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", "postgres"],
      {
        stdio: "ignore",
      },
    );
  } catch {
    // reported below: there is no such user
  }
  const uid = systemId("-u");
  if (uid !== undefined) return uid;
  throw new StartFailure(
    "PostgreSQL does not run as root and a user for it could not be made; run useradd postgres, run as an ordinary user, or set DATABASE_URL.",
  );
}

/** The first directory on the way to `paths` that the user may not enter. */
async function firstClosed(paths: string[], uid: number, gid: number): Promise<string | undefined> {
  for (const file of paths) {
    for (let directory = path.dirname(file); ; directory = path.dirname(directory)) {
      const found = await stat(directory).catch(() => undefined);
      if (found) {
        const shift = found.uid === uid ? 6 : found.gid === gid ? 3 : 0;
        if (!((found.mode >> shift) & 1)) return directory;
      }
      if (directory === path.dirname(directory)) break;
    }
  }
  return undefined;
}
