import { z } from "zod";
import { line } from "#lib/contract/text.ts";
import { lookupKeySchema } from "#lib/keys/schema.ts";
import {
  endSupportStay,
  leaveSupportSession,
  setSupportAccess,
  startSupportSession,
} from "#lib/support/commands.ts";
import {
  findAnywhere,
  getAnyTenant,
  getDeadGroup,
  getInstallation,
  getSupportAccess,
  getSupportSession,
  listAllTenants,
  listDeadGroups,
  listDeskSearches,
  listSupportSessions,
  listSupportStays,
  listTenantsOfDeadGroup,
  lookupKeyAnywhere,
} from "#lib/support/queries.ts";
import {
  DEAD_GROUP_ORDERS,
  deadGroupSchema,
  deadGroupTenantSchema,
  deskSearchSchema,
  foundKeySchema,
  foundSchema,
  installationSchema,
  newSupportSessionSchema,
  supportAccessSchema,
  supportQuestion,
  supportSessionSchema,
  supportStaySchema,
  supportTenantDetailSchema,
  supportTenantSchema,
} from "#lib/support/schema.ts";
import { type Endpoint, operatorEndpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf, pageOf, pageQuery } from "../page.ts";

const desk: Endpoint[] = [
  operatorEndpoint({
    method: "GET",
    path: "/support/search",
    summary: "Find a job, request, key or tenant by id or part in every tenant; never send a whole key",
    query: z.strictObject({ q: supportQuestion }),
    response: dataOf(foundSchema),
    leavesTrace: true,
    handle: async ({ actor, query }) => ({ data: await findAnywhere(actor, query) }),
  }),
  operatorEndpoint({
    method: "POST",
    path: "/support/keys/lookup",
    summary: "Find the key with this SHA-256 in whichever tenant",
    body: lookupKeySchema,
    response: dataOf(foundKeySchema),
    handle: async ({ actor, body }) => ({ data: await lookupKeyAnywhere(actor, body) }),
  }),
  operatorEndpoint({
    method: "GET",
    path: "/support/installation",
    summary: "Read the installation's processes and how much there is in it",
    response: dataOf(installationSchema),
    handle: async ({ actor }) => ({ data: await getInstallation(actor) }),
  }),
  operatorEndpoint({
    method: "GET",
    path: "/support/tenants",
    summary: "List all tenants by slug",
    query: z.strictObject({ ...pageQuery, q: line(0, 200).optional() }),
    response: pageOf(supportTenantSchema),
    handle: ({ actor, query }) => listAllTenants(actor, query),
  }),
  operatorEndpoint({
    method: "GET",
    path: "/support/tenants/{slug}",
    summary: "Read one tenant from outside",
    response: dataOf(supportTenantDetailSchema),
    handle: async ({ actor, params }) => ({
      data: await getAnyTenant(actor, { slug: params.slug as string }),
    }),
  }),
  operatorEndpoint({
    method: "GET",
    path: "/support/dead-letters/groups",
    summary: "List failures that have dead letters in any tenant; by reach there is one page",
    query: z.strictObject({ ...pageQuery, order: z.enum(DEAD_GROUP_ORDERS).default("recent") }),
    response: pageOf(deadGroupSchema),
    handle: ({ actor, query }) => listDeadGroups(actor, query),
  }),
  operatorEndpoint({
    method: "GET",
    path: "/support/dead-letters/groups/{fingerprint}",
    summary: "Read one failure across tenants",
    response: dataOf(deadGroupSchema),
    handle: async ({ actor, params }) => ({
      data: await getDeadGroup(actor, { fingerprint: params.fingerprint as string }),
    }),
  }),
  operatorEndpoint({
    method: "GET",
    path: "/support/dead-letters/groups/{fingerprint}/tenants",
    summary: "List the tenants that a failure touches, the latest first",
    query: z.strictObject(pageQuery),
    response: pageOf(deadGroupTenantSchema),
    handle: ({ actor, params, query }) =>
      listTenantsOfDeadGroup(actor, { ...query, fingerprint: params.fingerprint as string }),
  }),
  operatorEndpoint({
    method: "GET",
    path: "/support/searches",
    summary: "List what operators looked for, the latest first",
    query: z.strictObject(pageQuery),
    response: pageOf(deskSearchSchema),
    handle: ({ actor, query }) => listDeskSearches(actor, query),
  }),
  operatorEndpoint({
    method: "GET",
    path: "/support/sessions",
    summary: "List the support sessions of all operators, newest first",
    query: z.strictObject({
      ...pageQuery,
      tenant: line(0, 40).optional(),
      state: z.enum(["open"]).optional(),
    }),
    response: pageOf(supportSessionSchema),
    handle: ({ actor, query }) => listSupportSessions(actor, query),
  }),
  operatorEndpoint({
    method: "POST",
    path: "/support/sessions",
    summary: "Enter a tenant for up to 60 minutes, read-only or to requeue, with a reason that it will read",
    body: newSupportSessionSchema,
    response: dataOf(supportSessionSchema),
    status: 201,
    handle: async ({ actor, body }) => ({ data: await startSupportSession(actor, body) }),
  }),
  operatorEndpoint({
    method: "GET",
    path: "/support/sessions/{id}",
    summary: "Read one support session",
    response: dataOf(supportSessionSchema),
    handle: async ({ actor, params }) => ({
      data: await getSupportSession(actor, { id: params.id as string }),
    }),
  }),
  operatorEndpoint({
    method: "POST",
    path: "/support/sessions/{id}/end",
    summary: "Leave a tenant before the time has come",
    response: dataOf(supportSessionSchema),
    handle: async ({ actor, params }) => ({
      data: await leaveSupportSession(actor, { id: params.id as string }),
    }),
  }),
];

const inTenant: Endpoint[] = [
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/support-sessions",
    summary: "List which operators were in the tenant, why, and what they did, newest first",
    query: z.strictObject({ ...pageQuery, state: z.enum(["open"]).optional() }),
    response: pageOf(supportStaySchema),
    handle: ({ actor, query }) => listSupportStays(actor, query),
  }),
  tenantEndpoint("support.end", {
    method: "POST",
    path: "/tenants/{tenant}/support-sessions/{id}/end",
    summary: "End an operator's support session",
    response: z.void(),
    status: 204,
    handle: ({ actor, params }) => endSupportStay(actor, { id: params.id as string }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/support-access",
    summary: "Whether operators of the installation may enter the tenant",
    response: dataOf(supportAccessSchema),
    handle: async ({ actor }) => ({ data: await getSupportAccess(actor, undefined) }),
  }),
  tenantEndpoint("tenant.manage", {
    method: "PUT",
    path: "/tenants/{tenant}/support-access",
    summary: "Let operators in, or keep them out and end their open sessions",
    body: supportAccessSchema,
    response: dataOf(supportAccessSchema),
    handle: async ({ actor, body }) => ({ data: await setSupportAccess(actor, body) }),
  }),
];

export const supportEndpoints: Endpoint[] = [...desk, ...inTenant];
