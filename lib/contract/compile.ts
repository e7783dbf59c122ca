import { type CompiledRoute, compileRoute, compileSharing } from "./compiled-route.ts";
import { type CompiledCors, compileCors } from "./cors.ts";
import { addToTree, buildRouteTree, emptyRouteTree, type RouteTree } from "./matcher.ts";
import type { PatternSegment } from "./path.ts";
import { duplicateErrors, placeOf, routeErrors } from "./publish-checks.ts";
import { parseRevision, type RevisionContent } from "./revision.ts";
import { type Cors, type Route, routeSchema } from "./route.ts";

/** Enabled routes, ready to be matched. */
export type CompiledRoutes = { tree: RouteTree; routes: readonly CompiledRoute[] };

/** A revision as the gateway serves it. */
export type CompiledRevision = CompiledRoutes & {
  /** The route that answers a job's status, for the Location of an enqueued job. */
  jobStatus: CompiledRoute | null;
};

/** A revision that cannot be served as its author meant it, and is therefore not served at all. */
export class RevisionError extends Error {
  override name = "RevisionError";
}

const MAX_LISTED = 5;

/** What is thrown for content that is not a revision's. */
export function unreadable(error: unknown): RevisionError {
  const message = error instanceof Error ? error.message : String(error);
  return new RevisionError(`The revision cannot be read: ${message.slice(0, 500)}`);
}

function parse(content: string | RevisionContent): RevisionContent {
  if (typeof content !== "string") return content;
  try {
    return parseRevision(content);
  } catch (error) {
    throw unreadable(error);
  }
}

/** Each route is compiled once, however many sets it is in: documents are never changed in place. */
const compiledOnce = new WeakMap<Route, CompiledRoute>();

/** Compiles the enabled ones of `routes`, whether they could be published or not. */
export function compileRoutes(routes: readonly Route[]): CompiledRoutes {
  const compiled: CompiledRoute[] = [];
  for (const route of routes) {
    if (!route.enabled) continue;
    let one = compiledOnce.get(route);
    if (!one) {
      one = compileRoute(route);
      compiledOnce.set(route, one);
    }
    compiled.push(one);
  }
  return { tree: buildRouteTree(compiled), routes: compiled };
}

const SHARED = ["tags", "target", "auth", "cors", "rateLimit"] as const;

/** Whether two values of JSON are equal, members in the same order. */
function isEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one)) {
    if (!Array.isArray(other) || one.length !== other.length) return false;
    return one.every((each, index) => isEqual(each, other[index]));
  }
  const names = Object.keys(one);
  const others = Object.keys(other);
  if (names.length !== others.length) return false;
  return names.every(
    (name, index) =>
      name === others[index] &&
      isEqual((one as Record<string, unknown>)[name], (other as Record<string, unknown>)[name]),
  );
}

const ownSchema = routeSchema.omit({ tags: true, target: true, auth: true, cors: true, rateLimit: true });
type Written = Record<string, unknown>;
type SharedName = (typeof SHARED)[number];

/**
 * Reads a route of which `before` is the last one that was, written as `writtenBefore`: a part that both have in the
 * same words was checked there, and is the same object. What cannot be read that way is read as a whole, which says
 * why when it cannot be read at all.
 */
function readRoute(written: unknown, before: Route | null, writtenBefore: Written): Route {
  const whole = () => {
    const parsed = routeSchema.safeParse(written);
    if (!parsed.success) throw unreadable(parsed.error);
    return parsed.data;
  };
  if (typeof written !== "object" || written === null || Array.isArray(written)) return whole();
  const fields = written as Written;
  if (!before || !SHARED.every((name) => Object.hasOwn(fields, name))) return whole();
  const part = <K extends SharedName>(name: K): Route[K] | undefined =>
    isEqual(writtenBefore[name], fields[name])
      ? before[name]
      : (routeSchema.shape[name].safeParse(fields[name]).data as Route[K] | undefined);
  const { tags: _tags, target: _target, auth: _auth, cors: _cors, rateLimit: _rateLimit, ...rest } = fields;
  const own = ownSchema.safeParse(rest).data;
  const tags = part("tags");
  const target = part("target");
  const auth = part("auth");
  const cors = part("cors");
  const rateLimit = part("rateLimit");
  if (!own || !tags || !target || !auth || !cors || rateLimit === undefined) return whole();
  return { ...own, tags, target, auth, cors, rateLimit };
}

