import { z } from "zod";
import {
  cancelEmailChange,
  changePassword,
  endOtherSessions,
  endOwnSession,
  openPasswordReset,
  requestEmailChange,
  requestPasswordReset,
  requestVerification,
  resetPassword,
  verifyEmail,
} from "#lib/account/commands.ts";
import { judgePassword, listActivity, listSessions } from "#lib/account/queries.ts";
import {
  activitySchema,
  emailChangeSchema,
  emailProofSchema,
  endedSessionsSchema,
  openedResetSchema,
  passwordChangeSchema,
  passwordCheckSchema,
  passwordVerdictSchema,
  pendingEmailSchema,
  resetCheckSchema,
  resetRequestSchema,
  resetUseSchema,
  sessionSchema,
  verifiedEmailSchema,
} from "#lib/account/schema.ts";
import { type Endpoint, personEndpoint, publicEndpoint } from "../endpoint.ts";
import { dataOf, pageOf, pageQuery } from "../page.ts";

/** Room for two passwords of the longest kind, however they are escaped. */
const PASSWORD_BODY = 32 * 1024;

const password: Endpoint[] = [
  personEndpoint({
    method: "POST",
    path: "/me/password",
    summary: "Change one's password, or set the first one; every other session ends",
    body: passwordChangeSchema,
    maxBodyBytes: PASSWORD_BODY,
    response: z.void(),
    status: 204,
    handle: ({ actor, body }) => changePassword(actor, body),
  }),
  personEndpoint({
    method: "POST",
    path: "/me/password/check",
    summary: "Why one could not have a password; nothing of it is kept",
    body: passwordCheckSchema,
    maxBodyBytes: PASSWORD_BODY,
    cost: 3,
    response: dataOf(passwordVerdictSchema),
    handle: async ({ actor, body }) => ({ data: await judgePassword(actor, body) }),
  }),
  publicEndpoint({
    method: "POST",
    path: "/password-resets",
    summary:
      "Send a link to a new password, if an account has the address; the answer is the same if none has",
    body: resetRequestSchema,
    maxBodyBytes: PASSWORD_BODY,
    response: z.void(),
    status: 204,
    handle: ({ actor, body }) => requestPasswordReset(body, actor),
  }),
  publicEndpoint({
    method: "POST",
    path: "/password-resets/open",
    summary: "Whose password a link sets, and whether a password is good enough; changes nothing",
    body: resetCheckSchema,
    maxBodyBytes: PASSWORD_BODY,
    cost: 3,
    response: dataOf(openedResetSchema),
    handle: async ({ body }) => ({ data: await openPasswordReset(body) }),
  }),
  publicEndpoint({
    method: "POST",
    path: "/password-resets/use",
    summary: "Set a new password with a link, once; every session ends",
    body: resetUseSchema,
    maxBodyBytes: PASSWORD_BODY,
    cost: 3,
    response: z.void(),
    status: 204,
    handle: ({ actor, body }) => resetPassword(body, actor),
  }),
];

const email: Endpoint[] = [
  personEndpoint({
    method: "POST",
    path: "/me/email",
    summary: "Ask for another e-mail address; it counts when it is proven with the link that is sent there",
    body: emailChangeSchema,
    maxBodyBytes: PASSWORD_BODY,
    response: dataOf(pendingEmailSchema),
    status: 202,
    handle: async ({ actor, body }) => ({ data: await requestEmailChange(actor, body) }),
  }),
  personEndpoint({
    method: "DELETE",
    path: "/me/email",
    summary: "Take back a change of the e-mail address that is not proven yet",
    response: z.void(),
    status: 204,
    handle: ({ actor }) => cancelEmailChange(actor),
  }),
  personEndpoint({
    method: "POST",
    path: "/me/email/send",
    summary: "Send a link that proves one's present e-mail address",
    response: dataOf(pendingEmailSchema),
    status: 202,
    handle: async ({ actor }) => ({ data: await requestVerification(actor) }),
  }),
  personEndpoint({
    method: "POST",
    path: "/me/email/verify",
    summary: "Prove an e-mail address with the link that was sent there",
    body: emailProofSchema,
    maxBodyBytes: PASSWORD_BODY,
    response: dataOf(verifiedEmailSchema),
    handle: async ({ actor, body }) => ({ data: await verifyEmail(actor, body) }),
  }),
];

const sessions: Endpoint[] = [
  personEndpoint({
    method: "GET",
    path: "/me/sessions",
    summary: "List the browsers in which one is signed in, the latest use first",
    query: z.strictObject(pageQuery),
    response: pageOf(sessionSchema),
    handle: ({ actor, query }) => listSessions(actor, query),
  }),
  personEndpoint({
    method: "DELETE",
    path: "/me/sessions/{id}",
    summary: "End one of one's sessions",
    response: z.void(),
    status: 204,
    handle: ({ actor, params }) => endOwnSession(actor, { id: params.id as string }),
  }),
  personEndpoint({
    method: "POST",
    path: "/me/sessions/end-others",
    summary: "End every session but this one",
    response: dataOf(endedSessionsSchema),
    handle: async ({ actor }) => ({ data: await endOtherSessions(actor) }),
  }),
  personEndpoint({
    method: "GET",
    path: "/me/activity",
    summary: "List what happened to one's account, the latest first",
    query: z.strictObject(pageQuery),
    response: pageOf(activitySchema),
    handle: ({ actor, query }) => listActivity(actor, query),
  }),
];

/** What a person does with their own account, and how they come back into it. */
export const accountEndpoints: Endpoint[] = [...password, ...email, ...sessions];
