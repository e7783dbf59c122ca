import { compileRoutes } from "../compile.ts";
import type { CompiledRoute } from "../compiled-route.ts";
import { matchRoute, type RouteTree } from "../matcher.ts";
import { METHODS, type Method } from "../methods.ts";
import type { PatternSegment } from "../path.ts";
import { methodsOverlap, patternCovers } from "../pattern-reach.ts";
import { duplicateErrors } from "../publish-checks.ts";
import type { Route } from "../route.ts";
import type { Finding } from "./finding.ts";
import { findingOf } from "./make.ts";

type Node = RouteTree["root"];
type Leaf = NonNullable<Node["end"]>;

/** Enabled routes, arranged for questions about which of them takes whose requests. */
export type ReachIndex = {
  tree: RouteTree;
  byId: ReadonlyMap<string, CompiledRoute>;
  /** Routes that match exactly the same requests, by what they match. */
  twins: ReadonlyMap<string, readonly CompiledRoute[]>;
};

/** A parameter or wildcard branch wide as this is not followed to its end for one route's overlaps. */
const MAX_VISITS = 2_000;

const twinKey = (route: CompiledRoute) => `${route.method} ${route.apiVersion ?? ""} ${route.shape}`;

export function indexReach(routes: readonly Route[]): ReachIndex {
  const { tree, routes: compiled } = compileRoutes(routes);
  const twins = new Map<string, CompiledRoute[]>();
  for (const route of compiled) {
    const key = twinKey(route);
    const known = twins.get(key);
    if (known) known.push(route);
    else twins.set(key, [route]);
  }
  return { tree, byId: new Map(compiled.map((route) => [route.id, route])), twins };
}

const concrete = METHODS.filter((method) => method !== "ANY");

function has(leaf: Leaf | null | undefined, method: Method): boolean {
  return !!leaf && (leaf.has(method) || leaf.has("ANY") || (method === "HEAD" && leaf.has("GET")));
}

/** The tree's node at which a route hangs; a rest is no node of its own. */
function nodeOf(tree: RouteTree, route: CompiledRoute): Node | null {
  let at: Node | null | undefined = tree.root;
  for (const segment of route.pattern.segments) {
    if (segment.kind === "rest") break;
    at = segment.kind === "literal" ? at?.literals?.get(segment.value) : at?.parameter;
  }
  return at ?? null;
}

/** The methods that reach an ANY or GET route although other routes stand at the very same path. */
function methodsLeft(leaf: Leaf, route: CompiledRoute): Method[] {
  if (route.method === "ANY")
    return concrete.filter((method) => !leaf.has(method) && !(method === "HEAD" && leaf.has("GET")));
  return route.method === "GET" && !leaf.has("HEAD") ? ["GET", "HEAD"] : [route.method];
}

/** Whether more specific paths take every request below `at` whose segments are not empty. */
function below(at: Node, method: Method): boolean {
  const next = at.parameter;
  if (!next) return false;
  return (
    (has(next.end, method) || has(next.zeroOrMore, method)) &&
    (has(next.oneOrMore, method) || has(next.zeroOrMore, method) || below(next, method))
  );
}

function leafOf(at: Node, rest: PatternSegment | undefined): Leaf | null {
  if (rest?.kind !== "rest") return at.end;
  return rest.min === 1 ? at.oneOrMore : at.zeroOrMore;
}

/**
 * What never reaches a route. Literals never use up a parameter's values, so only other methods at the same path
 * can take everything; more specific wildcards leave at least paths with an empty segment.
 */
function unreachable(index: ReachIndex, route: CompiledRoute): Finding | null {
  const at = nodeOf(index.tree, route);
  const rest = route.pattern.segments.at(-1);
  const leaf = at && leafOf(at, rest);
  if (!at || !leaf) return null;
  const finding = findingOf(route);
  const left = methodsLeft(leaf, route);
  if (left.length === 0) {
    const others = [...leaf.values()].flatMap(({ plain, versions }) => [
      ...(plain ? [plain] : []),
      ...(versions?.values() ?? []),
    ]);
    const takers = others
      .filter(({ id }) => id !== route.id && index.byId.get(id)?.method !== "ANY")
      .map(({ route: r }) => r);
    return finding(
      "warning",
      "unreachable_route",
      "method",
      "No request reaches this route: routes with the same path take every method.",
      takers,
    );
  }
  if (rest?.kind !== "rest") return null;
  const taken = left.every((method) => {
    const deeper = below(at, method) || (rest.min === 0 && has(at.oneOrMore, method));
    return deeper && (rest.min === 1 || has(at.end, method));
  });
  if (!taken) return null;
  return finding(
    "warning",
    "nearly_unreachable_route",
    "path",
    "More specific routes take all requests but those with an empty path segment, such as a trailing slash.",
  );
}

