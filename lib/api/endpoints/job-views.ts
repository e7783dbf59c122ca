import { z } from "zod";
import { changeView, createView, deleteView } from "#lib/job-views/commands.ts";
import { listViews } from "#lib/job-views/queries.ts";
import { newViewSchema, viewChangeSchema, viewSchema } from "#lib/job-views/schema.ts";
import { type Endpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf } from "../page.ts";

export const jobViewEndpoints: Endpoint[] = [
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/job-views",
    summary: "List the saved views of the jobs: one's own and those that others share",
    response: dataOf(z.array(viewSchema)),
    handle: async ({ actor }) => ({ data: await listViews(actor, undefined) }),
  }),
  tenantEndpoint("view.save", {
    method: "POST",
    path: "/tenants/{tenant}/job-views",
    summary: "Save a view of the jobs under a name, for oneself or for everybody of the tenant",
    body: newViewSchema,
    response: dataOf(viewSchema),
    status: 201,
    handle: async ({ actor, body }) => ({ data: await createView(actor, body) }),
  }),
  tenantEndpoint("view.save", {
    method: "PATCH",
    path: "/tenants/{tenant}/job-views/{id}",
    summary: "Rename a saved view, or change what it shows or who sees it",
    body: viewChangeSchema,
    response: dataOf(viewSchema),
    handle: async ({ actor, params, body }) => ({
      data: await changeView(actor, { ...body, id: params.id as string }),
    }),
  }),
  tenantEndpoint("view.save", {
    method: "DELETE",
    path: "/tenants/{tenant}/job-views/{id}",
    summary: "Delete a saved view",
    response: z.void(),
    status: 204,
    handle: async ({ actor, params }) => {
      await deleteView(actor, { id: params.id as string });
    },
  }),
];
