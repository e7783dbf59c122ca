import { z } from "zod";
import { assertInPerson, assertPerson } from "#lib/access/authorize.ts";
import { mintToken, revokeToken } from "#lib/tokens/commands.ts";
import { listTokens } from "#lib/tokens/queries.ts";
import { accessTokenSchema, mintedTokenSchema, newTokenSchema } from "#lib/tokens/schema.ts";
import { type Endpoint, personEndpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf, pageOf, pageQuery } from "../page.ts";

const personal: Endpoint[] = [
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

const tenantTokens: Endpoint[] = [
  tenantEndpoint("token.own", {
    method: "GET",
    path: "/tenants/{tenant}/tokens",
    summary: "List one's access tokens that are bound to this tenant",
    query: z.strictObject(pageQuery),
    response: pageOf(accessTokenSchema),
    async handle({ actor, query }) {
      assertPerson(actor);
      return listTokens(actor, { ...query, tenantId: actor.tenant.id });
    },
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

export const tokenEndpoints: Endpoint[] = [...personal, ...tenantTokens];
