import type { Queryable } from "./queryable.ts";

/** A key as the gateway needs it, one by one. */
export type KeyRow = {
  id: string;
  tenantId: string;
  /** Base64. */
  hash: string;
  authorizedRequests: unknown;
  /** The keys that this one took over from; null for none. */
  succeeds: string[] | null;
  /** Unix milliseconds; the end of its grace when it has been replaced. */
  expiresAt: number | null;
  revokedAt: number | null;
  changedXid: string;
};

/**
 * Many keys without an object for each: KEY_BYTES bytes a key, in network order: id, tenant, SHA-256, expiry and end in
 * Unix milliseconds (NaN for none), the transaction that changed it.
 */
export type KeyBlock = {
  bytes: Buffer;
  /** Of those keys that have either, by their place in the block and in its order. */
  more: readonly { at: number; rights: string | null; succeeds: readonly string[] | null }[];
};
export const KEY_BYTES = 88;
export const KEY_AT = { id: 0, tenant: 16, hash: 32, expiresAt: 64, revokedAt: 72, changedXid: 80 } as const;

const MILLISECONDS = (column: string) => `(extract(epoch FROM ${column}) * 1000)::float8`;
const EXPIRES = MILLISECONDS("LEAST(expires_at, grace_ends_at)");
const REVOKED = MILLISECONDS("revoked_at");
export const KEY = `SELECT id, tenant_id AS "tenantId", encode(key_hash, 'base64') AS hash,
  authorized_requests AS "authorizedRequests", ${EXPIRES} AS "expiresAt",
  CASE WHEN cardinality(succeeds) > 0 THEN to_json(succeeds) END AS succeeds,
  ${REVOKED} AS "revokedAt", changed_xid::text AS "changedXid" FROM api_keys`;
const KEYS_PER_BLOCK = 10_000;
const FIRST_ID = "00000000-0000-0000-0000-000000000000";

/** Both times; most keys have neither, which is much quicker to say. */
const TIMES = `CASE WHEN expires_at IS NULL AND grace_ends_at IS NULL AND revoked_at IS NULL
  THEN '\\x7ff80000000000007ff8000000000000'::bytea
  ELSE float8send(coalesce(${EXPIRES}, 'NaN')) || float8send(coalesce(${REVOKED}, 'NaN')) END`;

/** Both aggregates take the rows as the page has them, in the order of their ids: sorting them again costs half as much. */
const BLOCK = `SELECT encode(string_agg(packed, ''::bytea), 'base64') AS bytes,
    json_agg(json_build_object('id', id, 'rights', authorized_requests::text,
      'succeeds', CASE WHEN cardinality(succeeds) > 0 THEN to_json(succeeds) END))
      FILTER (WHERE authorized_requests IS NOT NULL OR cardinality(succeeds) > 0) AS more
  FROM (SELECT id, authorized_requests, succeeds,
      uuid_send(id) || uuid_send(tenant_id) || key_hash || ${TIMES} || xid8send(changed_xid) AS packed
    FROM api_keys WHERE id > $1 AND ($2::xid8 IS NULL OR changed_xid >= $2) ORDER BY id LIMIT ${KEYS_PER_BLOCK}) page`;

type More = KeyBlock["more"][number];

/** Where in a block the keys are that have more than bytes, which come in its order. Throws when one is not there. */
function placed(bytes: Buffer, more: readonly (Omit<More, "at"> & { id: string })[]): More[] {
  let at = 0;
  return more.map(({ id, ...rest }) => {
    const wanted = bytesOf(id);
    const isHere = () => wanted.compare(bytes, at * KEY_BYTES, at * KEY_BYTES + wanted.length) === 0;
    while (!isHere()) if (++at * KEY_BYTES >= bytes.length) throw new Error(`Key ${id} is out of its place.`);
    return { at, ...rest };
  });
}

async function readBlock(db: Queryable, after: string, since: string | null): Promise<KeyBlock> {
  const { rows } = await db.query<{
    bytes: string | null;
    more: (Omit<More, "at"> & { id: string })[] | null;
  }>({
    name: "key-block",
    text: BLOCK,
    values: [after, since],
  });
  const { bytes: packed, more } = rows[0] as (typeof rows)[number];
  const bytes = Buffer.from(packed ?? "", "base64");
  return { bytes, more: placed(bytes, more ?? []) };
}

/** The id of a block's last key; null when no block can follow. */
function lastOf({ bytes }: KeyBlock): string | null {
  if (bytes.length < KEYS_PER_BLOCK * KEY_BYTES) return null;
  const last = bytes.length - KEY_BYTES + KEY_AT.id;
  return bytes.toString("hex", last, last + 16);
}

/** All keys, or those that a transaction at or above `since` has changed. The next block is on its way meanwhile. */
export async function* readKeyBlocks(db: Queryable, since: string | null): AsyncGenerator<KeyBlock> {
  let next: ReturnType<typeof readBlock> | null = readBlock(db, FIRST_ID, since);
  while (next) {
    const block: KeyBlock = await next;
    const last = lastOf(block);
    next = last === null ? null : readBlock(db, last, since);
    next?.catch(() => {}); // whoever asks for the next block hears of it
    if (block.bytes.length > 0) yield block;
  }
}

/** The key with this SHA-256 (base64), if it was ever issued. */
export async function readKey(db: Queryable, hash: string): Promise<KeyRow | null> {
  const { rows } = await db.query<KeyRow>({
    name: "key-by-hash",
    text: `${KEY} WHERE key_hash = decode($1, 'base64')`,
    values: [hash],
  });
  return rows[0] ?? null;
}

const bytesOf = (uuid: string) => Buffer.from(uuid.replaceAll("-", ""), "hex");

/** A few keys as a block. */
export function blockOf(rows: readonly KeyRow[]): KeyBlock {
  const bytes = Buffer.alloc(rows.length * KEY_BYTES);
  const more: { at: number; rights: string | null; succeeds: readonly string[] | null }[] = [];
  for (const [at, row] of rows.entries()) {
    const start = at * KEY_BYTES;
    bytes.set(bytesOf(row.id), start + KEY_AT.id);
    bytes.set(bytesOf(row.tenantId), start + KEY_AT.tenant);
    bytes.set(Buffer.from(row.hash, "base64"), start + KEY_AT.hash);
    bytes.writeDoubleBE(row.expiresAt ?? Number.NaN, start + KEY_AT.expiresAt);
    bytes.writeDoubleBE(row.revokedAt ?? Number.NaN, start + KEY_AT.revokedAt);
    bytes.writeBigUInt64BE(BigInt(row.changedXid), start + KEY_AT.changedXid);
    const rights = row.authorizedRequests == null ? null : JSON.stringify(row.authorizedRequests);
    if (rights !== null || row.succeeds) more.push({ at, rights, succeeds: row.succeeds });
  }
  return { bytes, more };
}
