import type { Method } from "./methods.ts";
import type { ParsedPattern, PatternSegment } from "./path.ts";

type Segments = readonly PatternSegment[];

function overlapFrom(a: Segments, b: Segments, index: number): boolean {
  const left = a[index];
  const right = b[index];
  if (left?.kind === "rest" || right?.kind === "rest") {
    if (left?.kind === "rest" && right?.kind === "rest") return true;
    const [rest, others] = left?.kind === "rest" ? [left, b] : [right as { min: 0 | 1 }, a];
    return rest.min === 0 || others.length > index;
  }
  if (!left || !right) return left === right;
  if (left.kind === "literal" && right.kind === "literal" && left.value !== right.value) return false;
  return overlapFrom(a, b, index + 1);
}

/** Whether there is a path that both patterns match. */
export const patternsOverlap = (a: ParsedPattern, b: ParsedPattern): boolean =>
  overlapFrom(a.segments, b.segments, 0);

function coversFrom(wide: Segments, narrow: Segments, index: number): boolean {
  const left = wide[index];
  const right = narrow[index];
  if (left?.kind === "rest") {
    if (left.min === 0) return true;
    return right !== undefined && (right.kind !== "rest" || right.min === 1);
  }
  if (!left || !right) return left === right;
  if (right.kind === "rest") return false;
  if (left.kind === "literal" && (right.kind !== "literal" || right.value !== left.value)) return false;
  return coversFrom(wide, narrow, index + 1);
}

/** Whether `wide` matches every path that `narrow` matches. */
export const patternCovers = (wide: ParsedPattern, narrow: ParsedPattern): boolean =>
  coversFrom(wide.segments, narrow.segments, 0);

/** Whether a request that `allowed` lets through can be one that `route` answers. HEAD falls back to GET. */
export function methodsOverlap(allowed: Method, route: Method): boolean {
  if (allowed === route || allowed === "ANY" || route === "ANY") return true;
  return (allowed === "HEAD" && route === "GET") || (allowed === "GET" && route === "HEAD");
}

/** Whether `allowed` lets through every method that `route` answers. */
export function methodCovers(allowed: Method, route: Method): boolean {
  return allowed === route || allowed === "ANY" || (allowed === "GET" && route === "HEAD");
}
