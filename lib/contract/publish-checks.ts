import { corsProblem } from "./cors.ts";
import { type Finding, MAX_OTHERS } from "./lint/finding.ts";
import { parsePattern, patternShape } from "./path.ts";
import type { Route } from "./route.ts";
import { schemaErrors } from "./schema-errors.ts";
import { cacheErrors, transformErrors } from "./transform-errors.ts";

type Shaped = Pick<Route, "id" | "method" | "path" | "apiVersion" | "enabled">;
export type PublishProblem = { routeId: string; message: string };

/** Equal for enabled routes that match exactly the same requests; `shape` is the path's. */
export const placeOf = (
  { method, apiVersion }: Pick<Route, "method" | "apiVersion">,
  shape: string,
): string => `${method} ${apiVersion ?? ""} ${shape}`;

/** Groups of two or more enabled routes that match exactly the same requests; the gateway could not choose. */
export function findDuplicates<R extends Shaped>(routes: Iterable<R>): R[][] {
  const groups = new Map<string, R[]>();
  for (const route of routes) {
    if (!route.enabled) continue;
    const parsed = parsePattern(route.path);
    if (!parsed.ok) continue;
    const key = placeOf(route, patternShape(parsed.pattern));
    const group = groups.get(key);
    if (group) group.push(route);
    else groups.set(key, [route]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** Whether a job's status can be looked up by what the path carries. */
function namesJob(path: string): boolean {
  const parsed = parsePattern(path);
  return parsed.ok && parsed.pattern.segments.some((s) => s.kind === "parameter" && s.name === "jobId");
}

/** Of one route, what the gateway cannot serve as it is written. */
export function routeErrors(route: Route): Finding[] {
  const error = (code: string, field: string, message: string): Finding => ({
    code,
    severity: "error",
    routeId: route.id,
    field,
    message,
    others: [],
  });
  const errors = schemaErrors(route);
  for (const { code, field, message } of [...transformErrors(route), ...cacheErrors(route)]) {
    errors.push(error(code, field, message));
  }
  const cors = route.corsEnabled ? corsProblem(route.cors) : null;
  if (cors) errors.push(error("cors_any_origin_with_credentials", "cors.allowCredentials", cors));
  if (route.target.type === "job-status" && !namesJob(route.path)) {
    const message = "needs a path parameter :jobId, because its target is a job's status";
    errors.push(error("job_status_without_job_id", "path", message));
  }
  return errors;
}

/** One error at each route of a group that matches exactly the same requests, or at one of them. */
export function duplicateErrors(group: readonly Shaped[], only?: Shaped): Finding[] {
  return (only ? [only] : group).map((route) => {
    const others = group.filter((other) => other !== route);
    const named = others.slice(0, MAX_OTHERS).map(({ id, method, path }) => ({ id, method, path }));
    const more = others.length > named.length ? ` and ${others.length - named.length} more` : "";
    return {
      code: "duplicate_route",
      severity: "error",
      routeId: route.id,
      field: "path",
      message: `matches exactly the same requests as ${named.map((o) => `${o.method} ${o.path}`).join(", ")}${more}`,
      others: named,
    };
  });
}

/** Everything that keeps a set of routes from being served. Routes that are not enabled are not looked at. */
export function findErrors(routes: readonly Route[]): Finding[] {
  const enabled = routes.filter((route) => route.enabled);
  return [
    ...enabled.flatMap(routeErrors),
    ...findDuplicates(enabled).flatMap((group) => duplicateErrors(group)),
  ];
}

/** The same as the gateway words it, after a route's method and path. */
export const findProblems = (routes: readonly Route[]): PublishProblem[] =>
  findErrors(routes).map(({ routeId, message }) => ({ routeId: routeId as string, message }));
