import { z } from "zod";
import type { MemberRole } from "#lib/access/permissions.ts";
import { invalid } from "#lib/errors/domain-error.ts";
import { changeRole, handOverOwnership, leaveTenant, removeMember } from "#lib/members/commands.ts";
import { getMember, getMemberCounts, listMembers } from "#lib/members/queries.ts";
import {
  memberCountsSchema,
  memberDetailSchema,
  memberFilters,
  memberSchema,
  newRoleSchema,
  seenRoleSchema,
} from "#lib/members/schema.ts";
import { type Endpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf, pageOf, pageQuery } from "../page.ts";

/** The role that the caller saw, which `If-Match` names; null when they do not say. Throws `invalid_input`. */
function seenRole(ifMatch: string | null): MemberRole | null {
  const parsed = seenRoleSchema.safeParse(ifMatch);
  if (parsed.success) return parsed.data;
  throw invalid([{ path: "if-match", message: "names no role" }]);
}

export const memberEndpoints: Endpoint[] = [
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/members",
    summary: "List the tenant's members, by name unless another order is asked for",
    query: z.strictObject({ ...pageQuery, ...memberFilters }),
    response: pageOf(memberSchema),
    handle: ({ actor, query }) => listMembers(actor, query),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/members/counts",
    summary: "How many members and owners the tenant has",
    response: dataOf(memberCountsSchema),
    handle: async ({ actor }) => ({ data: await getMemberCounts(actor, undefined) }),
  }),
  tenantEndpoint("member.leave", {
    method: "POST",
    path: "/tenants/{tenant}/members/leave",
    summary: "Leave the tenant; one's access tokens for it stop at once",
    response: z.void(),
    status: 204,
    handle: ({ actor }) => leaveTenant(actor, undefined),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/members/{id}",
    summary: "Read one member, and what ends when they go",
    response: dataOf(memberDetailSchema),
    handle: async ({ actor, params }) => ({ data: await getMember(actor, { userId: params.id as string }) }),
  }),
  tenantEndpoint("member.manage", {
    method: "PATCH",
    path: "/tenants/{tenant}/members/{id}",
    summary: "Give a member another role, never above one's own; If-Match names the role that was seen",
    body: newRoleSchema,
    response: dataOf(memberSchema),
    handle: async ({ actor, params, body, ifMatch }) => ({
      data: await changeRole(actor, { userId: params.id as string, ...body, seen: seenRole(ifMatch) }),
    }),
  }),
  tenantEndpoint("member.manage", {
    method: "DELETE",
    path: "/tenants/{tenant}/members/{id}",
    summary: "Remove a member; their access tokens for the tenant stop at once",
    response: z.void(),
    status: 204,
    handle: ({ actor, params, ifMatch }) =>
      removeMember(actor, { userId: params.id as string, seen: seenRole(ifMatch) }),
  }),
  tenantEndpoint("tenant.manage", {
    method: "POST",
    path: "/tenants/{tenant}/members/{id}/hand-over",
    summary: "Make a member the owner and oneself an admin, both or neither",
    response: dataOf(memberSchema),
    handle: async ({ actor, params, ifMatch }) => ({
      data: await handOverOwnership(actor, { userId: params.id as string, seen: seenRole(ifMatch) }),
    }),
  }),
];
