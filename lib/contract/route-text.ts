import { canonicalJson } from "./canonical-json.ts";
import type { Route } from "./route.ts";

/** Each route's text is made once, however many sets it is in: documents are never changed in place. */
const textOnce = new WeakMap<Route, string>();

/** The canonical text of one route: two routes say the same if, and only if, their texts are equal. */
export function routeText(route: Route): string {
  let text = textOnce.get(route);
  if (text === undefined) {
    text = canonicalJson(route);
    textOnce.set(route, text);
  }
  return text;
}

const place = (route: Route) => `${route.path}\n${route.method}\n${route.apiVersion ?? ""}\n${route.id}`;

/** Routes in the order in which a revision holds them. */
export function inRevisionOrder<R extends Route>(routes: readonly R[]): R[] {
  const sorted = routes.map((route) => [place(route), route] as const);
  sorted.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted.map(([, route]) => route);
}
