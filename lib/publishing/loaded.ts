import { type CompiledRoutes, compileRoutes } from "#lib/contract/compile.ts";
import { parseRevision } from "#lib/contract/revision.ts";
import { type Route, routeFieldsSchema } from "#lib/contract/route.ts";
import type { Transaction } from "#lib/db/client.ts";
import { createRouteCache } from "./route-cache.ts";

/** A set of routes in memory, with what questions about it need; shared between callers, so never to be changed. */
export type LoadedRoutes = {
  /** The draft's version, or the revision's number; 0 when there is no such thing. */
  version: number;
  routes: readonly Route[];
  byId: ReadonlyMap<string, Route>;
  /** The enabled routes, ready to be matched; of those that match the same requests the first is kept. */
  compiled(): CompiledRoutes;
};

const BATCH = 500;
type DraftRow = { route: Route; stamp: string };
const drafts = createRouteCache<{
  stamp: string;
  rows: ReadonlyMap<string, DraftRow>;
  loaded: LoadedRoutes;
}>();
const revisions = createRouteCache<LoadedRoutes>();

function load(version: number, routes: readonly Route[]): LoadedRoutes {
  const byId = new Map(routes.map((route) => [route.id, route]));
  let compiled: CompiledRoutes | undefined;
  return { version, routes, byId, compiled: () => (compiled ??= compileRoutes(routes)) };
}

/** A big draft must not hold up everybody else's requests while it is read. */
async function inBatches<Row>(rows: readonly Row[], each: (row: Row) => void): Promise<void> {
  for (const [index, row] of rows.entries()) {
    if (index > 0 && index % BATCH === 0) await new Promise((resolve) => setImmediate(resolve));
    each(row);
  }
}

/**
 * The tenant's draft, read with today's schema so that new fields have their defaults. Only routes that changed
 * since this process last looked are read again. Whether anything did is asked of the caller's own transaction, so
 * a caller never sees what the transaction may not; rows are told apart by version and the transaction that wrote
 * them, because a version that was rolled back can be given out a second time.
 */
export async function loadDraft(tx: Transaction, tenantId: string): Promise<LoadedRoutes> {
  const [draft] = await tx.$queryRaw<{ version: bigint; stamp: string }[]>`
    SELECT version, version || '.' || xmin::text AS stamp FROM drafts WHERE tenant_id = ${tenantId}::uuid`;
  if (!draft) return load(0, []);
  const known = drafts.get(tenantId);
  if (known?.stamp === draft.stamp) return known.loaded;

  const stamps = await tx.$queryRaw<{ id: string; stamp: string }[]>`
    SELECT id, version || '.' || xmin::text AS stamp FROM draft_routes
    WHERE tenant_id = ${tenantId}::uuid ORDER BY path, method, id`;
  const stale = stamps.filter(({ id, stamp }) => known?.rows.get(id)?.stamp !== stamp).map(({ id }) => id);
  const read = new Map<string, Route>();
  if (stale.length > 0) {
    const documents = await tx.$queryRaw<{ id: string; document: unknown }[]>`
      SELECT id, document FROM draft_routes WHERE tenant_id = ${tenantId}::uuid AND id = ANY(${stale}::uuid[])`;
    await inBatches(documents, ({ id, document }) => {
      read.set(id, { id, ...routeFieldsSchema.parse(document) });
    });
  }
  const rows = new Map<string, DraftRow>();
  for (const { id, stamp } of stamps) {
    const route = read.get(id) ?? known?.rows.get(id)?.route;
    if (route) rows.set(id, { route, stamp });
  }
  const routes = [...rows.values()].map(({ route }) => route);
  const loaded = load(Number(draft.version), routes);
  drafts.set(tenantId, { stamp: draft.stamp, rows, loaded }, routes.length);
  return loaded;
}

const revisionKey = (tenantId: string, number: number, hash: string) => `${tenantId} ${number} ${hash}`;

/**
 * Keeps the routes of a revision that was just made from them, so that nobody has to read them back. The hash tells
 * it from another revision that gets the number if this one's transaction fails.
 */
export function rememberRevision(
  tenantId: string,
  { number, hash }: { number: number; hash: string },
  routes: readonly Route[],
): void {
  revisions.set(revisionKey(tenantId, number, hash), load(number, routes), routes.length);
}

/** A revision's routes; none when there is no such revision. A revision never changes, so it is read once. */
export async function loadRevision(
  tx: Transaction,
  tenantId: string,
  number: number | null,
): Promise<LoadedRoutes> {
  if (number === null) return load(0, []);
  const row = await tx.revision.findFirst({ where: { tenantId, number }, select: { hash: true } });
  if (!row) return load(0, []);
  const id = revisionKey(tenantId, number, row.hash);
  const known = revisions.get(id);
  if (known) return known;
  const stored = await tx.revision.findFirst({ where: { tenantId, number }, select: { content: true } });
  const loaded = load(number, stored ? parseRevision(stored.content).routes : []);
  revisions.set(id, loaded, loaded.routes.length);
  return loaded;
}