/**
 * Compiles a revision route by route, so that whoever has requests to answer can do it in parts. What several routes
 * say in the same words is kept once.
 */
export function createRevisionCompiler() {
  const compiled: CompiledRoute[] = [];
  const problems: string[] = [];
  const places = new Map<string, Route[]>();
  const tree = emptyRouteTree();
  const shared = new Map<string, unknown>();
  const segments = new Map<string, PatternSegment>();
  const policies = new Map<Cors, CompiledCors>();
  let previous: Route | null = null;
  let writtenBefore: Written = {};

  function once<T>(value: T): T {
    if (value === null || typeof value !== "object") return value;
    const text = JSON.stringify(value);
    const known = shared.get(text) as T | undefined;
    if (known === undefined) shared.set(text, value);
    return known ?? value;
  }
  /** Neighbours have most in common, and telling that they are equal is cheaper than writing them out. */
  function asBefore<K extends SharedName>(name: K, value: Route[K]): Route[K] {
    const last = previous?.[name];
    return last !== undefined && isEqual(last, value) ? (last as Route[K]) : once(value);
  }
  function corsOf(cors: Cors): CompiledCors {
    const known = policies.get(cors) ?? compileCors(cors);
    policies.set(cors, known);
    return known;
  }
  const shareParts = (route: Route): Route => ({
    ...route,
    tags: asBefore("tags", route.tags),
    target: asBefore("target", route.target),
    auth: asBefore("auth", route.auth),
    cors: asBefore("cors", route.cors),
    rateLimit: asBefore("rateLimit", route.rateLimit),
  });
  function onceSegment(segment: PatternSegment): PatternSegment {
    const key =
      segment.kind === "literal" ? segment.value : segment.kind === "parameter" ? `:${segment.name}` : "";
    if (key === "" || (segment.kind === "literal" && key.startsWith(":"))) return segment;
    const known = segments.get(key);
    if (known === undefined) segments.set(key, segment);
    return known ?? segment;
  }

  return {
    /** Takes the next route as it is written. Throws RevisionError when it cannot be read. */
    add(written: unknown): void {
      const whole = readRoute(written, previous, writtenBefore);
      if (!whole.enabled) return;
      const route = shareParts(whole);
      previous = route;
      writtenBefore = written as Written;
      const say = (message: string) => problems.push(`${route.method} ${route.path} ${message}`);
      for (const { message } of routeErrors(route)) say(message);
      const one = compileSharing(route, { once, onceSegment, corsOf });
      const place = placeOf(route, one.shape);
      const there = places.get(place);
      if (there) there.push(route);
      else places.set(place, [route]);
      compiled.push(one);
      addToTree(tree, one);
    },
    /** The revision with everything that was added. Throws RevisionError when any part is not servable. */
    finish(): CompiledRevision {
      for (const group of places.values()) {
        if (group.length < 2) continue;
        for (const [index, { message }] of duplicateErrors(group).entries()) {
          problems.push(`${group[index]?.method} ${group[index]?.path} ${message}`);
        }
      }
      if (problems.length > 0) {
        const more = problems.length > MAX_LISTED ? ` (and ${problems.length - MAX_LISTED} more)` : "";
        const lines = problems.slice(0, MAX_LISTED);
        throw new RevisionError(`The revision cannot be served: ${lines.join("; ")}${more}`);
      }
      return { tree, routes: compiled, jobStatus: compiled.find(answersStatus) ?? null };
    },
  };
}

const answersStatus = (route: CompiledRoute) =>
  route.route.target.type === "job-status" &&
  (route.method === "GET" || route.method === "ANY") &&
  route.captures.length === 1 &&
  route.apiVersion === null;

/** Compiles a revision's content, given as text or parsed. Throws RevisionError when any part is not servable. */
export function compileRevision(content: string | RevisionContent): CompiledRevision {
  const compiler = createRevisionCompiler();
  for (const route of parse(content).routes) compiler.add(route);
  return compiler.finish();
}
