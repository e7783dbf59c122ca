import { z } from "zod";
import { line } from "#lib/contract/text.ts";
import { signOutEverywhere } from "#lib/sign-in/commands.ts";
import { meSchema } from "#lib/sign-in/schema.ts";
import { createTenant, renameTenant } from "#lib/tenants/commands.ts";
import { listMyTenants } from "#lib/tenants/queries.ts";
import { editedTenantSchema, newTenantSchema, tenantSchema } from "#lib/tenants/schema.ts";
import { assertInPerson, mintToken, revokeToken } from "#lib/tokens/commands.ts";
import { listTokens } from "#lib/tokens/queries.ts";
import { accessTokenSchema, mintedTokenSchema, newTokenSchema } from "#lib/tokens/schema.ts";
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
  personEndpoint({
    method: "GET",
    path: "/me/tokens",
    summary: "List one's access tokens that are bound to no tenant",
    query: z.strictObject(pageQuery),
    response: pageOf(accessTokenSchema),
    handle: ({ actor, query }) => listTokens(actor, { ...query, tenantId: null }),
  }),
  personEndpoint({
    method: "POST",
    path: "/me/tokens",
    summary: "Make an access token; this answer is the only one that holds it",
    body: newTokenSchema,
    response: dataOf(mintedTokenSchema),
    status: 201,
    async handle({ actor, body }) {
      assertInPerson(actor);
      return { data: await mintToken(actor, { ...body, tenantId: null }) };
    },
  }),
  personEndpoint({
    method: "DELETE",
    path: "/me/tokens/{id}",
    summary: "Revoke one of one's access tokens",
    response: z.void(),
    status: 204,
    async handle({ actor, params }) {
      assertInPerson(actor);
      await revokeToken(actor, { id: params.id as string, tenantId: null });
    },
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

const tenantTokens: Endpoint[] = [
  tenantEndpoint("token.own", {
    method: "GET",
    path: "/tenants/{tenant}/tokens",
    summary: "List one's access tokens that are bound to this tenant",
    query: z.strictObject(pageQuery),
    response: pageOf(accessTokenSchema),
    handle: ({ actor, query }) => listTokens(actor, { ...query, tenantId: actor.tenant.id }),
  }),
  tenantEndpoint("token.own", {
    method: "POST",
    path: "/tenants/{tenant}/tokens",
    summary: "Make an access token for this tenant; this answer is the only one that holds it",
    body: newTokenSchema,
    response: dataOf(mintedTokenSchema),
    status: 201,
    async handle({ actor, body }) {
      assertInPerson(actor);
      return { data: await mintToken(actor, { ...body, tenantId: actor.tenant.id }) };
    },
  }),
  tenantEndpoint("token.own", {
    method: "DELETE",
    path: "/tenants/{tenant}/tokens/{id}",
    summary: "Revoke one of one's access tokens for this tenant",
    response: z.void(),
    status: 204,
    async handle({ actor, params }) {
      assertInPerson(actor);
      await revokeToken(actor, { id: params.id as string, tenantId: actor.tenant.id });
    },
  }),
];

export const peopleEndpoints: Endpoint[] = [...me, ...tenants, ...tenantTokens];
