import { canonicalJson } from "#lib/contract/canonical-json.ts";
import type { Route } from "#lib/contract/route.ts";
import type { RouteChange } from "./schema.ts";

type Json = RouteChange["fields"][number]["before"];

function changedFields(before: Route, after: Route): RouteChange["fields"] {
  const names = Object.keys(after) as (keyof Route)[];
  return names
    .filter((name) => canonicalJson(before[name]) !== canonicalJson(after[name]))
    .map((field) => ({ field, before: before[field] as Json, after: after[field] as Json }));
}

const place = (change: RouteChange) => `${change.path}\n${change.method}\n${change.routeId}`;

/** What publishing `draft` over `live` would do, route by route, in order of path. */
export function differences(live: readonly Route[], draft: readonly Route[]): RouteChange[] {
  const liveById = new Map(live.map((route) => [route.id, route]));
  const draftIds = new Set(draft.map((route) => route.id));
  const changes: RouteChange[] = [];
  for (const route of draft) {
    const { id: routeId, method, path } = route;
    const before = liveById.get(routeId);
    if (!before) changes.push({ kind: "added", routeId, method, path, fields: [] });
    else {
      const fields = changedFields(before, route);
      if (fields.length > 0) changes.push({ kind: "changed", routeId, method, path, fields });
    }
  }
  for (const { id: routeId, method, path } of live) {
    if (!draftIds.has(routeId)) changes.push({ kind: "removed", routeId, method, path, fields: [] });
  }
  return changes.sort((a, b) => (place(a) < place(b) ? -1 : 1));
}
