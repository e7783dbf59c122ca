import { createHash } from "node:crypto";
import { canonicalJson } from "#lib/contract/canonical-json.ts";
import type { ErrorDetail } from "#lib/contract/errors.ts";
import { type Route, routeSchema } from "#lib/contract/route.ts";
import { invalid } from "#lib/errors/domain-error.ts";
import type { ImportDocument } from "./schema.ts";

/** What a route may take when it is posted alone; the whole document is held to the body's limit. */
const MAX_ROUTE_CHARACTERS = 1_048_576;
/** Deeper documents would end the readers by recursion; no sensible schema comes near. */
const MAX_DEPTH = 100;
const MAX_NAMED = 20;
/** A big import must not hold up everybody else's requests. */
const BATCH = 200;

function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one) : []));
  }
  return false;
}

type Place = { path?: unknown; method?: unknown; apiVersion?: unknown; id?: unknown };
const placeOf = (route: unknown): string => {
  const { path, method, apiVersion, id } = (route ?? {}) as Place;
  return `${path}\n${method}\n${apiVersion ?? ""}\n${id}`;
};

/** The hash of the routes as they stand in the document, whatever their order in it. */
function hashAsGiven(routes: readonly unknown[]): string {
  const placed = routes.map((route) => [placeOf(route), route] as const);
  placed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const hash = createHash("sha256").update('{"format":1,"routes":[');
  for (const [index, [, route]] of placed.entries()) {
    hash.update((index > 0 ? "," : "") + canonicalJson(route));
  }
  return hash.update("]}").digest("hex");
}

function readRoute(raw: unknown, index: number, problems: ErrorDetail[]): Route | null {
  const at = `routes.${index}`;
  if (isTooDeep(raw)) {
    problems.push({ path: at, message: `is nested more than ${MAX_DEPTH} levels deep` });
    return null;
  }
  if (JSON.stringify(raw).length > MAX_ROUTE_CHARACTERS) {
    problems.push({ path: at, message: "is larger than 1 MiB" });
    return null;
  }
  const parsed = routeSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) {
    problems.push({ path: [at, ...path.map(String)].join("."), message });
  }
  return null;
}

/**
 * The routes of an exported document. Throws `invalid_input` that names the first places where it is not one: routes
 * of another shape, an id given twice, or a hash that says that the routes are not those that were exported.
 */
export async function readImport({ hash, routes: given }: ImportDocument): Promise<Route[]> {
  const problems: ErrorDetail[] = [];
  const routes: Route[] = [];
  const places = new Map<string, number>();
  for (const [index, raw] of given.entries()) {
    if (index > 0 && index % BATCH === 0) await new Promise((resolve) => setImmediate(resolve));
    const route = readRoute(raw, index, problems);
    if (problems.length >= MAX_NAMED) break;
    if (!route) continue;
    const first = places.get(route.id);
    if (first !== undefined)
      problems.push({ path: `routes.${index}.id`, message: `is that of routes.${first} too` });
    places.set(route.id, index);
    routes.push(route);
  }
  if (problems.length > 0) throw invalid(problems.slice(0, MAX_NAMED), "This document cannot be imported.");
  if (hashAsGiven(given) !== hash) {
    throw invalid(
      [{ path: "hash", message: "does not fit the routes: the document was changed after it was exported" }],
      "This document cannot be imported.",
    );
  }
  return routes;
}
