import { type CompiledCors, compileCors } from "./cors.ts";
import type { Method } from "./methods.ts";
import { type ParsedPattern, type PatternSegment, parsePattern, patternShape } from "./path.ts";
import type { Cors, Route } from "./route.ts";

type Capture = { name: string; index: number; rest: boolean };

/** A route with everything that does not depend on the request worked out once. */
export type CompiledRoute = {
  id: string;
  method: Method;
  apiVersion: string | null;
  route: Route;
  pattern: ParsedPattern;
  /** Equal for routes that match the same paths, whatever their parameters are called. */
  shape: string;
  captures: readonly Capture[];
  cors: CompiledCors | null;
  allowedKeys: ReadonlySet<string> | null;
};

const NO_CAPTURES: readonly Capture[] = [];

/** How parts that many routes have in common are kept once. */
export type SharedParts = {
  once: <T>(value: T) => T;
  onceSegment: (segment: PatternSegment) => PatternSegment;
  corsOf: (cors: Cors) => CompiledCors;
};
const NOTHING_SHARED: SharedParts = {
  once: (value) => value,
  onceSegment: (segment) => segment,
  corsOf: compileCors,
};

/** Throws Error for a path that is not a pattern, which the route's schema would have refused. */
export const compileRoute = (route: Route): CompiledRoute => compileSharing(route, NOTHING_SHARED);

/** The same, with parts that may belong to other routes too. */
export function compileSharing(route: Route, { once, onceSegment, corsOf }: SharedParts): CompiledRoute {
  const parsed = parsePattern(route.path);
  if (!parsed.ok) throw new Error(`path ${parsed.message}`);
  const captures: Capture[] = [];
  for (const [index, segment] of parsed.pattern.segments.entries()) {
    if (segment.kind !== "literal") {
      captures.push({ name: segment.name, index, rest: segment.kind === "rest" });
    }
  }
  return {
    id: route.id,
    method: route.method,
    apiVersion: route.apiVersion,
    route,
    pattern: { segments: parsed.pattern.segments.map(onceSegment) },
    shape: patternShape(parsed.pattern),
    captures: captures.length > 0 ? once(captures) : NO_CAPTURES,
    cors: route.corsEnabled ? corsOf(route.cors) : null,
    allowedKeys:
      route.auth.mode === "api-key" && route.auth.allowedApiKeyIds
        ? new Set(route.auth.allowedApiKeyIds)
        : null,
  };
}

/** The decoded values of a matched route's parameters, the rest joined by `/`; null when the path has none. */
export function pathParameters(
  route: CompiledRoute,
  segments: readonly string[],
): Record<string, string> | null {
  if (route.captures.length === 0) return null;
  const values: Record<string, string> = {};
  for (const { name, index, rest } of route.captures) {
    values[name] = rest ? segments.slice(index).join("/") : (segments[index] as string);
  }
  return values;
}
