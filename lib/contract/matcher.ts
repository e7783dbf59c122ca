import type { CompiledRoute } from "./compiled-route.ts";
import { METHODS, type Method } from "./methods.ts";

/** The routes that share method and path: at most one without a version, and one per dated version. */
export type VersionGroup = {
  method: Method;
  plain: CompiledRoute | null;
  versions: Map<string, CompiledRoute> | null;
};

type Leaf = Map<Method, VersionGroup>;
type Node = {
  literals: Map<string, Node> | null;
  parameter: Node | null;
  end: Leaf | null;
  oneOrMore: Leaf | null;
  zeroOrMore: Leaf | null;
};

/** A tenant's routes as a tree with one level per path segment. */
export type RouteTree = { root: Node };

export type MatchResult =
  | { kind: "match"; group: VersionGroup }
  | { kind: "method_not_allowed"; allow: string[] }
  | { kind: "not_found" };

const node = (): Node => ({
  literals: null,
  parameter: null,
  end: null,
  oneOrMore: null,
  zeroOrMore: null,
});

function insert(leaf: Leaf, route: CompiledRoute): void {
  let group = leaf.get(route.method);
  if (!group) {
    group = { method: route.method, plain: null, versions: null };
    leaf.set(route.method, group);
  }
  if (route.apiVersion === null) group.plain ??= route;
  else {
    group.versions ??= new Map();
    if (!group.versions.has(route.apiVersion)) group.versions.set(route.apiVersion, route);
  }
}

export const emptyRouteTree = (): RouteTree => ({ root: node() });

/** Adds a route. Of routes that match exactly the same requests the first is kept; publishing refuses those. */
export function addToTree({ root }: RouteTree, route: CompiledRoute): void {
  let at = root;
  let leaf: Leaf | null = null;
  for (const segment of route.pattern.segments) {
    if (segment.kind === "literal") {
      at.literals ??= new Map();
      let next = at.literals.get(segment.value);
      if (!next) {
        next = node();
        at.literals.set(segment.value, next);
      }
      at = next;
    } else if (segment.kind === "parameter") {
      at.parameter ??= node();
      at = at.parameter;
    } else if (segment.min === 1) {
      at.oneOrMore ??= new Map();
      leaf = at.oneOrMore;
    } else {
      at.zeroOrMore ??= new Map();
      leaf = at.zeroOrMore;
    }
  }
  if (!leaf) {
    at.end ??= new Map();
    leaf = at.end;
  }
  insert(leaf, route);
}

/** Builds the tree of some routes. */
export function buildRouteTree(routes: Iterable<CompiledRoute>): RouteTree {
  const tree = emptyRouteTree();
  for (const route of routes) addToTree(tree, route);
  return tree;
}

/** The group of a leaf that answers a method: the method itself, HEAD by GET, then ANY. */
function groupFor(leaf: Leaf, method: string): VersionGroup | undefined {
  const exact = leaf.get(method as Method);
  if (exact && method !== "ANY") return exact;
  if (method === "HEAD") {
    const get = leaf.get("GET");
    if (get) return get;
  }
  return METHODS.includes(method as Method) && method !== "ANY" ? leaf.get("ANY") : undefined;
}

/**
 * Finds what answers `method` on decoded `segments`. The most specific path that has the method wins: literal
 * before parameter before wildcard, segment by segment from the left. The order of definition plays no part. When
 * paths match but none has the method, `allow` lists every method that any of them has.
 */
export function matchRoute(tree: RouteTree, method: string, segments: readonly string[]): MatchResult {
  let others: Leaf[] | null = null;

  const take = (leaf: Leaf | null): VersionGroup | undefined => {
    if (!leaf) return undefined;
    const group = groupFor(leaf, method);
    if (!group) {
      others ??= [];
      others.push(leaf);
    }
    return group;
  };

  const walk = (at: Node, index: number): VersionGroup | undefined => {
    if (index === segments.length) return take(at.end) ?? take(at.zeroOrMore);
    const segment = segments[index] as string;
    if (segment !== "") {
      const literal = at.literals?.get(segment);
      const found = (literal && walk(literal, index + 1)) || (at.parameter && walk(at.parameter, index + 1));
      if (found) return found;
    }
    // "/files/" has one empty segment below /files: nothing that "one or more" could mean.
    const hasRest = segment !== "" || index + 1 < segments.length;
    return (hasRest ? take(at.oneOrMore) : undefined) ?? take(at.zeroOrMore);
  };

  const group = walk(tree.root, 0);
  if (group) return { kind: "match", group };
  return others ? { kind: "method_not_allowed", allow: allowedMethods(others) } : { kind: "not_found" };
}

function allowedMethods(leaves: readonly Leaf[]): string[] {
  const has = (method: Method) => leaves.some((leaf) => leaf.has(method));
  return METHODS.filter((method) => {
    if (method === "ANY") return false;
    return has(method) || has("ANY") || (method === "HEAD" && has("GET"));
  });
}
