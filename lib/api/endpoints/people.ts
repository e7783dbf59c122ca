import { z } from "zod";
import { line } from "#lib/contract/text.ts";
import { signOutEverywhere } from "#lib/sign-in/commands.ts";
import { meSchema } from "#lib/sign-in/schema.ts";
import { createTenant, renameTenant } from "#lib/tenants/commands.ts";
import { listMyTenants } from "#lib/tenants/queries.ts";
import { editedTenantSchema, newTenantSchema, tenantSchema } from "#lib/tenants/schema.ts";
import { type Endpoint, personEndpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf, pageOf, pageQuery } from "../page.ts";

const me: Endpoint[] = [
  personEndpoint({
    method: "GET",
    path: "/me",
    summary: "Who is asking",
    response: dataOf(meSchema),
    handle: async ({ actor: { userId: id, email, name, isOperator: operator, proof } }) => ({
      data: { id, email, name, operator, signedInWith: proof.type },
    }),
  }),
  personEndpoint({
    method: "POST",
    path: "/me/sign-out-everywhere",
    summary: "End every browser session of the person",
    response: z.void(),
    status: 204,
    handle: ({ actor }) => signOutEverywhere(actor),
  }),
];

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

export const peopleEndpoints: Endpoint[] = [...me, ...tenants];
