import { z } from "zod";
import { listMembers } from "#lib/members/queries.ts";
import { memberSchema } from "#lib/members/schema.ts";
import { type Endpoint, tenantEndpoint } from "../endpoint.ts";
import { pageOf, pageQuery } from "../page.ts";

export const memberEndpoints: Endpoint[] = [
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/members",
    summary: "List the tenant's members",
    query: z.strictObject(pageQuery),
    response: pageOf(memberSchema),
    handle: ({ actor, query }) => listMembers(actor, query),
  }),
];
