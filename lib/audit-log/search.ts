import { Prisma, type Transaction } from "#lib/db/client.ts";
import { actionsMeant } from "./rules.ts";
import type { AuditFilters } from "./schema.ts";

/** More people or tokens than this with the same beginning of a name are not asked for one by one. */
const MOST_ACTORS = 50;
/** More pairs of conditions than this are not asked for one by one either. */
const MOST_WAYS = 60;
const MOST_ACTIONS = 200;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Every action that the tenant's log holds: jumps from one to the next in the index, however many entries each has. */
export async function actionsIn(tx: Transaction, tenantId: string): Promise<string[]> {
  const rows = await tx.$queryRaw<{ action: string }[]>`
    WITH RECURSIVE found AS (
      (SELECT action FROM audit_entries WHERE tenant_id = ${tenantId}::uuid ORDER BY action LIMIT 1)
      UNION ALL
      SELECT (SELECT e.action FROM audit_entries e WHERE e.tenant_id = ${tenantId}::uuid AND e.action > found.action
        ORDER BY e.action LIMIT 1) FROM found WHERE found.action IS NOT NULL)
    SELECT action FROM found WHERE action IS NOT NULL LIMIT ${MOST_ACTIONS}`;
  return rows.map(({ action }) => action);
}

/** What begins with it lies before what begins with it and goes on with the greatest character there is. */
const before = (label: Prisma.Sql, beginning: string) =>
  Prisma.sql`${label} COLLATE "C" < ${`${beginning}\u{10FFFF}`}`;

/** The actors whose label begins with this, in the order of their labels. */
export async function actorsIn(
  tx: Transaction,
  tenantId: string,
  beginning: string,
  most: number,
): Promise<string[]> {
  const rows = await tx.$queryRaw<{ label: string }[]>`
    WITH RECURSIVE found AS (
      (SELECT actor_label AS label FROM audit_entries WHERE tenant_id = ${tenantId}::uuid
        AND actor_label COLLATE "C" >= ${beginning} AND ${before(Prisma.sql`actor_label`, beginning)}
        ORDER BY actor_label COLLATE "C" LIMIT 1)
      UNION ALL
      SELECT (SELECT e.actor_label FROM audit_entries e WHERE e.tenant_id = ${tenantId}::uuid
        AND e.actor_label COLLATE "C" > found.label COLLATE "C" AND ${before(Prisma.sql`e.actor_label`, beginning)}
        ORDER BY e.actor_label COLLATE "C" LIMIT 1) FROM found WHERE found.label IS NOT NULL)
    SELECT label FROM found WHERE label IS NOT NULL LIMIT ${most}`;
  return rows.map(({ label }) => label);
}

/** What must hold of every entry, whichever way it is found. */
function always(tenantId: string, filters: AuditFilters): Prisma.Sql[] {
  const { target, request, from, to, support } = filters;
  return [
    Prisma.sql`tenant_id = ${tenantId}::uuid`,
    ...(target ? [Prisma.sql`target_id = ${target}`] : []),
    ...(request ? [Prisma.sql`request_id = ${request}`] : []),
    ...(from ? [Prisma.sql`at >= ${from}::timestamptz`] : []),
    ...(to ? [Prisma.sql`at < ${to}::timestamptz`] : []),
    ...(support ? [Prisma.sql`support_session_id IS NOT NULL`] : []),
  ];
}

const byLabel = (label: string) => Prisma.sql`actor_label COLLATE "C" = ${label}`;
const byAction = (action: string) => Prisma.sql`action = ${action}`;

/** Actors whose label begins with this: each by itself, or, where they are too many for that, all as one. */
async function byBeginning(tx: Transaction, tenantId: string, beginning: string): Promise<Prisma.Sql[]> {
  const labels = await actorsIn(tx, tenantId, beginning, MOST_ACTORS + 1);
  if (labels.length <= MOST_ACTORS) return labels.map(byLabel);
  return [
    Prisma.sql`(actor_label COLLATE "C" >= ${beginning} AND ${before(Prisma.sql`actor_label`, beginning)})`,
  ];
}

/** The same conditions in no more pairs than are asked for: where one part has very many, they become a single one. */
function fewer(parts: Prisma.Sql[][]): Prisma.Sql[][] {
  if (parts.reduce((pairs, part) => pairs * part.length, 1) <= MOST_WAYS) return parts;
  const longest = parts.reduce((found, part) => (part.length > found.length ? part : found));
  return fewer(parts.map((part) => (part === longest ? [Prisma.sql`(${Prisma.join(part, " OR ")})`] : part)));
}

/** All pairs of one from each; no condition at all when there are no parts. */
const together = (parts: readonly (readonly Prisma.Sql[])[]): Prisma.Sql[][] =>
  parts.reduce<Prisma.Sql[][]>(
    (all, part) => all.flatMap((before) => part.map((each) => [...before, each])),
    [[]],
  );

/**
 * The conditions under which entries are looked for, each of which an index answers in the order of time; what is found
 * under any of them is meant. None when nothing can match.
 */
export async function waysTo(
  tx: Transaction,
  tenantId: string,
  filters: AuditFilters,
): Promise<Prisma.Sql[]> {
  const { q, actor, action } = filters;
  const parts: Prisma.Sql[][] = [];
  const actions = action || q ? await actionsIn(tx, tenantId) : [];
  if (action) {
    parts.push(actions.filter((one) => one === action || one.startsWith(`${action}.`)).map(byAction));
  }
  if (actor) parts.push(await byBeginning(tx, tenantId, actor));
  if (q) {
    parts.push([
      Prisma.sql`target_id = ${q}`,
      Prisma.sql`request_id = ${q}`,
      Prisma.sql`ip = ${q}`,
      ...(UUID.test(q) ? [Prisma.sql`actor_token_id = ${q}::uuid`] : []),
      ...(await byBeginning(tx, tenantId, q)),
      ...actionsMeant(actions, q).map(byAction),
    ]);
  }
  const base = always(tenantId, filters);
  return together(fewer(parts)).map((conditions) => Prisma.join([...base, ...conditions], " AND "));
}
