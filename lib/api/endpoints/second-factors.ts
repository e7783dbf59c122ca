import { z } from "zod";
import { assertInPerson } from "#lib/access/authorize.ts";
import {
  addPasskey,
  confirmOptions,
  confirmTotp,
  giveSecondFactor,
  newPasskeyOptions,
  removePasskey,
  renamePasskey,
  renewRecoveryCodes,
  secondStepOptions,
  signInOptions,
  signInWithPasskey,
  startTotp,
  turnOffTotp,
} from "#lib/second-factors/commands.ts";
import { getSecondFactors } from "#lib/second-factors/queries.ts";
import {
  addedPasskeySchema,
  assertionSchema,
  ceremonySchema,
  confirmTotpSchema,
  enrolledSchema,
  FACTOR_BODY_BYTES,
  givenFactorSchema,
  newPasskeySchema,
  passkeyNameSchema,
  recoveryCodesSchema,
  secondFactorsSchema,
  totpSetupSchema,
} from "#lib/second-factors/schema.ts";
import { type Endpoint, personEndpoint, publicEndpoint } from "../endpoint.ts";
import { dataOf } from "../page.ts";

const SMALL_BODY = 4 * 1024;

const withCookie = (body: unknown, cookie: string): Response => {
  const headers = { "set-cookie": cookie };
  return body === null ? new Response(null, { status: 204, headers }) : Response.json(body, { headers });
};

const own: Endpoint[] = [
  personEndpoint({
    method: "GET",
    path: "/me/second-factors",
    summary: "What one gives beside the password to sign in, and what one could set up",
    response: dataOf(secondFactorsSchema),
    handle: async ({ actor }) => ({ data: await getSecondFactors(actor) }),
  }),
  personEndpoint({
    method: "POST",
    path: "/me/second-factors/totp",
    summary: "Begin to set up an authenticator app; this answer is the only one that holds its secret",
    maxBodyBytes: SMALL_BODY,
    response: dataOf(totpSetupSchema),
    status: 201,
    handle: async ({ actor }) => ({ data: await startTotp(actor) }),
  }),
  personEndpoint({
    method: "POST",
    path: "/me/second-factors/totp/confirm",
    summary: "Make the app count by one of its codes; recovery codes come along the first time",
    body: confirmTotpSchema,
    maxBodyBytes: SMALL_BODY,
    response: dataOf(enrolledSchema),
    handle: async ({ actor, body }) => ({ data: { recoveryCodes: await confirmTotp(actor, body) } }),
  }),
  personEndpoint({
    method: "DELETE",
    path: "/me/second-factors/totp",
    summary: "Turn the authenticator app off",
    response: z.void(),
    status: 204,
    handle: ({ actor }) => turnOffTotp(actor),
  }),
  personEndpoint({
    method: "POST",
    path: "/me/second-factors/recovery-codes",
    summary: "Replace the recovery codes; this answer is the only one that holds them",
    maxBodyBytes: SMALL_BODY,
    response: dataOf(recoveryCodesSchema),
    status: 201,
    handle: async ({ actor }) => ({ data: { recoveryCodes: await renewRecoveryCodes(actor) } }),
  }),
];

const passkeys: Endpoint[] = [
  personEndpoint({
    method: "POST",
    path: "/me/passkeys/challenge",
    summary: "What the browser makes a passkey with",
    maxBodyBytes: SMALL_BODY,
    response: dataOf(ceremonySchema),
    handle: async ({ actor }) => ({ data: await newPasskeyOptions(actor) }),
  }),
  personEndpoint({
    method: "POST",
    path: "/me/passkeys",
    summary: "Keep a passkey that the browser has made; recovery codes come along the first time",
    body: newPasskeySchema,
    maxBodyBytes: FACTOR_BODY_BYTES,
    response: dataOf(addedPasskeySchema),
    status: 201,
    handle: async ({ actor, body }) => ({ data: await addPasskey(actor, body) }),
  }),
  personEndpoint({
    method: "PATCH",
    path: "/me/passkeys/{id}",
    summary: "Rename a passkey",
    body: passkeyNameSchema,
    maxBodyBytes: SMALL_BODY,
    response: z.void(),
    status: 204,
    handle: ({ actor, params, body }) => renamePasskey(actor, { id: params.id as string, ...body }),
  }),
  personEndpoint({
    method: "DELETE",
    path: "/me/passkeys/{id}",
    summary: "Remove a passkey",
    response: z.void(),
    status: 204,
    handle: ({ actor, params }) => removePasskey(actor, { id: params.id as string }),
  }),
  personEndpoint({
    method: "POST",
    path: "/me/confirm/challenge",
    summary: "What the browser gives a passkey with to prove again that it is oneself",
    maxBodyBytes: SMALL_BODY,
    response: dataOf(ceremonySchema),
    async handle({ actor }) {
      assertInPerson(actor);
      return { data: await confirmOptions(actor) };
    },
  }),
];

/** Before anybody is signed in. The dispatcher takes them from the console's own pages only. */
const signingIn: Endpoint[] = [
  publicEndpoint({
    method: "POST",
    path: "/sign-in/passkey/challenge",
    summary: "What the browser signs in with a passkey with, without a password",
    maxBodyBytes: SMALL_BODY,
    response: dataOf(ceremonySchema),
    async handle({ actor }) {
      const { options, cookie } = await signInOptions(actor);
      return withCookie({ data: options }, cookie);
    },
  }),
  publicEndpoint({
    method: "POST",
    path: "/sign-in/passkey",
    summary: "Sign in with a passkey; the answer sets the session's cookie",
    body: assertionSchema,
    maxBodyBytes: FACTOR_BODY_BYTES,
    response: z.void(),
    status: 204,
    handle: async ({ actor, body }) => withCookie(null, await signInWithPasskey(actor, body)),
  }),
  publicEndpoint({
    method: "POST",
    path: "/sign-in/second-factor/challenge",
    summary: "What the browser gives a passkey with as the second step of signing in",
    maxBodyBytes: SMALL_BODY,
    response: dataOf(ceremonySchema),
    handle: async ({ actor }) => ({ data: await secondStepOptions(actor) }),
  }),
  publicEndpoint({
    method: "POST",
    path: "/sign-in/second-factor",
    summary: "The second step of signing in, after a password; the answer sets the session's cookie",
    body: givenFactorSchema,
    maxBodyBytes: FACTOR_BODY_BYTES,
    response: z.void(),
    status: 204,
    handle: async ({ actor, body }) => withCookie(null, await giveSecondFactor(actor, body)),
  }),
];

export const secondFactorEndpoints: Endpoint[] = [...own, ...passkeys, ...signingIn];
