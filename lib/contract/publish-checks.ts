import { corsProblem } from "./cors.ts";
import { parsePattern, patternShape } from "./path.ts";
import type { Route } from "./route.ts";

type Shaped = Pick<Route, "id" | "method" | "path" | "apiVersion" | "enabled">;
export type PublishProblem = { routeId: string; message: string };

/** Groups of two or more enabled routes that match exactly the same requests; the gateway could not choose. */
export function findDuplicates<R extends Shaped>(routes: Iterable<R>): R[][] {
  const groups = new Map<string, R[]>();
  for (const route of routes) {
    if (!route.enabled) continue;
    const parsed = parsePattern(route.path);
    if (!parsed.ok) continue;
    const key = `${route.method} ${route.apiVersion ?? ""} ${patternShape(parsed.pattern)}`;
    const group = groups.get(key);
    if (group) group.push(route);
    else groups.set(key, [route]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/**
 * What a route asks for that the gateway does not enforce. Such a route is refused at publish and at compile, so
 * that nobody is served without the check that its document promises. Each entry reads well after "uses ".
 */
export function unsupportedFeatures(route: Route): string[] {
  const found: string[] = [];
  if (route.target.type === "lambda") found.push("a Lambda target");
  if (route.target.type === "pipeline") found.push("a pipeline target");
  if (route.validation) found.push("request validation");
  if (route.cache) found.push("response caching");
  if (route.transform) found.push("request or response transformation");
  return found;
}

function routeProblems(route: Route): string[] {
  const problems = unsupportedFeatures(route).map(
    (feature) => `uses ${feature}, which this version cannot serve`,
  );
  const cors = route.corsEnabled ? corsProblem(route.cors) : null;
  if (cors) problems.push(cors);
  if (route.target.type === "job-status") {
    const parsed = parsePattern(route.path);
    const named =
      parsed.ok && parsed.pattern.segments.some((s) => s.kind === "parameter" && s.name === "jobId");
    if (!named) problems.push("needs a path parameter :jobId, because its target is a job's status");
  }
  return problems;
}

/** Everything that keeps a set of routes from being published. Routes that are not enabled are not looked at. */
export function findProblems(routes: readonly Route[]): PublishProblem[] {
  const problems: PublishProblem[] = [];
  for (const route of routes) {
    if (!route.enabled) continue;
    for (const message of routeProblems(route)) problems.push({ routeId: route.id, message });
  }
  for (const group of findDuplicates(routes)) {
    for (const route of group) {
      const others = group.filter((other) => other !== route).map((other) => `${other.method} ${other.path}`);
      problems.push({
        routeId: route.id,
        message: `matches exactly the same requests as ${others.join(", ")}`,
      });
    }
  }
  return problems;
}
