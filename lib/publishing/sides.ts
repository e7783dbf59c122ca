import type { Transaction } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { type Comparison, compareRoutes } from "./comparison.ts";
import { type LoadedRoutes, loadDraft, loadRevision } from "./loaded.ts";
import type { Side } from "./schema.ts";

const NOTHING: LoadedRoutes = {
  version: 0,
  routes: [],
  byId: new Map(),
  compiled: () => {
    throw new Error("nothing is not matched against");
  },
};

/** The number of what is live, null for nothing. */
export async function liveRevision(tx: Transaction, tenantId: string): Promise<number | null> {
  const tenant = await tx.tenant.findFirst({ where: { id: tenantId }, select: { liveRevision: true } });
  if (!tenant) throw notFound("tenant");
  return tenant.liveRevision;
}

/** The routes of one side of a comparison. Throws `not_found` for a revision that does not exist. */
export async function loadSide(tx: Transaction, tenantId: string, side: Side): Promise<LoadedRoutes> {
  if (side === "draft") return loadDraft(tx, tenantId);
  const number = side === "live" ? await liveRevision(tx, tenantId) : side;
  if (number === null) return NOTHING;
  const loaded = await loadRevision(tx, tenantId, number);
  if (loaded.version !== number) throw notFound("revision");
  return loaded;
}

/** Comparisons of sets that are still in memory; a set is never changed, so neither is what was found. */
const compared = new WeakMap<LoadedRoutes, WeakMap<LoadedRoutes, Comparison>>();

/** How two loaded sides differ, found out once for as long as both are kept. */
export function compareLoaded(from: LoadedRoutes, to: LoadedRoutes): Comparison {
  let others = compared.get(from);
  if (!others) {
    others = new WeakMap();
    compared.set(from, others);
  }
  let comparison = others.get(to);
  if (!comparison) {
    comparison = compareRoutes(from.routes, to.routes);
    others.set(to, comparison);
  }
  return comparison;
}

/** How two sides differ. Throws `not_found` for a revision that does not exist. */
export async function compareSides(
  tx: Transaction,
  tenantId: string,
  { from, to }: { from: Side; to: Side },
): Promise<Comparison> {
  return compareLoaded(await loadSide(tx, tenantId, from), await loadSide(tx, tenantId, to));
}
