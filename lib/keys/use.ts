import { defineQuery } from "#lib/command/define.ts";
import { compileAuthorizedRequests } from "#lib/contract/authorized-requests.ts";
import { type KeyRights, reachOfKey } from "#lib/contract/key-reach.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { loadRevision } from "#lib/publishing/loaded.ts";
import type { KeyReach, KeysOfRoute, KeyTraffic, TrafficPeriod } from "./schema.ts";

const HOUR_MS = 3_600_000;
const PERIODS: Record<TrafficPeriod, { unit: string; ms: number; buckets: number }> = {
  day: { unit: "hour", ms: HOUR_MS, buckets: 24 },
  month: { unit: "day", ms: 24 * HOUR_MS, buckets: 30 },
};
const MAX_LISTED = 200;
/** How many keys with rights of their own are looked through for one route. */
const MAX_EXAMINED = 5_000;

/** A key's requests and refusals over time (UTC), empty buckets included. Throws `not_found`. */
export const getKeyTraffic = defineQuery(
  "tenant.read",
  async ({ tx, actor }, input: { id: string; period: TrafficPeriod }): Promise<KeyTraffic> => {
    const tenantId = actor.tenant.id;
    const known = await tx.apiKey.findFirst({ where: { tenantId, id: input.id }, select: { id: true } });
    if (!known) throw notFound("key");
    const { unit, ms, buckets } = PERIODS[input.period];
    const rows = await tx.$queryRaw<{ at: Date; requests: number; refusals: number }[]>`
      SELECT s.at, coalesce(sum(t.requests), 0)::float8 AS requests, coalesce(sum(t.refusals), 0)::float8 AS refusals
      FROM generate_series(
             date_trunc(${unit}, now(), 'UTC') - make_interval(secs => ${((buckets - 1) * ms) / 1_000}::float8),
             date_trunc(${unit}, now(), 'UTC'), make_interval(secs => ${ms / 1_000}::float8)) AS s (at)
      LEFT JOIN api_key_traffic t ON t.tenant_id = ${tenantId}::uuid AND t.api_key_id = ${input.id}::uuid
        AND t.bucket >= s.at AND t.bucket < s.at + make_interval(secs => ${ms / 1_000}::float8)
      GROUP BY s.at ORDER BY s.at`;
    return {
      bucketSeconds: ms / 1_000,
      buckets: rows.map(({ at, requests, refusals }) => ({ at: at.toISOString(), requests, refusals })),
    };
  },
);

/** Which live routes a key opens, and which of them it has used in the last 30 days. Throws `not_found`. */
export const getKeyReach = defineQuery(
  "tenant.read",
  async ({ tx, actor }, input: { id: string }): Promise<KeyReach> => {
    const tenantId = actor.tenant.id;
    const key = await tx.apiKey.findFirst({ where: { tenantId, id: input.id } });
    if (!key) throw notFound("key");
    const tenant = await tx.tenant.findFirst({ where: { id: tenantId }, select: { liveRevision: true } });
    const { routes } = (await loadRevision(tx, tenantId, tenant?.liveRevision ?? null)).compiled();
    const since = new Date(Date.now() - 30 * 24 * HOUR_MS);
    const used = await tx.apiKeyRoute.findMany({
      where: { tenantId, apiKeyId: key.id, lastUsedAt: { gte: since } },
      select: { routeId: true, requests: true, lastUsedAt: true },
      take: 20_000,
    });
    const useOf = new Map(used.map((use) => [use.routeId, use]));
    const rights: KeyRights = {
      ...key,
      authorizedRequests: compileAuthorizedRequests(key.authorizedRequests),
    };
    const opened = routes.flatMap((compiled) => {
      const reach = reachOfKey(compiled, rights);
      if (reach === "none") return [];
      const use = useOf.get(compiled.id);
      const { id, method, path } = compiled.route;
      return {
        id,
        method,
        path,
        partly: reach === "part",
        requests: Number(use?.requests ?? 0),
        lastUsedAt: use?.lastUsedAt.toISOString() ?? null,
      };
    });
    opened.sort((a, b) => b.requests - a.requests || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    return {
      liveRevision: tenant?.liveRevision ?? null,
      opened: opened.length,
      unused: opened.filter(({ lastUsedAt }) => lastUsedAt === null).length,
      routes: opened.slice(0, MAX_LISTED),
    };
  },
);

/** Which keys that are good today open a live route. Throws `not_found` for a route that is not live. */
export const getKeysOfRoute = defineQuery(
  "tenant.read",
  async ({ tx, actor }, input: { id: string }): Promise<KeysOfRoute> => {
    const tenantId = actor.tenant.id;
    const tenant = await tx.tenant.findFirst({ where: { id: tenantId }, select: { liveRevision: true } });
    const live = await loadRevision(tx, tenantId, tenant?.liveRevision ?? null);
    const route = live.compiled().routes.find(({ id }) => id === input.id);
    if (!route) throw notFound("live route");
    if (route.route.auth.mode !== "api-key") return { keys: [], more: false };
    const allowed = route.allowedKeys ? [...route.allowedKeys] : null;
    const rows = await tx.$queryRaw<
      {
        id: string;
        name: string;
        lastFour: string;
        succeeds: string[];
        authorizedRequests: unknown;
        lastUsedAt: Date | null;
      }[]
    >`
      SELECT k.id, k.name, k.last_four AS "lastFour", k.succeeds, k.authorized_requests AS "authorizedRequests",
             (SELECT r.last_used_at FROM api_key_routes r
              WHERE r.tenant_id = k.tenant_id AND r.api_key_id = k.id AND r.route_id = ${input.id}::uuid) AS "lastUsedAt"
      FROM api_keys k
      WHERE k.tenant_id = ${tenantId}::uuid AND k.revoked_at IS NULL
        AND (LEAST(k.expires_at, k.grace_ends_at) IS NULL OR LEAST(k.expires_at, k.grace_ends_at) > now())
        AND (${allowed}::uuid[] IS NULL OR k.id = ANY(${allowed}::uuid[]) OR k.succeeds && ${allowed}::uuid[])
      ORDER BY k.created_at DESC, k.id DESC LIMIT ${MAX_EXAMINED + 1}`;
    const keys = rows.slice(0, MAX_EXAMINED).flatMap((row) => {
      const rights = { ...row, authorizedRequests: compileAuthorizedRequests(row.authorizedRequests) };
      const reach = reachOfKey(route, rights);
      if (reach === "none") return [];
      return {
        id: row.id,
        name: row.name,
        lastFour: row.lastFour,
        partly: reach === "part",
        lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
      };
    });
    return { keys: keys.slice(0, MAX_LISTED), more: keys.length > MAX_LISTED || rows.length > MAX_EXAMINED };
  },
);
