import type { CompiledRoute } from "./compiled-route.ts";
import { isAllowedKey, type KeyRights, reachOfKey } from "./key-reach.ts";
import { methodsOverlap, patternsOverlap } from "./pattern-reach.ts";

/** Why a row of rights opens nothing: no route is like it, or those that are ask for no API key, or for other keys. */
export const IDLE_REASONS = ["no_route", "no_key_asked", "other_keys"] as const;
export type IdleReason = (typeof IDLE_REASONS)[number];
const OPENS = IDLE_REASONS.length;

/**
 * Looks at routes one by one and says how far rights open each, and afterwards which rows opened none. Rows are kept
 * by their first segment, because 500 rows times 100,000 routes would hold everybody else up for seconds.
 */
export function surveyRights(rights: KeyRights) {
  const rows = rights.authorizedRequests ?? [];
  const everyRow = rows.map((_, row) => row);
  const byFirst = new Map<string, number[]>();
  const anywhere: number[] = [];
  for (const [row, { pattern }] of rows.entries()) {
    const first = pattern.segments[0];
    if (first?.kind !== "literal") anywhere.push(row);
    else if (!byFirst.get(first.value)?.push(row)) byFirst.set(first.value, [row]);
  }
  /** How near each row has come to opening something: an index of IDLE_REASONS, or OPENS. */
  const nearest = new Uint8Array(rows.length);

  const candidates = (route: CompiledRoute): readonly number[] => {
    const first = route.pattern.segments[0];
    if (first?.kind !== "literal") return everyRow;
    const own = byFirst.get(first.value);
    return own ? [...own, ...anywhere] : anywhere;
  };

  return {
    /** As `reachOfKey`, for one route. */
    look(route: CompiledRoute): "whole" | "part" | "none" {
      if (rights.authorizedRequests === null) return reachOfKey(route, rights);
      const met = candidates(route).filter((row) => {
        const { method, pattern } = rows[row] as (typeof rows)[number];
        return methodsOverlap(method, route.method) && patternsOverlap(pattern, route.pattern);
      });
      if (met.length === 0) return "none";
      const asksForKeys = route.route.auth.mode === "api-key";
      const near = !asksForKeys ? 1 : isAllowedKey(route, rights) ? OPENS : 2;
      for (const row of met) nearest[row] = Math.max(nearest[row] as number, near);
      if (near !== OPENS) return "none";
      return reachOfKey(route, {
        ...rights,
        authorizedRequests: met.map((row) => rows[row] as (typeof rows)[number]),
      });
    },
    /** The rows that opened none of the routes looked at, by their place. */
    idle: (): { row: number; why: IdleReason }[] =>
      everyRow.flatMap((row) => {
        const why = IDLE_REASONS[nearest[row] as number];
        return why ? [{ row, why }] : [];
      }),
  };
}
