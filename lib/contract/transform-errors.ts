import { isCorsHeader } from "./cors.ts";
import { CACHE_OWN, FORWARDED, FRAMING, GATEWAY_OWN, HOP_BY_HOP, SECRET_HEADERS } from "./header-names.ts";
import { parsePattern } from "./path.ts";
import { parsePathTemplate } from "./path-template.ts";
import type { Route } from "./route.ts";

/** What keeps a route from being served: it reads well after the route's method and path. */
export type PlacedError = { code: string; field: string; message: string };

/** Why a transformation may not touch this header of a request; null when it may. */
function requestHeaderProblem(name: string): string | null {
  if (HOP_BY_HOP.has(name)) return "belongs to one connection only";
  if (FRAMING.has(name)) return "says where the request goes or how its body is sent";
  if (name === "x-request-id" || FORWARDED.has(name)) return "is what the gateway itself says to targets";
  return null;
}

function responseHeaderProblem(route: Route, name: string): string | null {
  if (HOP_BY_HOP.has(name)) return "belongs to one connection only";
  if (FRAMING.has(name)) return "says how the body is sent";
  if (GATEWAY_OWN.has(name)) return "is what the gateway itself says to callers";
  if (route.corsEnabled && isCorsHeader(name)) return "is the gateway's own while the route has CORS";
  if (route.cache && CACHE_OWN.has(name)) return "is the gateway's own while the route has a cache";
  return null;
}

function headerErrors(route: Route, side: "request" | "response"): PlacedError[] {
  const fields = route.transform?.[side];
  if (!fields) return [];
  const errors: PlacedError[] = [];
  const set = Object.keys(fields.setHeaders);
  const isJob = ["job", "pipeline"].includes(route.target.type);
  const seen = new Set<string>();
  for (const name of set) {
    const lower = name.toLowerCase();
    const field = `transform.${side}.setHeaders`;
    if (seen.has(lower)) {
      const message = `sets the ${side} header ${name} twice, in different cases`;
      errors.push({ code: "repeated_header", field, message });
    }
    seen.add(lower);
    if (side === "request" && isJob && SECRET_HEADERS.has(lower)) {
      const message = `sets the request header ${name}, but a job's input never carries credentials`;
      errors.push({ code: "secret_in_job", field, message });
    }
  }
  for (const [names, does, list] of [
    [set, "sets", "setHeaders"],
    [fields.removeHeaders, "removes", "removeHeaders"],
  ] as const) {
    for (const name of names) {
      const lower = name.toLowerCase();
      const why = side === "request" ? requestHeaderProblem(lower) : responseHeaderProblem(route, lower);
      if (!why) continue;
      const message = `${does} the ${side} header ${name}, which ${why}`;
      errors.push({ code: "reserved_header", field: `transform.${side}.${list}`, message });
    }
  }
  return errors;
}

function pathErrors(route: Route): PlacedError[] {
  const path = route.transform?.request.path ?? null;
  const pattern = parsePattern(route.path);
  if (path === null || !pattern.ok) return [];
  const parsed = parsePathTemplate(path, pattern.pattern.segments);
  if (parsed.ok) return [];
  const code = parsed.unknown === null ? "bad_rewritten_path" : "unknown_parameter";
  const message = `gives its target a path that ${parsed.message}`;
  return [{ code, field: "transform.request.path", message }];
}

/** Of one route's transformation, what the gateway could not or must not carry out. */
export function transformErrors(route: Route): PlacedError[] {
  const { transform, target } = route;
  if (!transform) return [];
  const { setHeaders, removeHeaders, path } = transform.request;
  const changes = path !== null || removeHeaders.length > 0 || Object.keys(setHeaders).length > 0;
  if (target.type === "job-status" && changes) {
    const message =
      "changes the request for its target, but a job's status is answered by the gateway itself";
    return [
      { code: "transform_without_target", field: "transform.request", message },
      ...headerErrors(route, "response"),
    ];
  }
  return [...headerErrors(route, "request"), ...pathErrors(route), ...headerErrors(route, "response")];
}

/** A cache in front of a target whose answers are never alike. */
export function cacheErrors({ cache, target }: Route): PlacedError[] {
  if (!cache || !["job", "pipeline", "job-status"].includes(target.type)) return [];
  const what =
    target.type === "job-status" ? "a job's status changes" : "each request makes a job of its own";
  return [{ code: "cache_on_job", field: "cache", message: `caches answers, but ${what}` }];
}
