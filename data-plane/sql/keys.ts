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

const BLOCK = `WITH page AS MATERIALIZED (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS at, authorized_requests, succeeds,
      uuid_send(id) || uuid_send(tenant_id) || key_hash || ${TIMES} || xid8send(changed_xid) AS packed
    FROM api_keys WHERE id > $1 AND ($2::xid8 IS NULL OR changed_xid >= $2) ORDER BY id LIMIT ${KEYS_PER_BLOCK})
  SELECT encode(string_agg(packed, ''::bytea ORDER BY at), 'base64') AS bytes,
    json_agg(json_build_object('at', at, 'rights', authorized_requests::text,
      'succeeds', CASE WHEN cardinality(succeeds) > 0 THEN to_json(succeeds) END) ORDER BY at)
      FILTER (WHERE authorized_requests IS NOT NULL OR cardinality(succeeds) > 0) AS more,
    (SELECT id FROM page ORDER BY at DESC LIMIT 1) AS last FROM page`;

/** `last` is where the next block begins; null when there is none. */
type Page = { block: KeyBlock; last: string | null };

async function readBlock(db: Queryable, after: string, since: string | null): Promise<Page> {
  const { rows } = await db.query<{
    bytes: string | null;
    more: KeyBlock["more"] | null;
    last: string | null;
  }>({
    name: "key-block",
    text: BLOCK,
    values: [after, since],
  });
  const { bytes, more, last } = rows[0] as (typeof rows)[number];
  const block = { bytes: Buffer.from(bytes ?? "", "base64"), more: more ?? [] };
  return { block, last: block.bytes.length < KEYS_PER_BLOCK * KEY_BYTES ? null : last };
}

/** All keys, or those that a transaction at or above `since` has changed. The next block is on its way meanwhile. */
export async function* readKeyBlocks(db: Queryable, since: string | null): AsyncGenerator<KeyBlock> {
  let next: ReturnType<typeof readBlock> | null = readBlock(db, FIRST_ID, since);
  while (next) {
    const { block, last }: Page = await next;
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
