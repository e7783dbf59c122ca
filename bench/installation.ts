import { createHash } from "node:crypto";
import type pg from "pg";
import { formatCredential } from "#lib/contract/credential.ts";
import { serializeRevision } from "#lib/contract/revision.ts";
import { type RouteFieldsInput, routeSchema } from "#lib/contract/route.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { nthRoute } from "#tests/harness/many-routes.ts";

export type Installation = {
  /** The tenants' ids and slugs; the first has `bigRoutes` routes, the others share the rest. */
  tenants: readonly { id: string; slug: string }[];
  /** Real keys, spread over the tenants and over the million. */
  keys: readonly { tenant: string; key: string }[];
};
export type Size = { tenants: number; bigRoutes: number; routes: number; keys: number; realKeys: number };

const FIRST_KEYED = 1;

/** The key that the fill makes as the nth: a well-formed one, the same in every run. */
const nthKey = (index: number): string =>
  formatCredential("apiKey", createHash("sha256").update(`bench key ${index}`).digest());

/** The text of a revision with `count` routes of a realistic mix. */
export const revisionOf = (count: number, more: Partial<RouteFieldsInput> = {}): string =>
  serializeRevision(
    Array.from({ length: count }, (_, index) =>
      routeSchema.parse({ id: uuidv7(), ...nthRoute(index), ...more }),
    ),
  );

/** Makes `content` the live revision of a tenant, as a publish does, and says so to the gateways. */
export async function publishText(client: pg.ClientBase, tenantId: string, content: string): Promise<number> {
  const { rows } = await client.query<{ number: number }>(
    `WITH next AS (SELECT coalesce(max(number), 0) + 1 AS number FROM revisions WHERE tenant_id = $1),
       made AS (INSERT INTO revisions (tenant_id, number, content, hash, route_count, published_by_label)
         SELECT $1, number, $2, repeat('0', 64), 0, 'bench' FROM next)
     UPDATE tenants SET live_revision = (SELECT number FROM next) WHERE id = $1 RETURNING live_revision AS number`,
    [tenantId, content],
  );
  return (rows[0] as { number: number }).number;
}

/**
 * Fills an empty database as a superuser: tenants with published revisions, and keys of which one in ten has rights of
 * its own, one in a hundred ends and one in a hundred has been revoked.
 */
export async function fillInstallation(
  client: pg.ClientBase,
  size: Size,
  more: Partial<RouteFieldsInput> = {},
): Promise<Installation> {
  const tenants = Array.from({ length: size.tenants }, (_, index) => ({
    id: uuidv7(),
    slug: `bench-${index}`,
  }));
  await client.query(
    "INSERT INTO tenants (id, slug, name) SELECT id, slug, slug FROM unnest($1::uuid[], $2::text[]) AS t (id, slug)",
    [tenants.map(({ id }) => id), tenants.map(({ slug }) => slug)],
  );
  const others = Math.max(1, size.tenants - 1);
  const each = Math.floor((size.routes - size.bigRoutes) / others);
  for (const [index, { id }] of tenants.entries()) {
    await publishText(client, id, revisionOf(index === 0 ? size.bigRoutes : each, more));
  }
  // Indexes on parts of words and unique ones are built many times faster than they are kept.
  await client.query("DROP INDEX IF EXISTS api_keys_search_idx");
  await client.query(
    `INSERT INTO api_keys (id, tenant_id, name, key_hash, prefix, last_four, created_by_label, authorized_requests,
       expires_at, revoked_at)
     SELECT uuidv7(), ($1::uuid[])[1 + i % cardinality($1::uuid[])], 'Partner ' || i,
       sha256(('bench ' || i)::bytea), 'gh_aaaaaa', 'aaaa', 'Somebody',
       CASE WHEN i % 10 = 3 THEN json_build_array(json_build_object('method', 'GET',
         'path', '/orders/v' || i % 50 || '/*', 'queryParameters', json_build_object())) END,
       CASE WHEN i % 100 = 4 THEN now() + interval '30 days' END, CASE WHEN i % 100 = 5 THEN now() END
     FROM generate_series(1, $2::int) i`,
    [tenants.map(({ id }) => id), size.keys],
  );
  const keys = Array.from({ length: size.realKeys }, (_, index) => {
    const nth = Math.floor((index * size.keys) / size.realKeys / 10) * 10 + FIRST_KEYED;
    const tenant = tenants[nth % tenants.length] as (typeof tenants)[number];
    return { nth, tenant: tenant.slug, key: nthKey(nth) };
  });
  await client.query(
    `UPDATE api_keys SET key_hash = sha256(key::bytea) FROM unnest($1::int[], $2::text[]) AS real (nth, key)
     WHERE key_hash = sha256(('bench ' || nth)::bytea)`,
    [keys.map(({ nth }) => nth), keys.map(({ key }) => key)],
  );
  await client.query("VACUUM ANALYZE api_keys, revisions, tenants");
  return { tenants, keys };
}
