import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type pg from "pg";
import { SEALED_COLUMNS } from "#lib/secrets/sealed-columns.ts";
import { type Keyring, KeyringError, readKeyring } from "#lib/secrets/sealed-secret.ts";
import { dataDirectory, loadSecrets } from "./data-directory.ts";
import { connect, errorCode } from "./database/connect.ts";
import { countByKey, type KeyCount, reseal } from "./secrets/reseal.ts";
import { reportFailure, StartFailure } from "./start-failure.ts";

const USAGE = `npm run rotate-encryption-key -- [--check]

Seals every stored secret again with the first key of GATEHOUSE_ENCRYPTION_KEY=new,old, while everything runs. Console,
gateways and workers must know both keys before. May be ended at any moment and run again.

  --check   only say how many secrets each key has sealed`;

/** The owner's address and the keys: from the environment, or what `npm run up` keeps for itself. */
async function settings(): Promise<{ ownerUrl: string; keyring: Keyring }> {
  const { DATABASE_URL, GATEHOUSE_ENCRYPTION_KEY, POSTGRES_PORT } = process.env;
  const kept = DATABASE_URL && GATEHOUSE_ENCRYPTION_KEY ? null : await loadSecrets(dataDirectory());
  try {
    const keyring = readKeyring(GATEHOUSE_ENCRYPTION_KEY || kept?.encryption);
    if (keyring.length === 0) throw new StartFailure("GATEHOUSE_ENCRYPTION_KEY is not set.");
    const embedded = `postgresql://gatehouse_owner:${kept?.owner}@127.0.0.1:${POSTGRES_PORT || "54329"}/gatehouse`;
    return { ownerUrl: DATABASE_URL || embedded, keyring };
  } catch (error) {
    throw error instanceof KeyringError ? new StartFailure(error.message) : error;
  }
}

const many = (count: number) => `${count.toLocaleString("en")} ${count === 1 ? "secret" : "secrets"}`;

function tell(counts: readonly KeyCount[], keyring: Keyring, say: (line: string) => void): number {
  for (const { column, keyId, secrets } of counts) {
    const place = keyring.findIndex(({ id }) => id === keyId);
    const which =
      place === 0 ? "the first key" : place > 0 ? "an older key" : "a key that is not in the setting";
    say(`${column}: ${many(secrets)} under ${which} (${keyId})`);
  }
  return counts.reduce((sum, { keyId, secrets }) => sum + (keyId === keyring[0]?.id ? 0 : secrets), 0);
}

/**
 * Seals everything with the first key of `keyring` and says, a line each, what is sealed with which key then. Gives
 * how many secrets are still sealed with another one. Names of keys are shown, keys and secrets never.
 * Throws StartFailure when the user may not see all secrets.
 */
export async function rotateEncryptionKey(
  client: pg.Client,
  keyring: Keyring,
  { check }: { check: boolean },
  say: (line: string) => void,
): Promise<number> {
  try {
    if (!check) {
      const { sealed, stuck } = await reseal(client, SEALED_COLUMNS, keyring);
      say(`${many(sealed)} sealed again with ${keyring[0]?.id}.`);
      for (const { column, row, reason } of stuck) say(`${column} of ${row}: ${reason}`);
    }
    const left = tell(await countByKey(client, SEALED_COLUMNS), keyring, say);
    if (left > 0) say(`${many(left)} not under the first key: keep the older ones in the setting.`);
    else say("Nothing is sealed with any other key: the older ones may be taken out of the setting.");
    return left;
  } catch (error) {
    if (errorCode(error) !== "42501") throw error;
    throw new StartFailure(
      "The user of DATABASE_URL may not take on gatehouse_resealer: name the owner that migrated the database, or run GRANT gatehouse_resealer to it as an administrator of the server.",
    );
  }
}

async function main(): Promise<number> {
  let options: { check?: boolean; help?: boolean };
  try {
    options = parseArgs({ options: { check: { type: "boolean" }, help: { type: "boolean" } } }).values;
  } catch {
    throw new StartFailure(USAGE);
  }
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const { ownerUrl, keyring } = await settings();
  const client = await connect(ownerUrl, "DATABASE_URL");
  try {
    return (await rotateEncryptionKey(client, keyring, { check: options.check === true }, console.log)) > 0
      ? 1
      : 0;
  } finally {
    await client.end();
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = await main().catch(reportFailure);
}
