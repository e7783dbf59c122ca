import { z } from "zod";
import { deleteTenant, restoreTenant } from "#lib/tenants/commands.ts";
import { getBlastRadius, listDeletedTenants } from "#lib/tenants/queries.ts";
import { blastRadiusSchema, deletedTenantSchema, slugSchema, tenantSchema } from "#lib/tenants/schema.ts";
import { type Endpoint, personEndpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf, pageOf } from "../page.ts";

export const tenantDeletionEndpoints: Endpoint[] = [
  tenantEndpoint("tenant.manage", {
    method: "GET",
    path: "/tenants/{tenant}/deletion",
    summary: "Read what would stop if the tenant were deleted",
    response: dataOf(blastRadiusSchema),
    handle: async ({ actor }) => ({ data: await getBlastRadius(actor, undefined) }),
  }),
  tenantEndpoint("tenant.manage", {
    method: "DELETE",
    path: "/tenants/{tenant}",
    summary: "Delete a tenant, naming its slug once more; its owners can restore it for 7 days",
    query: z.strictObject({ confirm: slugSchema }),
    response: dataOf(deletedTenantSchema),
    handle: async ({ actor, query }) => ({ data: await deleteTenant(actor, { slug: query.confirm }) }),
  }),
  personEndpoint({
    method: "GET",
    path: "/deleted-tenants",
    summary: "List the tenants that one owned and can still restore",
    response: pageOf(deletedTenantSchema),
    handle: async ({ actor }) => ({ data: await listDeletedTenants(actor), next_cursor: null }),
  }),
  personEndpoint({
    method: "POST",
    path: "/deleted-tenants/{slug}/restore",
    summary: "Restore a deleted tenant: everything is in service again as it was",
    response: dataOf(tenantSchema),
    handle: async ({ actor, params }) => ({
      data: await restoreTenant(actor, { slug: params.slug as string }),
    }),
  }),
];
