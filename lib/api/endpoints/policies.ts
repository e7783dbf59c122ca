import { setDemands } from "#lib/policies/commands.ts";
import { getSecurity, previewDemands } from "#lib/policies/queries.ts";
import {
  editedSecuritySchema,
  previewQuerySchema,
  previewSchema,
  securitySchema,
} from "#lib/policies/schema.ts";
import { type Endpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf } from "../page.ts";
import { editedVersion } from "./routes.ts";

export const policyEndpoints: Endpoint[] = [
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/security",
    summary: "Read what the tenant asks of everybody who enters it",
    response: dataOf(securitySchema),
    handle: async ({ actor }) => ({ data: await getSecurity(actor, undefined) }),
  }),
  tenantEndpoint("tenant.manage", {
    method: "PUT",
    path: "/tenants/{tenant}/security",
    summary:
      "Ask for a second factor, or for an identity provider, of everybody who enters; in a browser only",
    body: editedSecuritySchema,
    response: dataOf(securitySchema),
    maxBodyBytes: 8_192,
    async handle({ actor, body: { version, ...demands }, ifMatch }) {
      return { data: await setDemands(actor, { ...demands, version: editedVersion(version, ifMatch) }) };
    },
  }),
  tenantEndpoint("tenant.manage", {
    method: "GET",
    path: "/tenants/{tenant}/security/preview",
    summary: "See whom demands would keep out, before making them",
    query: previewQuerySchema,
    response: dataOf(previewSchema),
    handle: async ({ actor, query }) => ({ data: await previewDemands(actor, query) }),
  }),
];
