import { z } from "zod";
import { createIssuer, deleteIssuer, editIssuer } from "#lib/issuers/commands.ts";
import { bearerRoutes, checkKeySet, describeToken, getIssuer, listIssuers } from "#lib/issuers/queries.ts";
import {
  bearerRoutesSchema,
  editedIssuerSchema,
  issuerSchema,
  keySetCheckSchema,
  newIssuerSchema,
  tokenCheckSchema,
  tokenToCheckSchema,
} from "#lib/issuers/schema.ts";
import { type Endpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf, pageOf, pageQuery } from "../page.ts";
import { editedVersion } from "./routes.ts";

const MAX_ISSUER_BYTES = 131_072;

export const issuerEndpoints: Endpoint[] = [
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/issuers",
    summary: "List the issuers whose bearer tokens are accepted",
    query: z.strictObject(pageQuery),
    response: pageOf(issuerSchema),
    handle: ({ actor, query }) => listIssuers(actor, query),
  }),
  tenantEndpoint("key.manage", {
    method: "POST",
    path: "/tenants/{tenant}/issuers",
    summary: "Accept the tokens of an issuer, by the address of its keys or by a shared secret",
    body: newIssuerSchema,
    maxBodyBytes: MAX_ISSUER_BYTES,
    response: dataOf(issuerSchema),
    status: 201,
    handle: async ({ actor, body }) => ({ data: await createIssuer(actor, body) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/issuers/routes",
    summary: "Which routes ask for a bearer token, live and in the draft",
    response: dataOf(bearerRoutesSchema),
    handle: async ({ actor }) => ({ data: await bearerRoutes(actor, undefined) }),
  }),
  tenantEndpoint("request.explain", {
    method: "POST",
    path: "/tenants/{tenant}/issuers/check-token",
    summary: "Verify a token as a gateway would; nothing of it is kept",
    body: tokenToCheckSchema,
    maxBodyBytes: MAX_ISSUER_BYTES,
    response: dataOf(tokenCheckSchema),
    handle: async ({ actor, body }) => ({ data: await describeToken(actor, body.token) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/issuers/{id}",
    summary: "Read one issuer",
    response: dataOf(issuerSchema),
    handle: async ({ actor, params }) => ({ data: await getIssuer(actor, { id: params.id as string }) }),
  }),
  tenantEndpoint("key.manage", {
    method: "PATCH",
    path: "/tenants/{tenant}/issuers/{id}",
    summary: "Change an issuer, or replace its secret",
    body: editedIssuerSchema,
    maxBodyBytes: MAX_ISSUER_BYTES,
    response: dataOf(issuerSchema),
    async handle({ actor, params, body, ifMatch }) {
      const version = editedVersion(body.version, ifMatch);
      return { data: await editIssuer(actor, { ...body, id: params.id as string, version }) };
    },
  }),
  tenantEndpoint("key.manage", {
    method: "DELETE",
    path: "/tenants/{tenant}/issuers/{id}",
    summary: "Refuse the tokens of an issuer from now on, and erase its secret",
    response: z.void(),
    status: 204,
    handle: ({ actor, params, ifMatch }) =>
      deleteIssuer(actor, {
        id: params.id as string,
        version: ifMatch === null ? null : editedVersion(undefined, ifMatch),
      }),
  }),
  tenantEndpoint("key.manage", {
    method: "POST",
    path: "/tenants/{tenant}/issuers/{id}/check",
    summary: "Fetch an issuer's keys now and say what came",
    body: z.strictObject({}),
    response: dataOf(keySetCheckSchema),
    handle: async ({ actor, params }) => ({ data: await checkKeySet(actor, { id: params.id as string }) }),
  }),
];
