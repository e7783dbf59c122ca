import { type CompiledRoute, pathParameters } from "./compiled-route.ts";
import { rewrittenPath, transformOf } from "./transform.ts";

type Piece = string | { name: string; rest: boolean };
export type UpstreamUrl = { origin: string; pieces: readonly Piece[]; query: string; appendsRest: boolean };

const PLACEHOLDER = /^(?::([A-Za-z_][A-Za-z0-9_]*)|(?:\{|%7B)([A-Za-z_][A-Za-z0-9_]*)\+?(?:\}|%7D))$/i;
const compiled = new WeakMap<CompiledRoute, UpstreamUrl>();

function compile(route: CompiledRoute, target: string): UpstreamUrl {
  const url = new URL(target);
  const captures = new Map(route.captures.map((capture) => [capture.name, capture]));
  const parts = url.pathname === "/" ? [] : url.pathname.slice(1).split("/");
  let restUsed = false;
  const pieces = parts.map((part): Piece => {
    const match = PLACEHOLDER.exec(part);
    const capture = captures.get(match?.[1] ?? match?.[2] ?? "");
    if (!capture) return part;
    restUsed ||= capture.rest;
    return { name: capture.name, rest: capture.rest };
  });
  const hasRest = route.captures.some((capture) => capture.rest);
  const appendsRest = hasRest && !restUsed && transformOf(route).path === null;
  return { origin: url.origin, pieces, query: url.search.slice(1), appendsRest };
}

/**
 * The upstream's address for one request. The target's path, in which `:name` or `{name}` stands for a parameter
 * of the route; a wildcard's rest is appended unless the target names it, and in its place a rewritten path where the
 * route's transformation has one. Values are encoded anew, segment by segment, so none of them can add a segment or a
 * query. The target's query comes first, then the request's.
 */
export function upstreamUrl(
  route: CompiledRoute,
  target: string,
  segments: readonly string[],
  query: string,
): { origin: string; path: string } {
  let plan = compiled.get(route);
  if (!plan) {
    plan = compile(route, target);
    compiled.set(route, plan);
  }
  const parameters = pathParameters(route, segments) ?? {};
  const restOf = (): string[] => {
    const capture = route.captures.find((each) => each.rest);
    return capture ? segments.slice(capture.index).map(encodeURIComponent) : [];
  };
  const parts: string[] = [];
  for (const piece of plan.pieces) {
    if (typeof piece === "string") parts.push(piece);
    else if (piece.rest) parts.push(...restOf());
    else parts.push(encodeURIComponent(parameters[piece.name] as string));
  }
  const rewritten = rewrittenPath(route, segments);
  // A target that ends in / already has the separator.
  if ((plan.appendsRest || rewritten !== null) && parts.at(-1) === "") parts.pop();
  if (plan.appendsRest) parts.push(...restOf());
  if (rewritten !== null) parts.push(rewritten.slice(1));
  const all = [plan.query, query].filter((part) => part !== "").join("&");
  return { origin: plan.origin, path: `/${parts.join("/")}${all === "" ? "" : `?${all}`}` };
}
