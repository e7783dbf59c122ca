import { randomBytes } from "node:crypto";
import { access, constants, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { StartFailure } from "./start-failure.ts";

/** What was generated on the first start and must stay the same afterwards. */
export type Secrets = {
  /** Signs console sessions. */
  session: string;
  /** Seals the shared secrets of issuers; the console seals, the gateway opens. */
  encryption: string;
  /** Passwords of the embedded server's superuser and of its owner of the database. */
  superuser: string;
  owner: string;
  /** Passwords of the database users of the three planes. */
  console: string;
  gateway: string;
  worker: string;
};

const NAMES = ["session", "encryption", "superuser", "owner", "console", "gateway", "worker"] as const;

/** Where this installation keeps its files: GATEHOUSE_DATA_DIR, else `.data` in the repository. */
export function dataDirectory(): string {
  return path.resolve(process.env.GATEHOUSE_DATA_DIR || path.join(import.meta.dirname, "../.data"));
}

/**
 * Makes the data directory if need be and makes sure that it can be written to.
 *
 * @throws StartFailure when it cannot.
 */
export async function ensureDataDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    await access(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new StartFailure(
      `The data directory ${directory} cannot be written to (${reason}); make it writable for this user, or set GATEHOUSE_DATA_DIR to another one.`,
    );
  }
}

/**
 * The generated secrets, made on first use and kept in `secrets.json`, readable by its user only.
 *
 * @throws StartFailure when the file is there and cannot be read or is not what was written.
 */
export async function loadSecrets(directory: string): Promise<Secrets> {
  const file = path.join(directory, "secrets.json");
  let kept: Partial<Secrets> = {};
  try {
    kept = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      throw new StartFailure(
        `${file} cannot be read; restore it from a backup, or make it readable for this user.`,
      );
    }
  }
  const missing = NAMES.filter((name) => typeof kept[name] !== "string");
  if (missing.length === 0) return kept as Secrets;
  const secrets = { ...kept } as Secrets;
  for (const name of missing) secrets[name] = randomBytes(32).toString("base64url");
  // Written beside and moved, so that a kill in between leaves either the old file or the new one.
  await writeFile(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return secrets;
}
