import pg from "pg";
import { CHANNELS } from "#lib/contract/channels.ts";
import type { SealedColumn } from "#lib/secrets/sealed-columns.ts";
import { type Keyring, KeyringError, openSecret, sealSecret } from "#lib/secrets/sealed-secret.ts";

/** Few enough that whoever wants to change one of these rows waits a moment only. */
const BATCH = 100;
/** Who may read and write sealed secrets of every tenant and person, and nothing else. */
const ROLE = "gatehouse_resealer";

type Row = { ids: string[]; sealed: Buffer; key: string };
/** A secret that could not be sealed again, and why. */
export type Stuck = { column: string; row: string; reason: string };
export type Resealed = { sealed: number; stuck: Stuck[] };
/** How many secrets a key has sealed. */
export type KeyCount = { column: string; keyId: string; secrets: number };

const quote = pg.escapeIdentifier;
const nameOf = ({ table, sealed }: SealedColumn) => `${table}.${sealed}`;

/** Runs `work` in a transaction of the one role that sees all sealed secrets. */
async function asResealer<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query(`BEGIN; SET LOCAL ROLE ${ROLE}`);
  try {
    const result = await work();
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

/** The next rows of a column, after a row, whose secrets another key than `newest` has sealed; they stay locked. */
async function nextRows(
  client: pg.Client,
  column: SealedColumn,
  newest: string,
  after: readonly string[] | null,
): Promise<Row[]> {
  const ids = column.rowIds.map(quote).join(", ");
  const texts = column.rowIds.map((id) => `${quote(id)}::text`).join(", ");
  const places = column.rowIds.map((_, at) => `$${at + 2}`).join(", ");
  const { rows } = await client.query<Row>(
    `SELECT ARRAY[${texts}] AS ids, ${quote(column.sealed)} AS sealed, ${quote(column.keyId)} AS key
     FROM ${quote(column.table)} WHERE ${quote(column.keyId)} <> $1 ${after ? `AND (${ids}) > (${places})` : ""}
     ORDER BY ${ids} LIMIT ${BATCH} FOR UPDATE`,
    [newest, ...(after ?? [])],
  );
  return rows;
}

async function sealAgain(
  client: pg.Client,
  column: SealedColumn,
  keyring: Keyring,
  { ids, sealed, key }: Row,
): Promise<Stuck | null> {
  const boundTo = column.boundTo(...ids);
  try {
    const secret = openSecret(keyring, { keyId: key, sealed }, boundTo);
    const fresh = sealSecret(keyring, secret, boundTo);
    secret.fill(0);
    const where = column.rowIds.map((id, at) => `${quote(id)} = $${at + 3}`).join(" AND ");
    await client.query(
      `UPDATE ${quote(column.table)} SET ${quote(column.sealed)} = $1, ${quote(column.keyId)} = $2 WHERE ${where}`,
      [Buffer.from(fresh.sealed), fresh.keyId, ...ids],
    );
    return null;
  } catch (error) {
    if (!(error instanceof KeyringError)) throw error;
    return { column: nameOf(column), row: ids.join(", "), reason: error.message };
  }
}

/**
 * Seals with the first key of `keyring` whatever another one has sealed, a batch per transaction: it may be ended at
 * any moment and run again, and readers that know both keys notice nothing. What cannot be opened is left as it is.
 */
export async function reseal(
  client: pg.Client,
  columns: readonly SealedColumn[],
  keyring: Keyring,
  onBatch: (done: number) => void = () => undefined,
): Promise<Resealed> {
  const newest = keyring[0]?.id ?? "";
  const result: Resealed = { sealed: 0, stuck: [] };
  for (const column of columns) {
    let after: string[] | null = null;
    for (;;) {
      const rows: Row[] = await asResealer(client, async () => {
        const found = await nextRows(client, column, newest, after);
        for (const row of found) {
          const stuck = await sealAgain(client, column, keyring, row);
          if (stuck) result.stuck.push(stuck);
          else result.sealed++;
        }
        // Gateways keep issuers in memory and in files: they are to have the new form soon.
        if (found.length > 0) await client.query("SELECT pg_notify($1, '')", [CHANNELS.changed]);
        return found;
      });
      if (rows.length > 0) onBatch(result.sealed);
      if (rows.length < BATCH) break;
      after = rows.at(-1)?.ids ?? null;
    }
  }
  return result;
}

/** How many secrets each key has sealed now, by column. */
export async function countByKey(client: pg.Client, columns: readonly SealedColumn[]): Promise<KeyCount[]> {
  return asResealer(client, async () => {
    const counts: KeyCount[] = [];
    for (const column of columns) {
      const { rows } = await client.query<{ keyId: string; secrets: number }>(
        `SELECT ${quote(column.keyId)} AS "keyId", count(*)::int AS secrets FROM ${quote(column.table)}
         WHERE ${quote(column.sealed)} IS NOT NULL GROUP BY 1 ORDER BY 1`,
      );
      counts.push(...rows.map((row) => ({ column: nameOf(column), ...row })));
    }
    return counts;
  });
}
