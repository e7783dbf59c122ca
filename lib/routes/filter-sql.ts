import { Prisma } from "#lib/db/client.ts";
import type { RouteFilters } from "./schema.ts";

/** The condition that rows of draft_routes meet when they are the tenant's and match every filter. */
export function matching(tenantId: string, filters: RouteFilters): Prisma.Sql {
  const conditions = [Prisma.sql`tenant_id = ${tenantId}::uuid`];
  if (filters.prefix !== undefined) conditions.push(Prisma.sql`prefix = ${filters.prefix.slice(1)}`);
  if (filters.method) conditions.push(Prisma.sql`method = ${filters.method}`);
  if (filters.auth) conditions.push(Prisma.sql`auth_mode = ${filters.auth}`);
  if (filters.target) conditions.push(Prisma.sql`target_type = ${filters.target}`);
  if (filters.enabled !== undefined) conditions.push(Prisma.sql`enabled = ${filters.enabled}`);
  if (filters.tag !== undefined) conditions.push(Prisma.sql`strpos(tag_lines, ${`\n${filters.tag}\n`}) > 0`);
  for (const word of new Set(filters.q?.split(/\s+/).filter(Boolean) ?? [])) {
    conditions.push(Prisma.sql`strpos(search, lower(${word})) > 0`);
  }
  return Prisma.join(conditions, " AND ");
}
