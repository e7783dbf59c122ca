import { z } from "zod";
import { METHODS } from "#lib/contract/methods.ts";
import { routeFieldsSchema, routeSchema } from "#lib/contract/route.ts";
import { line } from "#lib/contract/text.ts";

const readOnly = { version: z.int(), createdAt: z.iso.datetime(), updatedAt: z.iso.datetime() };

/** A route of the draft as the API shows it: the whole document, its version and its dates. */
export const draftRouteSchema = routeSchema.extend(readOnly);
export type DraftRoute = z.output<typeof draftRouteSchema>;

/** What POST takes. */
export const newRouteSchema = routeFieldsSchema;

/**
 * What PUT takes: what GET gave, edited. The read-only members may be sent back; `id` must be the route's own, and
 * `version` (or If-Match) says which version was edited.
 */
export const editedRouteSchema = routeFieldsSchema.extend({
  id: z.uuid().optional(),
  version: z.int().optional(),
  createdAt: z.iso.datetime().optional(),
  updatedAt: z.iso.datetime().optional(),
});

export const routeFilters = {
  q: line(0, 200).optional(),
  method: z.enum(METHODS).optional(),
  auth: z.enum(["none", "api-key", "bearer"]).optional(),
};
export type RouteFilters = { q?: string | undefined; method?: string | undefined; auth?: string | undefined };
