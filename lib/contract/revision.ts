import { z } from "zod";
import { canonicalJson } from "./canonical-json.ts";
import { type Route, routeSchema } from "./route.ts";

/** What a revision's content says, whatever its number or tenant: equal routes have equal text and equal hash. */
export const revisionContentSchema = z.strictObject({ format: z.literal(1), routes: z.array(routeSchema) });
export type RevisionContent = z.output<typeof revisionContentSchema>;

const text = (route: Route) => `${route.path}\n${route.method}\n${route.apiVersion ?? ""}\n${route.id}`;

/** The canonical text of a set of routes; the order in which they were given does not matter. */
export function serializeRevision(routes: readonly Route[]): string {
  const sorted = routes.map((route) => [text(route), route] as const);
  sorted.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return canonicalJson({ format: 1, routes: sorted.map(([, route]) => route) } satisfies RevisionContent);
}

/** Reads a revision's content back. Throws SyntaxError for text that is not JSON, ZodError for the wrong shape. */
export function parseRevision(content: string): RevisionContent {
  return revisionContentSchema.parse(JSON.parse(content));
}