/** The routes whose path and method both fit some request that `route` fits, as far as `MAX_VISITS` reaches. */
function overlapping(index: ReachIndex, route: CompiledRoute): CompiledRoute[] {
  const found: CompiledRoute[] = [];
  let visits = 0;
  const take = (leaf: Leaf | null) => {
    for (const group of leaf?.values() ?? []) {
      if (!methodsOverlap(group.method, route.method)) continue;
      const one = group.plain ?? group.versions?.values().next().value;
      if (one && one.shape !== route.shape) found.push(one);
    }
  };
  const children = (at: Node) => [...(at.literals?.values() ?? []), ...(at.parameter ? [at.parameter] : [])];
  const subtree = (at: Node) => {
    if (++visits > MAX_VISITS) return;
    take(at.end);
    take(at.oneOrMore);
    take(at.zeroOrMore);
    for (const next of children(at)) subtree(next);
  };
  const walk = (at: Node, depth: number) => {
    if (++visits > MAX_VISITS) return;
    const segment = route.pattern.segments[depth];
    if (!segment) {
      take(at.end);
      take(at.zeroOrMore);
    } else if (segment.kind === "rest") {
      if (segment.min === 0) subtree(at);
      else {
        take(at.oneOrMore);
        take(at.zeroOrMore);
        for (const next of children(at)) subtree(next);
      }
    } else {
      take(at.oneOrMore);
      take(at.zeroOrMore);
      const literal = segment.kind === "literal" ? at.literals?.get(segment.value) : undefined;
      const nexts = segment.kind === "parameter" ? children(at) : [literal, at.parameter];
      for (const next of nexts) if (next) walk(next, depth + 1);
    }
  };
  walk(index.tree.root, 0);
  return found;
}

/** The segments of a path that both routes match, if they overlap. */
function common(a: CompiledRoute, b: CompiledRoute): string[] {
  const length = Math.max(a.pattern.segments.length, b.pattern.segments.length);
  const segments: string[] = [];
  for (let depth = 0; depth < length; depth++) {
    const pair = [a.pattern.segments[depth], b.pattern.segments[depth]];
    const literal = pair.find((segment) => segment?.kind === "literal");
    if (literal?.kind === "literal") segments.push(literal.value);
    else if (
      pair.some((segment) => segment?.kind === "parameter" || (segment?.kind === "rest" && segment.min === 1))
    )
      segments.push("example");
  }
  return segments;
}

function sharedMethod(a: Method, b: Method): Method {
  if (a === "ANY") return b === "ANY" ? "GET" : b;
  if (b === "ANY" || a === b) return a;
  return "HEAD"; // GET and HEAD
}

const nameOf = ({ method, route }: CompiledRoute) => `${method} ${route.path}`;

function overlaps(index: ReachIndex, route: CompiledRoute): Finding[] {
  const finding = findingOf(route);
  const wider: CompiledRoute[] = [];
  const narrower: CompiledRoute[] = [];
  const crossing: CompiledRoute[] = [];
  for (const other of overlapping(index, route)) {
    if (patternCovers(other.pattern, route.pattern)) wider.push(other);
    else if (patternCovers(route.pattern, other.pattern)) narrower.push(other);
    else crossing.push(other);
  }
  const found = crossing.slice(0, 3).map((other) => {
    const segments = common(route, other);
    const method = sharedMethod(route.method, other.method);
    const match = matchRoute(index.tree, method, segments);
    const winner =
      match.kind === "match" ? (match.group.plain ?? match.group.versions?.values().next().value) : undefined;
    const path = `/${segments.map(encodeURIComponent).join("/")}`;
    const who = winner?.id === route.id ? "this route" : winner ? nameOf(winner) : "neither";
    return finding(
      "warning",
      "ambiguous_overlap",
      "path",
      `${method} ${path} fits both this route and ${nameOf(other)}; ${who} answers.`,
      [other.route],
    );
  });
  const tell = (code: string, many: CompiledRoute[], say: (names: string) => string) => {
    if (many.length === 0) return;
    const names = many.slice(0, 3).map(nameOf).join(", ");
    const more = many.length > 3 ? ` and ${many.length - 3} more` : "";
    found.push(
      finding(
        "info",
        code,
        "path",
        say(names + more),
        many.map((each) => each.route),
      ),
    );
  };
  tell(
    "more_specific_routes",
    narrower,
    (names) => `Part of the requests go to more specific routes: ${names}.`,
  );
  tell("takes_from_wider_routes", wider, (names) => `Takes requests that would otherwise go to ${names}.`);
  return found;
}

function versionRules(index: ReachIndex, route: CompiledRoute): Finding[] {
  if (route.apiVersion !== null) return [];
  const at = nodeOf(index.tree, route);
  const group = at && leafOf(at, route.pattern.segments.at(-1))?.get(route.method);
  if (!group?.versions) return [];
  const dated = [...group.versions.values()];
  return [
    findingOf(route)(
      "warning",
      "versions_mixed",
      "apiVersion",
      "Other routes with this method and path carry a version: this one answers only callers that name none.",
      dated.map((each) => each.route),
    ),
  ];
}

/** What one enabled route and the others do to each other. Nothing for a route that is not in the index. */
export function reachFindings(index: ReachIndex, id: string): Finding[] {
  const route = index.byId.get(id);
  if (!route) return [];
  const twins = index.twins.get(twinKey(route)) ?? [];
  const doubled =
    twins.length > 1
      ? duplicateErrors(
          twins.map((twin) => twin.route),
          route.route,
        )
      : [];
  const taken = unreachable(index, route);
  return [...doubled, ...(taken ? [taken] : []), ...versionRules(index, route), ...overlaps(index, route)];
}
