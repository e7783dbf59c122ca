import { canonicalJson } from "#lib/contract/canonical-json.ts";
import { corsProblem } from "#lib/contract/cors.ts";
import type { Cors, Route, RouteFields } from "#lib/contract/route.ts";
import { authInWords, corsInWords, count, isOpenToWrites, letsMoreIn, limitInWords } from "./rules.ts";
import type { BulkChange, BulkResult } from "./schema.ts";

const MAX_TAGS = 20;
const same = (a: unknown, b: unknown) => canonicalJson(a) === canonicalJson(b);

function tagsAfter(tags: readonly string[], change: BulkChange): string[] {
  if (change.setTags) return [...new Set(change.setTags)];
  const kept = tags.filter((tag) => !change.removeTags?.includes(tag));
  return [...kept, ...new Set(change.addTags ?? [])].filter((tag, at, all) => all.indexOf(tag) === at);
}

/** The route with the change made; the very same object when it is so already. */
export function applyChange(route: Route, change: BulkChange): Route {
  const wanted: Partial<RouteFields> = {};
  if (change.auth) wanted.auth = change.auth;
  if (change.rateLimit !== undefined) wanted.rateLimit = change.rateLimit;
  if (change.corsEnabled !== undefined) wanted.corsEnabled = change.corsEnabled;
  if (change.cors) {
    const given = Object.entries(change.cors).filter(([, value]) => value !== undefined);
    wanted.cors = { ...route.cors, ...(Object.fromEntries(given) as Partial<Cors>) };
  }
  if (change.enabled !== undefined) wanted.enabled = change.enabled;
  if (change.setTags || change.addTags || change.removeTags) wanted.tags = tagsAfter(route.tags, change);
  const fields = Object.keys(wanted) as (keyof RouteFields)[];
  if (fields.every((field) => same(route[field], wanted[field]))) return route;
  return { ...route, ...wanted };
}

/** Why a route that was valid would not be any more; null when it stays so. */
export function whyInvalid(before: Route, after: Route): string | null {
  if (after.tags.length > MAX_TAGS) {
    return `would have ${after.tags.length} tags; a route has at most ${MAX_TAGS}`;
  }
  const problem = after.corsEnabled ? corsProblem(after.cors) : null;
  if (problem && !(before.corsEnabled && corsProblem(before.cors))) return problem;
  return null;
}

/** Before and after of every field that differs, in words. */
export function changeInWords(before: Route, after: Route | null): BulkResult["preview"][number]["changes"] {
  if (!after) return [{ field: "Route", before: before.enabled ? "on" : "off", after: "deleted" }];
  const changes: { field: string; before: string; after: string }[] = [];
  const add = (field: string, words: (route: Route) => string) =>
    changes.push({ field, before: words(before), after: words(after) });
  if (!same(before.auth, after.auth)) add("Who may call", (route) => authInWords(route.auth));
  if (!same(before.rateLimit, after.rateLimit)) add("Limit", (route) => limitInWords(route.rateLimit));
  if (before.corsEnabled !== after.corsEnabled) add("CORS", (route) => (route.corsEnabled ? "on" : "off"));
  if (!same(before.cors, after.cors)) {
    const of = (cors: Cors, than: Cors) => corsInWords(cors, than);
    changes.push({
      field: "CORS policy",
      before: of(before.cors, after.cors),
      after: of(after.cors, before.cors),
    });
  }
  if (!same(before.tags, after.tags)) add("Tags", (route) => route.tags.join(", ") || "none");
  if (before.enabled !== after.enabled) add("Route", (route) => (route.enabled ? "on" : "off"));
  return changes;
}

export type Edit = { before: Route; after: Route | null };

/** What somebody should know before making the change, with how many routes it is true of. */
export function warningsOf(edits: readonly Edit[]): BulkResult["warnings"] {
  const counted = (code: string, holds: (edit: Edit) => boolean, message: (routes: string) => string) => {
    const matching = edits.filter(holds).length;
    return matching > 0 ? [{ code, count: matching, message: message(count(matching, "route")) }] : [];
  };
  const opens = ({ before, after }: Edit) => before.auth.mode !== "none" && after?.auth.mode === "none";
  return [
    ...counted("becomes_public", opens, (routes) => `${routes} will answer anybody, without a key.`),
    ...counted(
      "public_write",
      (edit) => opens(edit) && edit.after !== null && isOpenToWrites(edit.after),
      (routes) => `${routes} of these can be used to change things.`,
    ),
    ...counted(
      "auth_weakened",
      (edit) => !opens(edit) && edit.after !== null && letsMoreIn(edit.before.auth, edit.after.auth),
      (routes) => `${routes} will let callers in who are refused now.`,
    ),
    ...counted(
      "limit_removed",
      ({ before, after }) => before.rateLimit !== null && after !== null && after.rateLimit === null,
      (routes) => `${routes} will have no rate limit.`,
    ),
    ...counted(
      "stops_answering",
      ({ before, after }) => before.enabled && !after?.enabled,
      (routes) => `${routes} will stop answering once this is published.`,
    ),
  ];
}
