import { z } from "zod";
import {
  createEndpoint,
  deleteEndpoint,
  editEndpoint,
  redeliver,
  rotateEndpoint,
  testEndpoint,
} from "#lib/webhooks/commands.ts";
import {
  getDelivery,
  getEndpoint,
  listDeliveries,
  listEndpoints,
  listJobDeliveries,
} from "#lib/webhooks/queries.ts";
import {
  deliveryDetailSchema,
  deliveryFilters,
  deliverySchema,
  editedEndpointSchema,
  endpointSchema,
  endpointWithSecretSchema,
  newEndpointSchema,
  rotationSchema,
} from "#lib/webhooks/schema.ts";
import { type Endpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf, pageOf, pageQuery } from "../page.ts";
import { editedVersion } from "./routes.ts";

const MAX_WEBHOOK_BYTES = 131_072;
const idOf = (params: Record<string, string>) => ({ id: params.id as string });

export const webhookEndpoints: Endpoint[] = [
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/webhooks",
    summary: "List the webhooks; secrets are in no list",
    query: z.strictObject(pageQuery),
    response: pageOf(endpointSchema),
    handle: ({ actor, query }) => listEndpoints(actor, query),
  }),
  tenantEndpoint("key.manage", {
    method: "POST",
    path: "/tenants/{tenant}/webhooks",
    summary: "Add a webhook; the answer holds its signing secret, once",
    body: newEndpointSchema,
    maxBodyBytes: MAX_WEBHOOK_BYTES,
    response: dataOf(endpointWithSecretSchema),
    status: 201,
    handle: async ({ actor, body }) => ({ data: await createEndpoint(actor, body) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/webhooks/{id}",
    summary: "Read one webhook",
    response: dataOf(endpointSchema),
    handle: async ({ actor, params }) => ({ data: await getEndpoint(actor, idOf(params)) }),
  }),
  tenantEndpoint("key.manage", {
    method: "PATCH",
    path: "/tenants/{tenant}/webhooks/{id}",
    summary: "Change a webhook, disable or enable it",
    body: editedEndpointSchema,
    maxBodyBytes: MAX_WEBHOOK_BYTES,
    response: dataOf(endpointSchema),
    async handle({ actor, params, body, ifMatch }) {
      const version = editedVersion(body.version, ifMatch);
      return { data: await editEndpoint(actor, { ...body, ...idOf(params), version }) };
    },
  }),
  tenantEndpoint("key.manage", {
    method: "POST",
    path: "/tenants/{tenant}/webhooks/{id}/rotate",
    summary: "Replace a webhook's signing secret; for a while the old one signs too",
    body: rotationSchema,
    response: dataOf(endpointWithSecretSchema),
    handle: async ({ actor, params, body }) => ({
      data: await rotateEndpoint(actor, { ...idOf(params), ...body }),
    }),
  }),
  tenantEndpoint("key.manage", {
    method: "POST",
    path: "/tenants/{tenant}/webhooks/{id}/test",
    summary: "Send a test, once and without retries",
    body: z.strictObject({}),
    response: dataOf(deliveryDetailSchema),
    status: 202,
    handle: async ({ actor, params }) => ({ data: await testEndpoint(actor, idOf(params)) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/webhooks/{id}/deliveries",
    summary: "List a webhook's deliveries of the last 30 days, newest first",
    query: z.strictObject({ ...pageQuery, ...deliveryFilters }),
    response: pageOf(deliverySchema),
    handle: ({ actor, params, query }) => listDeliveries(actor, { ...query, ...idOf(params) }),
  }),
  tenantEndpoint("key.manage", {
    method: "DELETE",
    path: "/tenants/{tenant}/webhooks/{id}",
    summary: "Delete a webhook, erase its secret and call off what is on its way",
    response: z.void(),
    status: 204,
    handle: ({ actor, params, ifMatch }) =>
      deleteEndpoint(actor, {
        ...idOf(params),
        version: ifMatch === null ? null : editedVersion(undefined, ifMatch),
      }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/jobs/{id}/deliveries",
    summary: "What was told, or is to be told, of a job; the latest 100",
    response: z.object({ data: z.array(deliverySchema) }),
    handle: async ({ actor, params }) => ({ data: await listJobDeliveries(actor, idOf(params)) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/deliveries/{id}",
    summary: "Read one delivery with its body and its attempts",
    response: dataOf(deliveryDetailSchema),
    handle: async ({ actor, params }) => ({ data: await getDelivery(actor, idOf(params)) }),
  }),
  tenantEndpoint("job.act", {
    method: "POST",
    path: "/tenants/{tenant}/deliveries/{id}/redeliver",
    summary: "Send a delivery again, or at once when it waits for its next attempt, under the same event id",
    body: z.strictObject({}),
    response: dataOf(deliveryDetailSchema),
    status: 202,
    handle: async ({ actor, params }) => ({ data: await redeliver(actor, idOf(params)) }),
  }),
];
