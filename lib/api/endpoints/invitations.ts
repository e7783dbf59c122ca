import { z } from "zod";
import {
  acceptInvitation,
  cancelInvitation,
  createInvitations,
  makeInvitationLink,
  openInvitation,
  resendInvitation,
  signUpAndAccept,
} from "#lib/invitations/commands.ts";
import { listInvitations } from "#lib/invitations/queries.ts";
import {
  acceptedInvitationSchema,
  invitationFilters,
  invitationSchema,
  newInvitationSchema,
  newInvitationsSchema,
  openedInvitationSchema,
  presentedInvitationSchema,
  renewedInvitationSchema,
  signUpSchema,
} from "#lib/invitations/schema.ts";
import { type Endpoint, personEndpoint, publicEndpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf, pageOf, pageQuery } from "../page.ts";

/** Nothing that anybody sends here is long. */
const MAX_BYTES = 16 * 1024;

export const invitationEndpoints: Endpoint[] = [
  tenantEndpoint("member.manage", {
    method: "GET",
    path: "/tenants/{tenant}/invitations",
    summary: "List invitations, newest first",
    query: z.strictObject({ ...pageQuery, ...invitationFilters }),
    response: pageOf(invitationSchema),
    handle: ({ actor, query }) => listInvitations(actor, query),
  }),
  tenantEndpoint("member.manage", {
    method: "POST",
    path: "/tenants/{tenant}/invitations",
    summary:
      "Invite people by their addresses, all or none; this answer is the only one that holds the links",
    body: newInvitationsSchema,
    maxBodyBytes: MAX_BYTES,
    response: dataOf(z.array(newInvitationSchema)),
    status: 201,
    handle: async ({ actor, body }) => ({ data: await createInvitations(actor, body) }),
  }),
  tenantEndpoint("member.manage", {
    method: "DELETE",
    path: "/tenants/{tenant}/invitations/{id}",
    summary: "Cancel an invitation that has not been used; it stays in the list",
    response: dataOf(invitationSchema),
    handle: async ({ actor, params }) => ({
      data: await cancelInvitation(actor, { id: params.id as string }),
    }),
  }),
  tenantEndpoint("member.manage", {
    method: "POST",
    path: "/tenants/{tenant}/invitations/{id}/link",
    summary: "Make a new link for an invitation, in this answer only; every older one stops working",
    body: renewedInvitationSchema,
    maxBodyBytes: MAX_BYTES,
    response: dataOf(newInvitationSchema),
    handle: async ({ actor, params, body }) => ({
      data: await makeInvitationLink(actor, { id: params.id as string, ...body }),
    }),
  }),
  tenantEndpoint("member.manage", {
    method: "POST",
    path: "/tenants/{tenant}/invitations/{id}/resend",
    summary: "Mail a new link for an invitation; every older one stops working",
    body: renewedInvitationSchema,
    maxBodyBytes: MAX_BYTES,
    response: dataOf(invitationSchema),
    handle: async ({ actor, params, body }) => ({
      data: await resendInvitation(actor, { id: params.id as string, ...body }),
    }),
  }),
  publicEndpoint({
    method: "POST",
    path: "/join/open",
    summary: "What an invitation's link is about; changes nothing",
    body: presentedInvitationSchema,
    maxBodyBytes: MAX_BYTES,
    response: dataOf(openedInvitationSchema),
    handle: async ({ body }) => ({ data: await openInvitation(body.secret) }),
  }),
  publicEndpoint({
    method: "POST",
    path: "/join/sign-up",
    summary: "Make an account for the invited address and join the tenant",
    body: signUpSchema,
    maxBodyBytes: MAX_BYTES,
    response: dataOf(acceptedInvitationSchema),
    status: 201,
    handle: async ({ actor, body }) => ({ data: await signUpAndAccept(body, actor) }),
  }),
  personEndpoint({
    method: "POST",
    path: "/join/accept",
    summary: "Join the tenant that an invitation to one's own address is for",
    body: presentedInvitationSchema,
    maxBodyBytes: MAX_BYTES,
    response: dataOf(acceptedInvitationSchema),
    handle: async ({ actor, body }) => ({ data: await acceptInvitation(actor, body.secret) }),
  }),
];
