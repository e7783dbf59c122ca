import { notFound } from "#lib/errors/domain-error.ts";
import { explain, findRefusals } from "#lib/explain/queries.ts";
import {
  explainInputSchema,
  explanationSchema,
  refusalsSchema,
  requestIdSchema,
} from "#lib/explain/schema.ts";
import { type Endpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf } from "../page.ts";

/** A body of 1 MiB in which every byte needs an escape, and the rest of the request. */
const MAX_BYTES = 7 * 1024 * 1024;

export const explainEndpoints: Endpoint[] = [
  tenantEndpoint("request.explain", {
    method: "POST",
    path: "/tenants/{tenant}/explain",
    summary: "Say what the draft and the live revision would make of a request, without sending it",
    cost: 5,
    body: explainInputSchema,
    response: dataOf(explanationSchema),
    maxBodyBytes: MAX_BYTES,
    handle: async ({ actor, body }) => ({ data: await explain(actor, body) }),
  }),
  tenantEndpoint("request.explain", {
    method: "GET",
    path: "/tenants/{tenant}/refusals/{request}",
    summary: "Find what the gateways refused under a request ID in the last 24 hours",
    response: dataOf(refusalsSchema),
    async handle({ actor, params }) {
      const parsed = requestIdSchema.safeParse(params.request);
      if (!parsed.success) throw notFound("request ID");
      return { data: await findRefusals(actor, { requestId: parsed.data }) };
    },
  }),
];
