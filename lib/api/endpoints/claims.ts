import { z } from "zod";
import { cancelClaim, createClaim, openClaim, revealClaim } from "#lib/claims/commands.ts";
import { listClaims } from "#lib/claims/queries.ts";
import {
  claimFilters,
  claimSchema,
  newClaimLinkSchema,
  newClaimSchema,
  openedClaimSchema,
  presentedClaimSchema,
  revealedClaimSchema,
} from "#lib/claims/schema.ts";
import { type Endpoint, publicEndpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf, pageOf, pageQuery } from "../page.ts";
import { RIGHTS_BODY_BYTES } from "./keys.ts";

export const claimEndpoints: Endpoint[] = [
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/claims",
    summary: "List claim links, newest first",
    query: z.strictObject({ ...pageQuery, ...claimFilters }),
    response: pageOf(claimSchema),
    handle: ({ actor, query }) => listClaims(actor, query),
  }),
  tenantEndpoint("key.manage", {
    method: "POST",
    path: "/tenants/{tenant}/claims",
    summary: "Make a one-time link to a key that nobody has seen; this answer is the only one that holds it",
    body: newClaimSchema,
    maxBodyBytes: RIGHTS_BODY_BYTES,
    response: dataOf(newClaimLinkSchema),
    status: 201,
    handle: async ({ actor, body }) => ({ data: await createClaim(actor, body) }),
  }),
  tenantEndpoint("key.manage", {
    method: "DELETE",
    path: "/tenants/{tenant}/claims/{id}",
    summary: "Cancel a claim link that has not been used; it stays in the list",
    response: dataOf(claimSchema),
    handle: async ({ actor, params }) => ({ data: await cancelClaim(actor, { id: params.id as string }) }),
  }),
  publicEndpoint({
    method: "POST",
    path: "/claim/open",
    summary: "What a claim link's key will open; makes no key",
    body: presentedClaimSchema,
    response: dataOf(openedClaimSchema),
    handle: async ({ body }) => ({ data: await openClaim(body.secret) }),
  }),
  publicEndpoint({
    method: "POST",
    path: "/claim/reveal",
    summary: "Make a claim link's key; this answer is the only one that holds it",
    body: presentedClaimSchema,
    response: dataOf(revealedClaimSchema),
    status: 201,
    handle: async ({ actor, body }) => ({ data: await revealClaim(body.secret, actor) }),
  }),
];
