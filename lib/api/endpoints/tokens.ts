import { z } from "zod";
import { assertPerson } from "#lib/access/authorize.ts";
import {
  mintServiceToken,
  mintToken,
  revokeServiceToken,
  revokeToken,
  rotateServiceToken,
  rotateToken,
} from "#lib/tokens/commands.ts";
import { listServiceTokens, listTokens } from "#lib/tokens/queries.ts";
import {
  accessTokenSchema,
  mintedServiceTokenSchema,
  mintedTokenSchema,
  newServiceTokenSchema,
  newTokenSchema,
  rotateTokenSchema,
  serviceTokenSchema,
} from "#lib/tokens/schema.ts";
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
    handle: async ({ actor, body }) => ({ data: await mintToken(actor, { ...body, tenantId: null }) }),
  }),
  personEndpoint({
    method: "POST",
    path: "/me/tokens/{id}/rotate",
    summary: "Give one of one's access tokens a new secret; the one before works on for a while",
    body: rotateTokenSchema,
    response: dataOf(mintedTokenSchema),
    handle: async ({ actor, params, body }) => ({
      data: await rotateToken(actor, { ...body, id: params.id as string, tenantId: null }),
    }),
  }),
  personEndpoint({
    method: "DELETE",
    path: "/me/tokens/{id}",
    summary: "Revoke one of one's access tokens",
    response: z.void(),
    status: 204,
    handle: ({ actor, params }) => revokeToken(actor, { id: params.id as string, tenantId: null }),
  }),
];

const bound: Endpoint[] = [
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
      assertPerson(actor);
      return { data: await mintToken(actor, { ...body, tenantId: actor.tenant.id }) };
    },
  }),
  tenantEndpoint("token.own", {
    method: "POST",
    path: "/tenants/{tenant}/tokens/{id}/rotate",
    summary:
      "Give one of one's access tokens for this tenant a new secret; the one before works on for a while",
    body: rotateTokenSchema,
    response: dataOf(mintedTokenSchema),
    async handle({ actor, params, body }) {
      assertPerson(actor);
      const which = { id: params.id as string, tenantId: actor.tenant.id };
      return { data: await rotateToken(actor, { ...body, ...which }) };
    },
  }),
  tenantEndpoint("token.own", {
    method: "DELETE",
    path: "/tenants/{tenant}/tokens/{id}",
    summary: "Revoke one of one's access tokens for this tenant",
    response: z.void(),
    status: 204,
    async handle({ actor, params }) {
      assertPerson(actor);
      await revokeToken(actor, { id: params.id as string, tenantId: actor.tenant.id });
    },
  }),
];

const service: Endpoint[] = [
  tenantEndpoint("token.manage", {
    method: "GET",
    path: "/tenants/{tenant}/service-tokens",
    summary: "List the tenant's own tokens, with who made them and when they were last used",
    query: z.strictObject(pageQuery),
    response: pageOf(serviceTokenSchema),
    handle: ({ actor, query }) => listServiceTokens(actor, query),
  }),
  tenantEndpoint("token.manage", {
    method: "POST",
    path: "/tenants/{tenant}/service-tokens",
    summary: "Make a token of the tenant's own; this answer is the only one that holds it",
    body: newServiceTokenSchema,
    response: dataOf(mintedServiceTokenSchema),
    status: 201,
    handle: async ({ actor, body }) => ({ data: await mintServiceToken(actor, body) }),
  }),
  tenantEndpoint("token.manage", {
    method: "POST",
    path: "/tenants/{tenant}/service-tokens/{id}/rotate",
    summary: "Give a service token a new secret; the one before works on for a while",
    body: rotateTokenSchema,
    response: dataOf(mintedServiceTokenSchema),
    handle: async ({ actor, params, body }) => ({
      data: await rotateServiceToken(actor, { ...body, id: params.id as string }),
    }),
  }),
  tenantEndpoint("token.manage", {
    method: "DELETE",
    path: "/tenants/{tenant}/service-tokens/{id}",
    summary: "Revoke a service token",
    response: z.void(),
    status: 204,
    handle: ({ actor, params }) => revokeServiceToken(actor, { id: params.id as string }),
  }),
];

export const tokenEndpoints: Endpoint[] = [...personal, ...bound, ...service];
