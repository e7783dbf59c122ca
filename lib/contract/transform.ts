import type { CompiledRoute } from "./compiled-route.ts";
import { fillPathTemplate, type PathTemplate, parsePathTemplate } from "./path-template.ts";

export type HeaderPairs = readonly (readonly [name: string, value: string])[];
type Side = "request" | "response";
/** What becomes of headers: these names go, whatever their case, and then these come. */
export type HeaderChange = { removed: ReadonlySet<string>; set: HeaderPairs };
export type Transform = {
  request: HeaderChange | null;
  response: HeaderChange | null;
  path: PathTemplate | null;
};

const NONE: Transform = { request: null, response: null, path: null };
const compiled = new WeakMap<CompiledRoute, Transform>();

type HeaderFields = { setHeaders: Record<string, string>; removeHeaders: readonly string[] };

/** Targets get all names in lower case; callers get them as they were written. */
function headerChange(side: Side, { setHeaders, removeHeaders }: HeaderFields): HeaderChange | null {
  const set = Object.entries(setHeaders).map(
    ([name, value]) => [side === "request" ? name.toLowerCase() : name, value] as const,
  );
  if (set.length === 0 && removeHeaders.length === 0) return null;
  const names = [...removeHeaders, ...set.map(([name]) => name)];
  return { removed: new Set(names.map((name) => name.toLowerCase())), set };
}

/** A route's transformation, worked out once. A path that cannot be filled, which no revision has, is left alone. */
export function transformOf(route: CompiledRoute): Transform {
  const { transform } = route.route;
  if (transform === null) return NONE;
  let found = compiled.get(route);
  if (!found) {
    const { request, response } = transform;
    const parsed = request.path === null ? null : parsePathTemplate(request.path, route.pattern.segments);
    found = {
      request: headerChange("request", request),
      response: headerChange("response", response),
      path: parsed?.ok ? parsed.template : null,
    };
    compiled.set(route, found);
  }
  return found;
}

/** The path that the target gets in place of the caller's; null when the caller's own is passed on. */
export function rewrittenPath(route: CompiledRoute, segments: readonly string[]): string | null {
  const { path } = transformOf(route);
  return path && fillPathTemplate(path, segments);
}

/** Headers after a change: what is removed or set anew is gone, and what is set stands at the end. */
export function changeHeaders(change: HeaderChange | null, pairs: HeaderPairs): HeaderPairs {
  if (!change) return pairs;
  return [...pairs.filter(([name]) => !change.removed.has(name.toLowerCase())), ...change.set];
}

const listed = (names: readonly string[]) => names.map((name) => name.toLowerCase()).join(", ");

/** What a transformation does to one request, for people; null when it does nothing. Values may be secrets. */
export function describeTransform(route: CompiledRoute, segments: readonly string[]): string | null {
  const { request } = transformOf(route);
  const path = rewrittenPath(route, segments);
  const words: string[] = [];
  if (path !== null) words.push(`as ${path}`);
  const set = request?.set.map(([name]) => name) ?? [];
  const removed = route.route.transform?.request.removeHeaders ?? [];
  if (set.length > 0) words.push(`with ${listed(set)} set`);
  if (removed.length > 0) words.push(`without ${listed(removed)}`);
  return words.length > 0 ? words.join(", ") : null;
}
