import { z } from "zod";
import { invalid } from "#lib/errors/domain-error.ts";
import { createRoute, deleteRoute, saveRoute } from "#lib/routes/commands.ts";
import { getRoute, listRoutes } from "#lib/routes/queries.ts";
import { draftRouteSchema, editedRouteSchema, newRouteSchema, routeFilters } from "#lib/routes/schema.ts";
import { type Endpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf, pageOf, pageQuery } from "../page.ts";

/** The version that the caller edited, from the body or from If-Match. Throws `invalid_input` when neither says. */
export function editedVersion(body: number | undefined, ifMatch: string | null): number {
  if (body !== undefined) return body;
  if (ifMatch !== null && /^\d{1,9}$/.test(ifMatch)) return Number(ifMatch);
  throw invalid([{ path: "version", message: "is required (or send it as If-Match)" }]);
}

export const routeEndpoints: Endpoint[] = [
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/routes",
    summary: "List the draft's routes",
    query: z.strictObject({ ...pageQuery, ...routeFilters }),
    response: pageOf(draftRouteSchema),
    handle: ({ actor, query }) => listRoutes(actor, query),
  }),
  tenantEndpoint("draft.edit", {
    method: "POST",
    path: "/tenants/{tenant}/routes",
    summary: "Add a route to the draft",
    body: newRouteSchema,
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
    response: dataOf(draftRouteSchema),
    async handle({ actor, params, body, ifMatch }) {
      const { id, version, createdAt: _created, updatedAt: _updated, ...fields } = body;
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
