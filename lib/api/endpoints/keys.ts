import { z } from "zod";
import { changeGrace, editKey, mintKey, revokeKey, revokeKeys, rotateKey } from "#lib/keys/commands.ts";
import {
  findKeyByHash,
  getKey,
  getKeyReach,
  getKeysOfRoute,
  getKeyTraffic,
  getRightsReach,
  listKeys,
} from "#lib/keys/queries.ts";
import {
  apiKeyDetailSchema,
  apiKeySchema,
  bulkRevokedSchema,
  bulkRevokeSchema,
  changeGraceSchema,
  editedKeySchema,
  keyFilters,
  keyReachSchema,
  keysOfRouteSchema,
  keyTrafficSchema,
  lookupKeySchema,
  mintedKeySchema,
  newKeySchema,
  revokeKeySchema,
  rightsReachSchema,
  rotateKeySchema,
  TRAFFIC_PERIODS,
  triedRightsSchema,
} from "#lib/keys/schema.ts";
import { type Endpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf, pageOf, pageQuery } from "../page.ts";
import { editedVersion } from "./routes.ts";

/** Room for far more rights than a key may hold, so that too many are told as such and not as too many bytes. */
export const RIGHTS_BODY_BYTES = 4 * 1_024 * 1_024;

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
    maxBodyBytes: RIGHTS_BODY_BYTES,
    response: dataOf(mintedKeySchema),
    status: 201,
    handle: async ({ actor, body }) => ({ data: await mintKey(actor, body) }),
  }),
  tenantEndpoint("key.manage", {
    method: "POST",
    path: "/tenants/{tenant}/keys/revoke",
    summary: "Revoke many API keys at once, or with dryRun say how many that would be",
    body: bulkRevokeSchema,
    response: dataOf(bulkRevokedSchema),
    handle: async ({ actor, body }) => ({ data: await revokeKeys(actor, body) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "POST",
    path: "/tenants/{tenant}/keys/lookup",
    summary: "Find the API key that has this SHA-256",
    body: lookupKeySchema,
    response: dataOf(apiKeySchema),
    handle: async ({ actor, body }) => ({ data: await findKeyByHash(actor, body) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "POST",
    path: "/tenants/{tenant}/keys/reach",
    summary: "The live routes that a new API key with these rights would open; makes none",
    body: triedRightsSchema,
    maxBodyBytes: RIGHTS_BODY_BYTES,
    response: dataOf(rightsReachSchema),
    handle: async ({ actor, body }) => ({ data: await getRightsReach(actor, body) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/keys/{id}/traffic",
    summary: "Requests and refusals of an API key over time",
    query: z.strictObject({ period: z.enum(TRAFFIC_PERIODS).default("day") }),
    response: dataOf(keyTrafficSchema),
    handle: async ({ actor, params, query }) => ({
      data: await getKeyTraffic(actor, { id: params.id as string, period: query.period }),
    }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/keys/{id}/routes",
    summary: "The live routes that an API key opens, and what it uses of them",
    response: dataOf(keyReachSchema),
    handle: async ({ actor, params }) => ({ data: await getKeyReach(actor, { id: params.id as string }) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/routes/{id}/keys",
    summary: "The API keys that open a live route",
    response: dataOf(keysOfRouteSchema),
    handle: async ({ actor, params }) => ({ data: await getKeysOfRoute(actor, { id: params.id as string }) }),
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
