import { z } from "zod";
import { changeGrace, editKey, mintKey, revokeKey, rotateKey } from "#lib/keys/commands.ts";
import { getKey, listKeys } from "#lib/keys/queries.ts";
import {
  apiKeyDetailSchema,
  apiKeySchema,
  changeGraceSchema,
  editedKeySchema,
  keyFilters,
  mintedKeySchema,
  newKeySchema,
  revokeKeySchema,
  rotateKeySchema,
} from "#lib/keys/schema.ts";
import { type Endpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf, pageOf, pageQuery } from "../page.ts";
import { editedVersion } from "./routes.ts";

export const keyEndpoints: Endpoint[] = [
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/keys",
    summary: "List API keys",
    query: z.strictObject({ ...pageQuery, ...keyFilters }),
    response: pageOf(apiKeySchema),
    handle: ({ actor, query }) => listKeys(actor, query),
  }),
  tenantEndpoint("key.manage", {
    method: "POST",
    path: "/tenants/{tenant}/keys",
    summary: "Mint an API key; this answer is the only one that holds it",
    body: newKeySchema,
    response: dataOf(mintedKeySchema),
    status: 201,
    handle: async ({ actor, body }) => ({ data: await mintKey(actor, body) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/keys/{id}",
    summary: "Read one API key, and how far its latest change has reached",
    response: dataOf(apiKeyDetailSchema),
    handle: async ({ actor, params }) => ({ data: await getKey(actor, { id: params.id as string }) }),
  }),
  tenantEndpoint("key.manage", {
    method: "PATCH",
    path: "/tenants/{tenant}/keys/{id}",
    summary: "Rename or redescribe an API key",
    body: editedKeySchema,
    response: dataOf(apiKeySchema),
    async handle({ actor, params, body, ifMatch }) {
      const version = editedVersion(body.version, ifMatch);
      return { data: await editKey(actor, { ...body, id: params.id as string, version }) };
    },
  }),
  tenantEndpoint("key.manage", {
    method: "POST",
    path: "/tenants/{tenant}/keys/{id}/rotate",
    summary:
      "Replace an API key by a new one with the same rights; this answer is the only one that holds it",
    body: rotateKeySchema,
    response: dataOf(mintedKeySchema),
    status: 201,
    handle: async ({ actor, params, body }) => ({
      data: await rotateKey(actor, { id: params.id as string, graceSeconds: body.graceSeconds }),
    }),
  }),
  tenantEndpoint("key.manage", {
    method: "POST",
    path: "/tenants/{tenant}/keys/{id}/grace",
    summary: "Extend or cut off the grace of a replaced API key",
    body: changeGraceSchema,
    response: dataOf(apiKeySchema),
    handle: async ({ actor, params, body }) => ({
      data: await changeGrace(actor, { id: params.id as string, graceSeconds: body.graceSeconds }),
    }),
  }),
  tenantEndpoint("key.manage", {
    method: "POST",
    path: "/tenants/{tenant}/keys/{id}/revoke",
    summary: "Revoke an API key, everywhere and for good",
    body: revokeKeySchema,
    response: dataOf(apiKeySchema),
    handle: async ({ actor, params, body }) => ({
      data: await revokeKey(actor, { id: params.id as string, reason: body.reason }),
    }),
  }),
];
