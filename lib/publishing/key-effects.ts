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

type Gravity = Pick<KeyEffect, "name" | "lastUsedAt" | "loses" | "gains">;
const used = ({ lastUsedAt }: Gravity) => (lastUsedAt ? Date.parse(lastUsedAt) : 0);
const byGravity = (a: Gravity, b: Gravity) =>
  Number(b.loses.count > 0) - Number(a.loses.count > 0) ||
  used(b) - used(a) ||
  b.loses.count + b.gains.count - (a.loses.count + a.gains.count) ||
  (a.name < b.name ? -1 : 1);

/** Of each key, the call that came last to a route which is no more what it was. */
async function lastCalls(
  tx: Transaction,
  tenantId: string,
  { differences }: Comparison,
  keyIds: readonly string[],
): Promise<Map<string, KeyEffect["lastCalled"]>> {
  const before = new Map(
    differences.flatMap((one) => (one.before ? [[one.routeId, one.before] as const] : [])),
  );
  if (before.size === 0 || keyIds.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ keyId: string; routeId: string; at: Date }[]>`
    SELECT DISTINCT ON (api_key_id) api_key_id AS "keyId", route_id AS "routeId", last_used_at AS at
    FROM api_key_routes WHERE tenant_id = ${tenantId}::uuid AND api_key_id = ANY(${[...keyIds]}::uuid[])
      AND route_id = ANY(${[...before.keys()]}::uuid[])
    ORDER BY api_key_id, last_used_at DESC`;
  return new Map(
    rows.flatMap(({ keyId, routeId, at }) => {
      const route = before.get(routeId);
      return route
        ? [[keyId, { method: route.method, path: route.path, at: at.toISOString() }] as const]
        : [];
    }),
  );
}

/**
 * What a difference does to callers. With very many keys those are looked at that it names and that were used most
 * recently; the answer says of how many.
 */
export async function effectsOf(tx: Transaction, tenantId: string, comparison: Comparison): Promise<Effects> {
  const radius = blastRadius(comparison);
  const { anyKey } = radius;
  const anyKeyIsHit = anyKey.loses.count + anyKey.gains.count > 0;
  const rows = await keysToLookAt(tx, tenantId, radius.namedKeyIds, anyKeyIsHit);
  const hit: Omit<KeyEffect, "lastCalled">[] = [];
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
  const told = hit.sort(byGravity).slice(0, MAX_TOLD);
  const calls = await lastCalls(
    tx,
    tenantId,
    comparison,
    told.map(({ id }) => id),
  );
  return {
    counts: comparison.counts,
    routes: comparison.effects,
    anyKey,
    keys: {
      data: told.map((key) => ({ ...key, lastCalled: calls.get(key.id) ?? null })),
      losing: hit.filter(({ loses }) => loses.count > 0).length,
      gaining: hit.filter(({ gains }) => gains.count > 0).length,
      // Where nothing changes for a key that no route names, all the others were looked at by not being named.
      examined: anyKeyIsHit || examined < rows.length ? examined : active,
      active,
    },
  };
}
