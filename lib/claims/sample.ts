import type { CompiledRequests } from "#lib/contract/authorized-requests.ts";
import type { CompiledRoute } from "#lib/contract/compiled-route.ts";
import { allowsOrigin } from "#lib/contract/cors.ts";
import type { Method } from "#lib/contract/methods.ts";
import type { ParsedPattern, PatternSegment } from "#lib/contract/path.ts";
import { methodsOverlap, patternsOverlap } from "#lib/contract/pattern-reach.ts";
import type { OpenedClaim } from "./schema.ts";

/** Stands for a parameter; a number, because most are. */
const MADE_UP = "1";

/** Safe inside every kind of quotes that an example puts an address into. */
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

const withinRest = (rest: PatternSegment & { kind: "rest" }, other: readonly PatternSegment[]) =>
  rest.min === 1 && (!other[0] || (other[0].kind === "rest" && other[0].min === 0)) ? [rest] : other;

/** A pattern of what both match, where there is such a path: the narrower of each pair of segments. */
function meet(a: readonly PatternSegment[], b: readonly PatternSegment[]): PatternSegment[] {
  const met: PatternSegment[] = [];
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [left, right] = [a[i], b[i]];
    if (left?.kind === "rest") return [...met, ...withinRest(left, b.slice(i))];
    if (right?.kind === "rest") return [...met, ...withinRest(right, a.slice(i))];
    if (!left || !right) break;
    met.push(left.kind === "literal" ? left : right);
  }
  return met;
}

/** A path that the segments match, and how many of its parts are made up. */
function fill(segments: readonly PatternSegment[]): { path: string; madeUp: number } {
  let madeUp = 0;
  const parts = segments.flatMap((segment) => {
    if (segment.kind === "literal") return [encode(segment.value)];
    if (segment.kind === "rest" && segment.min === 0) return [];
    madeUp += 1;
    return [MADE_UP];
  });
  return { path: `/${parts.join("/")}`, madeUp };
}

/** What to send where rights and route both allow it; a GET row and a HEAD route have HEAD in common. */
function sentMethod(allowed: Method, route: Method): Method {
  if (allowed === "ANY") return route === "ANY" ? "GET" : route;
  return allowed === route || route === "ANY" ? allowed : "HEAD";
}

/** How much is looked through for an example. */
const MOST_ROUTES = 2_000;
const MOST_ROWS = 100;

/**
 * One request that a key with these rights may make, for the examples: a GET when there is one, with as little made
 * up as possible, and one that a browser on `origin` may send if there is a choice. Null when the key opens nothing.
 */
export function sampleRequest(
  opened: readonly CompiledRoute[],
  rights: CompiledRequests | null,
  origin: string,
): OpenedClaim["sample"] {
  let best: { cost: number; sample: NonNullable<OpenedClaim["sample"]> } | null = null;
  const everything = {
    method: "ANY" as const,
    pattern: null as ParsedPattern | null,
    parameters: [] as readonly (readonly [string, string])[],
  };
  for (const route of opened.slice(0, MOST_ROUTES)) {
    const fromBrowser = route.cors !== null && allowsOrigin(route.cors, origin);
    for (const { method, pattern, parameters } of rights?.slice(0, MOST_ROWS) ?? [everything]) {
      if (!methodsOverlap(method, route.method)) continue;
      if (pattern && !patternsOverlap(pattern, route.pattern)) continue;
      const sent = sentMethod(method, route.method);
      const { segments } = route.pattern;
      const { path, madeUp } = fill(pattern ? meet(pattern.segments, segments) : segments);
      const cost =
        (sent === "GET" ? 0 : 1_000) + madeUp * 100 + (fromBrowser ? 0 : 50) + Math.min(segments.length, 40);
      if (best && best.cost <= cost) continue;
      const query = new URLSearchParams(parameters.map(([name, value]) => [name, value])).toString();
      best = {
        cost,
        sample: {
          method: sent,
          path: query ? `${path}?${query}` : path,
          apiVersion: route.route.apiVersion,
          madeUp: madeUp > 0,
          fromBrowser,
        },
      };
    }
  }
  return best?.sample ?? null;
}
