import { z } from "zod";
import { line } from "#lib/contract/text.ts";
import { createTenant, renameTenant } from "#lib/tenants/commands.ts";
import { listMyTenants } from "#lib/tenants/queries.ts";
import { editedTenantSchema, newTenantSchema, tenantSchema } from "#lib/tenants/schema.ts";
import { type Endpoint, personEndpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf, pageOf, pageQuery } from "../page.ts";

const tenants: Endpoint[] = [
  personEndpoint({
    method: "GET",
    path: "/tenants",
    summary: "List the tenants to which one belongs",
    query: z.strictObject({ ...pageQuery, q: line(0, 200).optional() }),
    response: pageOf(tenantSchema),
    handle: ({ actor, query }) => listMyTenants(actor, query),
  }),
  personEndpoint({
    method: "POST",
    path: "/tenants",
    summary: "Make a tenant and become its owner",
    body: newTenantSchema,
    response: dataOf(tenantSchema),
    status: 201,
    handle: async ({ actor, body }) => ({ data: await createTenant(actor, body) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}",
    summary: "Read one tenant",
    response: dataOf(tenantSchema),
    handle: async ({ actor }) => ({ data: actor.tenant }),
  }),
  tenantEndpoint("tenant.manage", {
    method: "PATCH",
    path: "/tenants/{tenant}",
    summary: "Rename a tenant",
    body: editedTenantSchema,
    response: dataOf(tenantSchema),
    handle: async ({ actor, body }) => ({ data: await renameTenant(actor, body) }),
  }),
];

export const peopleEndpoints: Endpoint[] = [...tenants];
