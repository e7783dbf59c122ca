import type { CompiledRequests } from "./authorized-requests.ts";
import type { CompiledRoute } from "./compiled-route.ts";
import { methodCovers, methodsOverlap, patternCovers, patternsOverlap } from "./pattern-reach.ts";

/** What decides which routes a key opens: who it is, whom it took over from, and what it may ask for. */
export type KeyRights = {
  id: string;
  succeeds: readonly string[];
  authorizedRequests: CompiledRequests | null;
};

/** Whether a route that names keys names this one, or one that it took over from. */
export function isAllowedKey(route: CompiledRoute, key: Pick<KeyRights, "id" | "succeeds">): boolean {
  const { allowedKeys } = route;
  return !allowedKeys || allowedKeys.has(key.id) || key.succeeds.some((id) => allowedKeys.has(id));
}

/**
 * How far a key opens a route that asks for keys: `whole`, `part` when only some of the route's requests are
 * covered by the key's rights, `none`. Errs on the side of `part`: several entries that together cover a route
 * are not added up.
 */
export function reachOfKey(route: CompiledRoute, key: KeyRights): "whole" | "part" | "none" {
  if (route.route.auth.mode !== "api-key" || !isAllowedKey(route, key)) return "none";
  if (key.authorizedRequests === null) return "whole";
  let reach: "part" | "none" = "none";
  for (const { method, pattern, parameters } of key.authorizedRequests) {
    if (!methodsOverlap(method, route.method) || !patternsOverlap(pattern, route.pattern)) continue;
    const covers =
      methodCovers(method, route.method) && patternCovers(pattern, route.pattern) && parameters.length === 0;
    if (covers) return "whole";
    reach = "part";
  }
  return reach;
}
