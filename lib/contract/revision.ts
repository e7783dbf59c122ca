import { z } from "zod";
import { canonicalJson } from "./canonical-json.ts";
import { type Route, routeSchema } from "./route.ts";

/** What a revision's content says, whatever its number or tenant: equal routes have equal text and equal hash. */
export const revisionContentSchema = z.strictObject({ format: z.literal(1), routes: z.array(routeSchema) });
export type RevisionContent = z.output<typeof revisionContentSchema>;

/** Each route's text is made once, however many sets it is in: documents are never changed in place. */
const textOnce = new WeakMap<Route, string>();

/** The canonical text of one route: two routes say the same exactly if their texts are equal. */
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

/** The canonical text of a set of routes; the order in which they were given does not matter. */
export function serializeRevision(routes: readonly Route[]): string {
  return `{"format":1,"routes":[${inRevisionOrder(routes).map(routeText).join(",")}]}`;
}

/** Reads a revision's content back. Throws SyntaxError for text that is not JSON, ZodError for the wrong shape. */
export function parseRevision(content: string): RevisionContent {
  return revisionContentSchema.parse(JSON.parse(content));
}
