import { z } from "zod";
import { decodeCursor, toPage } from "#lib/api/page.ts";
import { defineQuery } from "#lib/command/define.ts";
import type { AuthorizedRequest } from "#lib/contract/authorized-requests.ts";
import { Prisma, type Transaction } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { rarestPart } from "./rarest-part.ts";
import { keyStatus, SOON_DAYS } from "./rules.ts";
import type { ApiKey, ApiKeyDetail, KeyFilters, KeyStatus } from "./schema.ts";

export { getRightsReach } from "./rights.ts";
export { getKeyReach, getKeysOfRoute, getKeyTraffic } from "./use.ts";

export type KeyRow = {
  id: string;
  name: string;
  description: string;
  prefix: string;
  lastFour: string;
  authorizedRequests: Prisma.JsonValue;
  expiresAt: Date | null;
  createdAt: Date;
  createdByLabel: string;
  revokedAt: Date | null;
  revokedByLabel: string | null;
  version: number;
  lastUsedAt: Date | null;
  rotatedAt: Date | null;
  rotatedTo: string | null;
  graceEndsAt: Date | null;
  succeeds: string[];
};

/** What may be shown of a stored key. */
export function toApiKey(row: KeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    prefix: row.prefix,
    lastFour: row.lastFour,
    status: keyStatus(row, new Date()),
    authorizedRequests: row.authorizedRequests as AuthorizedRequest[] | null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdByLabel,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    revokedBy: row.revokedByLabel,
    rotatedAt: row.rotatedAt?.toISOString() ?? null,
    rotatedTo: row.rotatedTo,
    graceEndsAt: row.graceEndsAt?.toISOString() ?? null,
    succeeds: row.succeeds,
    version: row.version,
  };
}

const COLUMNS = Prisma.sql`k.id, k.name, k.description, k.prefix, k.last_four AS "lastFour",
  k.authorized_requests AS "authorizedRequests", k.expires_at AS "expiresAt", k.created_at AS "createdAt",
  k.created_by_label AS "createdByLabel", k.revoked_at AS "revokedAt", k.revoked_by_label AS "revokedByLabel",
  k.version, k.rotated_at AS "rotatedAt", k.rotated_to AS "rotatedTo", k.grace_ends_at AS "graceEndsAt",
  k.succeeds, u.last_used_at AS "lastUsedAt"`;

const STATUS_IS: Record<KeyStatus, Prisma.Sql> = {
  revoked: Prisma.sql`k.revoked_at IS NOT NULL`,
  expired: Prisma.sql`k.revoked_at IS NULL AND LEAST(k.expires_at, k.grace_ends_at) <= now()`,
  rotating: Prisma.sql`k.revoked_at IS NULL AND k.grace_ends_at > now()
    AND (k.expires_at IS NULL OR k.expires_at > now())`,
  active: Prisma.sql`k.revoked_at IS NULL AND k.grace_ends_at IS NULL
    AND (k.expires_at IS NULL OR k.expires_at > now())`,
};

/** Asked through the index on what comes first, the expiry or the end of the grace; there is no grace here. */
const EXPIRES_SOON = Prisma.sql`k.revoked_at IS NULL AND k.grace_ends_at IS NULL
  AND LEAST(k.expires_at, k.grace_ends_at) > now()
  AND LEAST(k.expires_at, k.grace_ends_at) <= now() + make_interval(days => ${SOON_DAYS}::int)`;

type ListInput = KeyFilters & { limit: number; cursor?: string | undefined };

/** How many of the newest keys are looked through before the indexes are asked for what is rare. */
const LOOKED_THROUGH = 3_000;

/**
 * The ids of one page, newest first. What is common is found among the newest keys, in the order of the list; what
 * is rare is found through the indexes and sorted. The planner cannot tell the two apart, because row-level security
 * keeps the statistics from it. Reads the view that may use the indexes: see the migration that made it.
 */
async function findPage(tx: Transaction, conditions: Prisma.Sql[], place: Prisma.Sql, limit: number) {
  const newest = Prisma.sql`SELECT * FROM api_key_search k WHERE ${place} ORDER BY created_at DESC, id DESC`;
  if (conditions.length === 0) {
    return tx.$queryRaw<{ id: string }[]>`SELECT id FROM (${newest} LIMIT ${limit}) page`;
  }
  const wanted = Prisma.join(conditions, " AND ");
  const common = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM (${newest} LIMIT ${LOOKED_THROUGH}) k WHERE ${wanted}
    ORDER BY created_at DESC, id DESC LIMIT ${limit}`;
  if (common.length === limit) return common;
  // OFFSET 0 keeps the planner from walking the list in the hope of meeting enough of them soon.
  return tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM (SELECT * FROM api_key_search k WHERE ${wanted} AND ${place} OFFSET 0) found
    ORDER BY created_at DESC, id DESC LIMIT ${limit}`;
}

