import type { Route } from "../route.ts";
import { factFindings } from "./fact-rules.ts";
import type { LintFacts } from "./facts.ts";
import type { Finding } from "./finding.ts";
import { asSentence } from "./make.ts";
import { indexReach, type ReachIndex, reachFindings } from "./reach.ts";
import { routeFindings } from "./route-rules.ts";

/** Everything about one route; of a route that is switched off, what does not depend on the others. */
export function lintRoute(route: Route, index: ReachIndex, facts: LintFacts): Finding[] {
  const found = [...routeFindings(route), ...factFindings(route, facts), ...reachFindings(index, route.id)];
  return found.map((finding) => ({ ...finding, message: asSentence(finding.message) }));
}

/** Everything about a set of routes, in their order. Routes that are switched off answer nobody and are left out. */
export function lintRoutes(
  routes: readonly Route[],
  facts: LintFacts,
  index = indexReach(routes),
): Finding[] {
  return routes.filter((route) => route.enabled).flatMap((route) => lintRoute(route, index, facts));
}

/** One route as it would stand in the set, in place of the one with its id or beside the others. */
export function lintCandidate(candidate: Route, routes: readonly Route[], facts: LintFacts): Finding[] {
  const others = routes.filter((route) => route.id !== candidate.id);
  return lintRoute(candidate, indexReach([...others, candidate]), facts);
}
