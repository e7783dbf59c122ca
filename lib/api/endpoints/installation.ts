import { z } from "zod";
import { checkProvider } from "#lib/identities/queries.ts";
import { grantOperator, revokeOperator, sendTestMail } from "#lib/installation/commands.ts";
import { getSetup, listOperators } from "#lib/installation/queries.ts";
import {
  askedProviderSchema,
  newOperatorSchema,
  operatorSchema,
  providerCheckSchema,
  setupSchema,
  testMailSchema,
} from "#lib/installation/schema.ts";
import { type Endpoint, operatorEndpoint } from "../endpoint.ts";
import { dataOf } from "../page.ts";

const SMALL_BODY = 4_096;

export const installationEndpoints: Endpoint[] = [
  operatorEndpoint({
    method: "GET",
    path: "/support/installation/setup",
    summary: "How the installation is set up; nothing secret",
    response: dataOf(setupSchema),
    handle: async ({ actor }) => ({ data: await getSetup(actor) }),
  }),
  operatorEndpoint({
    method: "POST",
    path: "/support/installation/test-mail",
    summary: "Send oneself a message, to see whether mail leaves the installation",
    response: dataOf(testMailSchema),
    maxBodyBytes: SMALL_BODY,
    handle: async ({ actor }) => ({ data: await sendTestMail(actor) }),
  }),
  operatorEndpoint({
    method: "POST",
    path: "/support/installation/check-provider",
    summary: "Ask an identity provider whether it answers, and can do what the settings want of it",
    body: askedProviderSchema,
    response: dataOf(providerCheckSchema),
    maxBodyBytes: SMALL_BODY,
    handle: async ({ actor, body }) => ({ data: await checkProvider(actor, body.provider) }),
  }),
  operatorEndpoint({
    method: "GET",
    path: "/support/operators",
    summary: "Who runs the installation",
    response: dataOf(z.array(operatorSchema)),
    handle: async ({ actor }) => ({ data: await listOperators(actor) }),
  }),
  operatorEndpoint({
    method: "POST",
    path: "/support/operators",
    summary: "Make somebody with an account an operator; in a browser only",
    body: newOperatorSchema,
    response: z.void(),
    status: 204,
    maxBodyBytes: SMALL_BODY,
    handle: ({ actor, body }) => grantOperator(actor, body),
  }),
  operatorEndpoint({
    method: "POST",
    path: "/support/operators/{id}/revoke",
    summary: "Take it from somebody to be an operator; in a browser only",
    response: z.void(),
    status: 204,
    maxBodyBytes: SMALL_BODY,
    handle: ({ actor, params }) => revokeOperator(actor, { id: params.id as string }),
  }),
];
