import { z } from "zod";
import { decodeCursor, type Page, toPage } from "#lib/api/page.ts";
import { defineQuery } from "#lib/command/define.ts";
import type { RouteFields } from "#lib/contract/route.ts";
import { Prisma } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import type { DraftRoute, RouteFilters } from "./schema.ts";

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

type ListInput = RouteFilters & { limit: number; cursor?: string | undefined };

/** One page of the draft's routes, by path, then method. `q` is looked for in path and name. */
export const listRoutes = defineQuery("tenant.read", async ({ tx, actor }, input: ListInput) => {
  const after = decodeCursor(input.cursor, [z.string(), z.string(), z.uuid()]);
  const conditions = [Prisma.sql`tenant_id = ${actor.tenant.id}::uuid`];
  if (after) {
    conditions.push(Prisma.sql`(path, method, id) > (${after[0]}, ${after[1]}, ${after[2]}::uuid)`);
  }
  if (input.method) conditions.push(Prisma.sql`method = ${input.method}`);
  if (input.auth) conditions.push(Prisma.sql`document->'auth'->>'mode' = ${input.auth}`);
  if (input.q) {
    const pattern = `%${input.q.replace(/[\\%_]/g, "\\$&")}%`;
    conditions.push(Prisma.sql`(path ILIKE ${pattern} OR document->>'name' ILIKE ${pattern})`);
  }
  const rows = await tx.$queryRaw<(DraftRouteRow & { path: string; method: string })[]>`
    SELECT id, path, method, document, version, created_at AS "createdAt", updated_at AS "updatedAt"
    FROM draft_routes WHERE ${Prisma.join(conditions, " AND ")}
    ORDER BY path, method, id LIMIT ${input.limit + 1}`;
  return toPage(rows, input.limit, (row) => [row.path, row.method, row.id], toDraftRoute) as Page<DraftRoute>;
});

/** One route of the draft. Throws `not_found`. */
export const getRoute = defineQuery("tenant.read", async ({ tx, actor }, input: { id: string }) => {
  const row = await tx.draftRoute.findFirst({ where: { id: input.id, tenantId: actor.tenant.id } });
  if (!row) throw notFound("route");
  return toDraftRoute(row);
});
