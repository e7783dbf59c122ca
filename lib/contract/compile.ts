import { type CompiledRoute, compileRoute } from "./compiled-route.ts";
import { buildRouteTree, type RouteTree } from "./matcher.ts";
import { findProblems } from "./publish-checks.ts";
import { parseRevision, type RevisionContent } from "./revision.ts";

/** A revision as the gateway serves it: its enabled routes, ready to be matched. */
export type CompiledRevision = {
  tree: RouteTree;
  routes: readonly CompiledRoute[];
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
  const compiled = routes.filter((route) => route.enabled).map(compileRoute);
  const answersStatus = (route: CompiledRoute) =>
    route.route.target.type === "job-status" &&
    (route.method === "GET" || route.method === "ANY") &&
    route.captures.length === 1 &&
    route.apiVersion === null;
  return {
    tree: buildRouteTree(compiled),
    routes: compiled,
    jobStatus: compiled.find(answersStatus) ?? null,
  };
}
