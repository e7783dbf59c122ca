import { z } from "zod";
import { prepareErrand, unlinkIdentity } from "#lib/identities/commands.ts";
import { listMyProviders } from "#lib/identities/queries.ts";
import { errandTicketSchema, myProvidersSchema, newErrandSchema } from "#lib/identities/schema.ts";
import { type Endpoint, personEndpoint } from "../endpoint.ts";
import { dataOf } from "../page.ts";

export const identityEndpoints: Endpoint[] = [
  personEndpoint({
    method: "GET",
    path: "/me/identities",
    summary: "List one's own accounts at identity providers, and the providers that there are",
    response: dataOf(myProvidersSchema),
    handle: async ({ actor }) => ({ data: await listMyProviders(actor) }),
  }),
  personEndpoint({
    method: "POST",
    path: "/me/identities/errands",
    summary:
      "Get leave to go to a provider, in order to add it or to confirm that it is oneself; in a browser only",
    body: newErrandSchema,
    response: dataOf(errandTicketSchema),
    status: 201,
    maxBodyBytes: 4_096,
    handle: async ({ actor, body }) => ({ data: await prepareErrand(actor, body) }),
  }),
  personEndpoint({
    method: "DELETE",
    path: "/me/identities/{id}",
    summary: "Remove one of one's accounts at identity providers; in a browser only",
    response: z.void(),
    status: 204,
    handle: ({ actor, params }) => unlinkIdentity(actor, { id: params.id as string }),
  }),
];
