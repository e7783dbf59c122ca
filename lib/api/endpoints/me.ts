import { z } from "zod";
import { editProfile } from "#lib/account/commands.ts";
import { readAccount } from "#lib/account/queries.ts";
import { accountSchema, profileSchema } from "#lib/account/schema.ts";
import { confirmIdentity, signOutEverywhere } from "#lib/sign-in/commands.ts";
import { waysToConfirm } from "#lib/sign-in/queries.ts";
import { confirmationSchema, meSchema, waysToConfirmSchema } from "#lib/sign-in/schema.ts";
import { type Endpoint, personEndpoint } from "../endpoint.ts";
import { dataOf } from "../page.ts";

/** Enough for a password of the longest kind, however it is escaped, and for what other proofs hold. */
const SMALL_BODY = 16 * 1024;

/** What belongs to whoever is asking. */
export const meEndpoints: Endpoint[] = [
  personEndpoint({
    method: "GET",
    path: "/me",
    summary: "Who is asking",
    response: dataOf(meSchema),
    handle: async ({ actor: { userId: id, email, name, isOperator: operator, proof } }) => ({
      data: { id, email, name, operator, signedInWith: proof.type },
    }),
  }),
  personEndpoint({
    method: "PATCH",
    path: "/me",
    summary: "Change what one is called",
    body: profileSchema,
    maxBodyBytes: SMALL_BODY,
    response: dataOf(accountSchema),
    async handle({ actor, body }) {
      await editProfile(actor, body);
      return { data: await readAccount(actor) };
    },
  }),
  personEndpoint({
    method: "GET",
    path: "/me/account",
    summary: "Read one's own account: name, address, whether it is proven, and whether there is a password",
    response: dataOf(accountSchema),
    handle: async ({ actor }) => ({ data: await readAccount(actor) }),
  }),
  personEndpoint({
    method: "POST",
    path: "/me/sign-out-everywhere",
    summary: "End every browser session of the person",
    response: z.void(),
    status: 204,
    handle: ({ actor }) => signOutEverywhere(actor),
  }),
  personEndpoint({
    method: "GET",
    path: "/me/confirm",
    summary: "In which ways one can prove again that it is oneself",
    response: dataOf(waysToConfirmSchema),
    handle: async ({ actor }) => ({ data: { ways: await waysToConfirm(actor) } }),
  }),
  personEndpoint({
    method: "POST",
    path: "/me/confirm",
    summary: "Prove again that it is oneself, for what is answered with confirmation_required",
    body: confirmationSchema,
    maxBodyBytes: SMALL_BODY,
    response: z.void(),
    status: 204,
    handle: ({ actor, body }) => confirmIdentity(actor, body),
  }),
];
