import { parseRevision } from "#lib/contract/revision.ts";
import { type Route, routeFieldsSchema } from "#lib/contract/route.ts";
import type { Transaction } from "#lib/db/client.ts";

/** Every route of the tenant's draft, read with today's schema so that new fields have their defaults. */
export async function loadDraft(tx: Transaction, tenantId: string): Promise<Route[]> {
  const rows = await tx.draftRoute.findMany({
    where: { tenantId },
    select: { id: true, document: true },
  });
  return rows.map((row) => ({ id: row.id, ...routeFieldsSchema.parse(row.document) }));
}

/** The routes of a revision; none when there is no such revision. */
export async function loadRevision(
  tx: Transaction,
  tenantId: string,
  number: number | null,
): Promise<Route[]> {
  if (number === null) return [];
  const row = await tx.revision.findFirst({ where: { tenantId, number }, select: { content: true } });
  return row ? parseRevision(row.content).routes : [];
}
