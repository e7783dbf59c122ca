import { z } from "zod";
import { invalid } from "#lib/errors/domain-error.ts";
import { cappedCountSchema } from "#lib/jobs/schema.ts";
import { bulkEdit, createRoute, deleteRoute, saveRoute } from "#lib/routes/commands.ts";
import { checkSchema, countRoutes, getFacets, getRoute, listRoutes } from "#lib/routes/queries.ts";
import {
  bulkResultSchema,
  bulkSchema,
  draftRouteSchema,
  editedRouteSchema,
  facetsSchema,
  listedRouteSchema,
  newRouteSchema,
  routeFilters,
  routeSort,
  schemaCheckedSchema,
  schemaCheckSchema,
} from "#lib/routes/schema.ts";
import { type Endpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf, pageOf, pageQuery } from "../page.ts";

/** The version that the caller edited, from the body or from If-Match. Throws `invalid_input` when neither says. */
export function editedVersion(body: number | undefined, ifMatch: string | null): number {
  if (body !== undefined) return body;
  if (ifMatch !== null && /^\d{1,9}$/.test(ifMatch)) return Number(ifMatch);
  throw invalid([{ path: "version", message: "is required (or send it as If-Match)" }]);
}

/** Enough to say of ten megabytes of schema at which field they are too many. */
export const MAX_ROUTE_BYTES = 12 * 1024 * 1024;

export const routeEndpoints: Endpoint[] = [
  tenantEndpoint("tenant.read", {
    method: "POST",
    path: "/tenants/{tenant}/schema-check",
    summary: "Try a JSON Schema, and a sample body or query against it, as the gateway checks them",
    body: schemaCheckSchema,
    // A schema and a sample of the sizes that are taken, with every character escaped.
    maxBodyBytes: 8 * 1024 * 1024,
    response: dataOf(schemaCheckedSchema),
    handle: async ({ actor, body }) => ({ data: await checkSchema(actor, body) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/routes",
    summary: "List the draft's routes",
    // A cursor holds a whole path, which may be 1,024 characters of three bytes each.
    query: z.strictObject({
      ...pageQuery,
      cursor: z.string().max(6_000).optional(),
      sort: routeSort,
      ...routeFilters,
    }),
    response: pageOf(listedRouteSchema),
    handle: ({ actor, query }) => listRoutes(actor, query),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/routes/count",
    summary: "Count the draft's routes, no further than 10,000",
    query: z.strictObject(routeFilters),
    response: dataOf(cappedCountSchema),
    handle: async ({ actor, query }) => ({ data: await countRoutes(actor, query) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/routes/facets",
    summary: "List the first segments and tags of the draft's routes",
    response: dataOf(facetsSchema),
    handle: async ({ actor }) => ({ data: await getFacets(actor, undefined) }),
  }),
  tenantEndpoint("draft.edit", {
    method: "POST",
    path: "/tenants/{tenant}/routes/bulk",
    summary: "Preview or make one change on many routes of the draft",
    body: bulkSchema,
    response: dataOf(bulkResultSchema),
    handle: async ({ actor, body }) => ({ data: await bulkEdit(actor, body) }),
  }),
  tenantEndpoint("draft.edit", {
    method: "POST",
    path: "/tenants/{tenant}/routes",
    summary: "Add a route to the draft",
    body: newRouteSchema,
    maxBodyBytes: MAX_ROUTE_BYTES,
    response: dataOf(draftRouteSchema),
    status: 201,
    handle: async ({ actor, body }) => ({ data: await createRoute(actor, body) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/routes/{id}",
    summary: "Read one route of the draft",
    response: dataOf(draftRouteSchema),
    handle: async ({ actor, params }) => ({ data: await getRoute(actor, { id: params.id as string }) }),
  }),
  tenantEndpoint("draft.edit", {
    method: "PUT",
    path: "/tenants/{tenant}/routes/{id}",
    summary: "Replace one route of the draft",
    body: editedRouteSchema,
    maxBodyBytes: MAX_ROUTE_BYTES,
    response: dataOf(draftRouteSchema),
    async handle({ actor, params, body, ifMatch }) {
      const { id, version, createdAt: _made, updatedAt: _changed, published: _published, ...fields } = body;
      if (id !== undefined && id !== params.id) {
        throw invalid([{ path: "id", message: "is another route's" }]);
      }
      const input = { id: params.id as string, version: editedVersion(version, ifMatch), fields };
      return { data: await saveRoute(actor, input) };
    },
  }),
  tenantEndpoint("draft.edit", {
    method: "DELETE",
    path: "/tenants/{tenant}/routes/{id}",
    summary: "Take one route out of the draft",
    response: z.void(),
    status: 204,
    handle: ({ actor, params }) => deleteRoute(actor, { id: params.id as string }),
  }),
];
