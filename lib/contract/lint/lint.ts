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

/** The first segment of a path when it is a plain word; null when it can stand for others or be spelled otherwise. */
function firstWord(path: string): string | null {
  const end = path.indexOf("/", 1);
  const word = path.slice(1, end === -1 ? undefined : end);
  return word === "" || /[:{}*+%]/.test(word) ? null : word;
}

/**
 * One route as it would stand in the set, in place of the one with its id or beside the others. Routes that begin
 * with another word have nothing to do with it, and are not arranged for it.
 */
export function lintCandidate(candidate: Route, routes: readonly Route[], facts: LintFacts): Finding[] {
  const word = firstWord(candidate.path);
  const others = routes.filter(({ id, path }) => {
    if (id === candidate.id) return false;
    if (word === null) return true;
    const other = firstWord(path);
    return other === null || other === word;
  });
  return lintRoute(candidate, indexReach([...others, candidate]), facts);
}
