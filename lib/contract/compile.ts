import { type CompiledRoute, compileRoute } from "./compiled-route.ts";
import { buildRouteTree, type RouteTree } from "./matcher.ts";
import { findProblems } from "./publish-checks.ts";
import { parseRevision, type RevisionContent } from "./revision.ts";
import type { Route } from "./route.ts";

/** Enabled routes, ready to be matched. */
export type CompiledRoutes = { tree: RouteTree; routes: readonly CompiledRoute[] };

/** A revision as the gateway serves it. */
export type CompiledRevision = CompiledRoutes & {
  /** The route that answers a job's status, for the Location of an enqueued job. */
  jobStatus: CompiledRoute | null;
};

/** A revision that cannot be served as its author meant it, and is therefore not served at all. */
export class RevisionError extends Error {
  override name = "RevisionError";
}

const MAX_LISTED = 5;

function parse(content: string | RevisionContent): RevisionContent {
  if (typeof content !== "string") return content;
  try {
    return parseRevision(content);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new RevisionError(`The revision cannot be read: ${message.slice(0, 500)}`);
  }
}

/** Each route is compiled once, however many sets it is in: documents are never changed in place. */
const compiledOnce = new WeakMap<Route, CompiledRoute>();

/** Compiles the enabled ones of `routes`, whether they could be published or not. */
export function compileRoutes(routes: readonly Route[]): CompiledRoutes {
  const compiled: CompiledRoute[] = [];
  for (const route of routes) {
    if (!route.enabled) continue;
    let one = compiledOnce.get(route);
    if (!one) {
      one = compileRoute(route);
      compiledOnce.set(route, one);
    }
    compiled.push(one);
  }
  return { tree: buildRouteTree(compiled), routes: compiled };
}

/** Compiles a revision's content, given as text or parsed. Throws RevisionError when any part is not servable. */
export function compileRevision(content: string | RevisionContent): CompiledRevision {
  const { routes } = parse(content);
  const problems = findProblems(routes);
  if (problems.length > 0) {
    const byId = new Map(routes.map((route) => [route.id, route]));
    const lines = problems.slice(0, MAX_LISTED).map(({ routeId, message }) => {
      const route = byId.get(routeId);
      return `${route?.method} ${route?.path} ${message}`;
    });
    const more = problems.length > MAX_LISTED ? ` (and ${problems.length - MAX_LISTED} more)` : "";
    throw new RevisionError(`The revision cannot be served: ${lines.join("; ")}${more}`);
  }
  const compiled = compileRoutes(routes);
  const answersStatus = (route: CompiledRoute) =>
    route.route.target.type === "job-status" &&
    (route.method === "GET" || route.method === "ANY") &&
    route.captures.length === 1 &&
    route.apiVersion === null;
  return { ...compiled, jobStatus: compiled.routes.find(answersStatus) ?? null };
}
