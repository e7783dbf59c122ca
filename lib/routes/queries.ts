import { z } from "zod";
import { decodeCursor, type Page, toPage } from "#lib/api/page.ts";
import { defineQuery } from "#lib/command/define.ts";
import { canonicalJson } from "#lib/contract/canonical-json.ts";
import { type Route, type RouteFields, routeFieldsSchema } from "#lib/contract/route.ts";
import { Prisma } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { loadRevision } from "#lib/publishing/loaded.ts";
import { matching } from "./filter-sql.ts";
import type { ROUTE_SORTS } from "./rules.ts";
import type { DraftRoute, Facets, ListedRoute, RouteFilters } from "./schema.ts";

export { checkSchema } from "./schema-check.ts";

export type DraftRouteRow = {
  id: string;
  document: Prisma.JsonValue;
  version: number;
  createdAt: Date;
  updatedAt: Date;
};

/** The stored document with what the database knows about it. */
export function toDraftRoute(row: DraftRouteRow): DraftRoute {
  return {
    id: row.id,
    ...(row.document as unknown as RouteFields),
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function publishedOf(row: DraftRouteRow, live: ReadonlyMap<string, Route>): ListedRoute["published"] {
  const frozen = live.get(row.id);
  if (!frozen) return "new";
  const { id: _, ...fields } = frozen;
  const text = canonicalJson(fields);
  if (canonicalJson(row.document) === text) return "same";
  // A document from before a field was thought of means that field's default.
  const read = routeFieldsSchema.safeParse(row.document);
  return read.success && canonicalJson(read.data) === text ? "same" : "changed";
}

type Sort = (typeof ROUTE_SORTS)[number];
type ListInput = RouteFilters & { limit: number; cursor?: string | undefined; sort?: Sort | undefined };
type ListRow = DraftRouteRow & { path: string; method: string };

const ORDERS: Record<Sort, { by: Prisma.Sql; cursorOf: (row: ListRow) => string[] }> = {
  path: {
    by: Prisma.sql`prefix, path, method, id`,
    cursorOf: (row) => [row.path, row.method, row.id],
  },
  updated: {
    by: Prisma.sql`updated_at DESC, id DESC`,
    cursorOf: (row) => [row.updatedAt.toISOString(), row.id],
  },
};

/** The rows that come after a cursor of that order. Throws `invalid_input` for one of another list or order. */
function following(cursor: string | undefined, sort: Sort): Prisma.Sql {
  if (sort === "updated") {
    const after = decodeCursor(cursor, [z.iso.datetime(), z.uuid()]);
    return after
      ? Prisma.sql`AND (updated_at, id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`
      : Prisma.empty;
  }
  const after = decodeCursor(cursor, [z.string(), z.string(), z.uuid()]);
  return after
    ? Prisma.sql`AND (prefix, path, method, id) >
        (split_part(${after[0]}, '/', 2), ${after[0]}, ${after[1]}, ${after[2]}::uuid)`
    : Prisma.empty;
}

/** One page of the draft's routes that match, by first segment and path or by when they were changed last. */
export const listRoutes = defineQuery(
  "tenant.read",
  async ({ tx, actor }, input: ListInput): Promise<Page<ListedRoute>> => {
    const tenantId = actor.tenant.id;
    const sort = input.sort ?? "path";
    const rows = await tx.$queryRaw<ListRow[]>`
      SELECT id, path, method, document, version, created_at AS "createdAt", updated_at AS "updatedAt"
      FROM draft_routes WHERE ${matching(tenantId, input)} ${following(input.cursor, sort)}
      ORDER BY ${ORDERS[sort].by} LIMIT ${input.limit + 1}`;
    const tenant = await tx.tenant.findFirst({ where: { id: tenantId }, select: { liveRevision: true } });
    const { byId } = await loadRevision(tx, tenantId, tenant?.liveRevision ?? null);
    return toPage(rows, input.limit, ORDERS[sort].cursorOf, (row) => ({
      ...toDraftRoute(row),
      published: publishedOf(row, byId),
    }));
  },
);

const COUNT_CAP = 10_000;

/** How many routes match, counted no further than 10,000. */
export const countRoutes = defineQuery("tenant.read", async ({ tx, actor }, filters: RouteFilters) => {
  const [row] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM (
      SELECT FROM draft_routes WHERE ${matching(actor.tenant.id, filters)} LIMIT ${COUNT_CAP + 1}) counted`;
  const found = row?.count ?? 0;
  return { count: Math.min(found, COUNT_CAP), capped: found > COUNT_CAP };
});

/** The first segments (500) and the tags (200) that most routes have, each in alphabetical order. */
export const getFacets = defineQuery("tenant.read", async ({ tx, actor }): Promise<Facets> => {
  const mine = Prisma.sql`tenant_id = ${actor.tenant.id}::uuid`;
  const prefixes = await tx.$queryRaw<Facets["prefixes"]>`
    SELECT * FROM (
      SELECT '/' || prefix AS value, count(*)::int AS count FROM draft_routes
      WHERE ${mine} GROUP BY prefix ORDER BY count DESC, value LIMIT 500) most ORDER BY value`;
  const tags = await tx.$queryRaw<Facets["tags"]>`
    SELECT * FROM (
      SELECT tag AS value, count(*)::int AS count
      FROM draft_routes, unnest(string_to_array(btrim(tag_lines, E'\n'), E'\n')) AS tag
      WHERE ${mine} AND tag_lines <> '' GROUP BY tag ORDER BY count DESC, tag LIMIT 200) most ORDER BY value`;
  return { prefixes, tags };
});

/** One route of the draft. Throws `not_found`. */
export const getRoute = defineQuery("tenant.read", async ({ tx, actor }, input: { id: string }) => {
  const row = await tx.draftRoute.findFirst({ where: { id: input.id, tenantId: actor.tenant.id } });
  if (!row) throw notFound("route");
  return toDraftRoute(row);
});
