import { z } from "zod";
import { listFunctions, listGateways } from "#lib/gateways/queries.ts";
import { functionSchema, gatewaysSchema } from "#lib/gateways/schema.ts";
import { getOverview } from "#lib/overview/queries.ts";
import { overviewSchema } from "#lib/overview/schema.ts";
import { type Endpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf } from "../page.ts";

export const gatewayEndpoints: Endpoint[] = [
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/overview",
    summary: "What the tenant has, and what waits for somebody",
    response: dataOf(overviewSchema),
    handle: async ({ actor }) => ({ data: await getOverview(actor, undefined) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/gateways",
    summary: "Every process of the data plane and what it serves",
    response: dataOf(gatewaysSchema),
    handle: async ({ actor }) => ({ data: await listGateways(actor, undefined) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/functions",
    summary: "The functions that a route can name",
    response: z.object({ data: z.array(functionSchema), next_cursor: z.null() }),
    handle: async ({ actor }) => ({ data: await listFunctions(actor, undefined), next_cursor: null }),
  }),
];
