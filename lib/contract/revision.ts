import { z } from "zod";
import { type Route, routeSchema } from "./route.ts";
import { inRevisionOrder, routeText } from "./route-text.ts";

/** What a revision's content says, whatever its number or tenant: equal routes have equal text and equal hash. */
export const revisionContentSchema = z.strictObject({ format: z.literal(1), routes: z.array(routeSchema) });
export type RevisionContent = z.output<typeof revisionContentSchema>;

/** The canonical text of a set of routes; the order in which they were given does not matter. */
export function serializeRevision(routes: readonly Route[]): string {
  return `{"format":1,"routes":[${inRevisionOrder(routes).map(routeText).join(",")}]}`;
}

/** Reads a revision's content back. Throws SyntaxError for text that is not JSON, ZodError for the wrong shape. */
export function parseRevision(content: string): RevisionContent {
  return revisionContentSchema.parse(JSON.parse(content));
}
