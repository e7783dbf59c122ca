/** Rows of a list that is read again and again, and how many new ones are kept back. */
export type SteadyRows<Row> = { rows: readonly Row[]; waiting: number };

/**
 * What a live list shows. While somebody points at it (`held`), no row may move: those shown take their new values
 * where they are, and new ones wait. Otherwise it is what was read last.
 */
export function steadyRows<Row extends { id: string }>(
  shown: readonly Row[],
  fresh: readonly Row[],
  held: boolean,
): SteadyRows<Row> {
  if (!held) return { rows: fresh, waiting: 0 };
  const byId = new Map(fresh.map((row) => [row.id, row]));
  const known = new Set(shown.map((row) => row.id));
  return {
    rows: shown.map((row) => byId.get(row.id) ?? row),
    waiting: fresh.filter((row) => !known.has(row.id)).length,
  };
}
