import type { Queryable } from "./queryable.ts";

/** What a key was used for within one bucket of ten minutes. Times are Unix milliseconds. */
export type KeyTraffic = {
  keyId: string;
  bucket: number;
  requests: number;
  refusals: number;
  /** The latest use that was let through; null when none was. */
  usedAt: number | null;
  /** Requests that were let through, by route. */
  routes: ReadonlyMap<string, number>;
};

const TRAFFIC_DAYS = 35;
const EXPIRED_AT_ONCE = 10_000;

/**
 * Adds to the counts of keys, and notes when and for what they were last used, all or nothing: a batch that failed
 * can be written again. Keys that are gone are passed over.
 */
export async function recordKeyTraffic(db: Queryable, batch: readonly KeyTraffic[]): Promise<void> {
  const time = (at: number | null) => (at === null ? null : new Date(at));
  const routes = batch.flatMap(({ keyId, usedAt, routes: used }) =>
    [...used].map(([routeId, requests]) => ({ keyId, routeId, requests, usedAt: time(usedAt) })),
  );
  await db.query({
    name: "key-traffic",
    text: `WITH t AS (
        SELECT k.id, k.tenant_id, u.bucket, u.requests, u.refusals, u.used_at
        FROM unnest($1::uuid[], $2::timestamptz[], $3::bigint[], $4::bigint[], $5::timestamptz[])
          AS u (id, bucket, requests, refusals, used_at)
        JOIN api_keys k USING (id)
      ), traffic AS (
        INSERT INTO api_key_traffic AS old (tenant_id, api_key_id, bucket, requests, refusals)
        SELECT tenant_id, id, bucket, sum(requests), sum(refusals) FROM t GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (tenant_id, api_key_id, bucket) DO UPDATE
          SET requests = old.requests + excluded.requests, refusals = old.refusals + excluded.refusals
      ), routes AS (
        INSERT INTO api_key_routes AS old (tenant_id, api_key_id, route_id, requests, last_used_at)
        SELECT k.tenant_id, k.id, r.route_id, sum(r.requests), max(r.used_at)
        FROM unnest($6::uuid[], $7::uuid[], $8::bigint[], $9::timestamptz[])
          AS r (id, route_id, requests, used_at)
        JOIN api_keys k USING (id) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (tenant_id, api_key_id, route_id) DO UPDATE
          SET requests = old.requests + excluded.requests,
              last_used_at = greatest(old.last_used_at, excluded.last_used_at)
      )
      INSERT INTO api_key_usage AS old (api_key_id, tenant_id, last_used_at)
      SELECT id, tenant_id, max(used_at) FROM t WHERE used_at IS NOT NULL GROUP BY 1, 2 ORDER BY 1
      ON CONFLICT (api_key_id) DO UPDATE
        SET last_used_at = greatest(old.last_used_at, excluded.last_used_at)`,
    values: [
      batch.map(({ keyId }) => keyId),
      batch.map(({ bucket }) => new Date(bucket)),
      batch.map(({ requests }) => requests),
      batch.map(({ refusals }) => refusals),
      batch.map(({ usedAt }) => time(usedAt)),
      routes.map(({ keyId }) => keyId),
      routes.map(({ routeId }) => routeId),
      routes.map(({ requests }) => requests),
      routes.map(({ usedAt }) => usedAt),
    ],
  });
}

/** Forgets counts that are past keeping, a bounded number at a time. */
export async function expireKeyTraffic(db: Queryable): Promise<void> {
  await db.query(
    `DELETE FROM api_key_traffic WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM api_key_traffic WHERE bucket < now() - make_interval(days => $1) LIMIT $2))`,
    [TRAFFIC_DAYS, EXPIRED_AT_ONCE],
  );
}