/** One page of keys, newest first. `q` is looked for in name, prefix and last four. */
export const listKeys = defineQuery("tenant.read", async ({ tx, actor }, input: ListInput) => {
  const after = decodeCursor(input.cursor, [z.iso.datetime(), z.uuid()]);
  const place = after
    ? Prisma.sql`(k.created_at, k.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`
    : Prisma.sql`true`;
  const conditions: Prisma.Sql[] = [];
  if (input.status) conditions.push(STATUS_IS[input.status]);
  if (input.expires) conditions.push(EXPIRES_SOON);
  if (input.used) {
    conditions.push(Prisma.sql`EXISTS (
      SELECT FROM api_keys_unused x WHERE x.tenant_id = ${actor.tenant.id}::uuid AND x.api_key_id = k.id)`);
  }
  if (input.q) {
    // The index is asked for the rarest part only; the whole is looked for in what that leaves.
    const q = input.q.toLowerCase();
    const pattern = `%${rarestPart(q).replace(/[\\%_]/g, "\\$&")}%`;
    conditions.push(Prisma.sql`k.search LIKE ${pattern} AND strpos(k.search, ${q}) > 0`);
  }
  const page = await findPage(tx, conditions, place, input.limit + 1);
  const rows = await tx.$queryRaw<KeyRow[]>`
    SELECT ${COLUMNS} FROM api_keys k LEFT JOIN api_key_usage u ON u.api_key_id = k.id
    WHERE k.tenant_id = ${actor.tenant.id}::uuid AND k.id = ANY(${page.map(({ id }) => id)}::uuid[])
    ORDER BY k.created_at DESC, k.id DESC`;
  return toPage(rows, input.limit, (row) => [row.createdAt.toISOString(), row.id], toApiKey);
});

/** How many keys end within 30 days, counting no further than `cap`, and when the first of them does. */
export async function countExpiringKeys(tx: Transaction, tenantId: string, cap: number) {
  const [found] = await tx.$queryRaw<{ count: number; first: Date | null }[]>`
    SELECT count(*)::int AS count, min(expires_at) AS first FROM (
      SELECT k.expires_at FROM api_keys k WHERE k.tenant_id = ${tenantId}::uuid AND ${EXPIRES_SOON}
      ORDER BY LEAST(k.expires_at, k.grace_ends_at) LIMIT ${cap + 1}) capped`;
  const count = found?.count ?? 0;
  return {
    count: Math.min(count, cap),
    capped: count > cap,
    first: found?.first?.toISOString() ?? null,
  };
}

/** One key, with how far its latest change has reached the gateways. Throws `not_found`. */
export const getKey = defineQuery(
  "tenant.read",
  async ({ tx, actor }, input: { id: string }): Promise<ApiKeyDetail> => {
    const [row] = await tx.$queryRaw<KeyRow[]>`
      SELECT ${COLUMNS} FROM api_keys k LEFT JOIN api_key_usage u ON u.api_key_id = k.id
      WHERE k.tenant_id = ${actor.tenant.id}::uuid AND k.id = ${input.id}::uuid`;
    if (!row) throw notFound("key");
    const [reach] = await tx.$queryRaw<{ confirmed: number; gateways: number }[]>`
      SELECT count(*)::int AS gateways,
             (count(*) FILTER (WHERE pg_visible_in_snapshot(k.changed_xid, g.applied_snapshot)))::int AS confirmed
      FROM api_keys k, gateway_instances g
      WHERE k.tenant_id = ${actor.tenant.id}::uuid AND k.id = ${input.id}::uuid
        AND g.kind = 'gateway' AND g.stopped_at IS NULL AND g.last_seen_at > now() - interval '15 seconds'`;
    return { ...toApiKey(row), enforcement: reach ?? { confirmed: 0, gateways: 0 } };
  },
);

/** The key whose SHA-256 (lower-case hex) this is. Throws `not_found`. */
export const findKeyByHash = defineQuery(
  "tenant.read",
  async ({ tx, actor }, input: { sha256: string }): Promise<ApiKey> => {
    const [row] = await tx.$queryRaw<KeyRow[]>`
      SELECT ${COLUMNS} FROM api_keys k LEFT JOIN api_key_usage u ON u.api_key_id = k.id
      WHERE k.tenant_id = ${actor.tenant.id}::uuid AND k.key_hash = decode(${input.sha256}, 'hex')`;
    if (!row) throw notFound("key");
    return toApiKey(row);
  },
);

/** Those of `ids` that are not keys of this tenant, in any status; for checking what a route refers to. */
export async function unknownKeyIds(
  tx: Transaction,
  tenantId: string,
  ids: readonly string[],
): Promise<string[]> {
  const known = await tx.apiKey.findMany({
    where: { tenantId, id: { in: [...new Set(ids)] } },
    select: { id: true },
  });
  const knownIds = new Set(known.map((key) => key.id));
  return ids.filter((id) => !knownIds.has(id));
}
