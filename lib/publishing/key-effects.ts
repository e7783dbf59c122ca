import { type CompiledRequests, compileAuthorizedRequests } from "#lib/contract/authorized-requests.ts";
import { Prisma, type Transaction } from "#lib/db/client.ts";
import { blastRadius } from "./blast-radius.ts";
import type { Comparison } from "./comparison.ts";
import type { Effects, KeyEffect } from "./schema.ts";

/** Keys that are looked at one by one: those that the change names, and those used most recently. */
const MAX_NAMED = 2_000;
const MAX_RECENT = 1_000;
/** Keys told about one by one. */
const MAX_TOLD = 100;
const COUNTED_TO = 10_001;

type KeyRow = {
  id: string;
  name: string;
  succeeds: string[];
  authorizedRequests: unknown;
  lastUsedAt: Date | null;
};

const ACTIVE = Prisma.sql`k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
  AND (k.grace_ends_at IS NULL OR k.grace_ends_at > now())`;
const COLUMNS = Prisma.sql`k.id, k.name, k.succeeds, k.authorized_requests AS "authorizedRequests",
  u.last_used_at AS "lastUsedAt"`;
const KEYS = Prisma.sql`api_keys k LEFT JOIN api_key_usage u ON u.api_key_id = k.id`;

/** Rights that cannot be read are no rights, as on the gateway. */
function requestsOf(document: unknown): CompiledRequests | null {
  try {
    return compileAuthorizedRequests(document);
  } catch {
    return [];
  }
}

async function keysToLookAt(
  tx: Transaction,
  tenantId: string,
  named: readonly string[],
  anyKeyIsHit: boolean,
): Promise<KeyRow[]> {
  const own = Prisma.sql`k.tenant_id = ${tenantId}::uuid AND ${ACTIVE}`;
  const found = new Map<string, KeyRow>();
  if (named.length > 0) {
    const ids = named.slice(0, MAX_NAMED);
    for (const row of await tx.$queryRaw<KeyRow[]>`
      SELECT ${COLUMNS} FROM ${KEYS} WHERE ${own} AND (k.id = ANY(${ids}::uuid[])
        OR (k.succeeds <> '{}' AND k.succeeds && ${ids}::uuid[])) LIMIT ${MAX_NAMED}`)
      found.set(row.id, row);
  }
  if (anyKeyIsHit) {
    for (const row of await tx.$queryRaw<KeyRow[]>`
      SELECT ${COLUMNS} FROM ${KEYS} WHERE ${own}
      ORDER BY u.last_used_at DESC NULLS LAST, k.id DESC LIMIT ${MAX_RECENT}`)
      found.set(row.id, row);
  }
  return [...found.values()];
}

const used = ({ lastUsedAt }: KeyEffect) => (lastUsedAt ? Date.parse(lastUsedAt) : 0);
const byGravity = (a: KeyEffect, b: KeyEffect) =>
  Number(b.loses.count > 0) - Number(a.loses.count > 0) ||
  used(b) - used(a) ||
  b.loses.count + b.gains.count - (a.loses.count + a.gains.count) ||
  (a.name < b.name ? -1 : 1);

/**
 * What a difference does to callers. With very many keys those are looked at that it names and that were used most
 * recently; the answer says of how many.
 */
export async function effectsOf(tx: Transaction, tenantId: string, comparison: Comparison): Promise<Effects> {
  const radius = blastRadius(comparison);
  const { anyKey } = radius;
  const anyKeyIsHit = anyKey.loses.count + anyKey.gains.count > 0;
  const rows = await keysToLookAt(tx, tenantId, radius.namedKeyIds, anyKeyIsHit);
  const hit: KeyEffect[] = [];
  let examined = 0;
  for (const row of rows) {
    const effect = radius.effectOn({ ...row, authorizedRequests: requestsOf(row.authorizedRequests) });
    if (!effect) continue;
    examined += 1;
    if (effect.loses.count + effect.gains.count === 0) continue;
    hit.push({ ...effect, name: row.name, lastUsedAt: row.lastUsedAt?.toISOString() ?? null });
  }
  const [total] = await tx.$queryRaw<{ active: number }[]>`
    SELECT count(*)::int AS active FROM (SELECT FROM api_keys k
      WHERE k.tenant_id = ${tenantId}::uuid AND ${ACTIVE} LIMIT ${COUNTED_TO}) counted`;
  const active = total?.active ?? 0;
  return {
    counts: comparison.counts,
    routes: comparison.effects,
    anyKey,
    keys: {
      data: hit.sort(byGravity).slice(0, MAX_TOLD),
      losing: hit.filter(({ loses }) => loses.count > 0).length,
      gaining: hit.filter(({ gains }) => gains.count > 0).length,
      // Where nothing changes for a key that no route names, all the others were looked at by not being named.
      examined: anyKeyIsHit || examined < rows.length ? examined : active,
      active,
    },
  };
}
