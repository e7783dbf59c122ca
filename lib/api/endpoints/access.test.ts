import assert from "node:assert/strict";
import test from "node:test";
import { type MemberRole, type Permission, ROLES, roleCan } from "#lib/access/permissions.ts";
import { endpoints } from "./index.ts";

/**
 * Which permission a call needs, written down a second time, by hand: the permission matrix goes by what an endpoint
 * says of itself, and would believe one that says too little. Paths are those within a tenant; what is not here reads
 * and needs `tenant.read`.
 */
const NEEDED: Partial<Record<Permission, string[]>> = {
  "audit.read": [
    "GET /audit",
    "GET /audit/choices",
    "GET /audit/export",
    "GET /audit/verification",
    "GET /audit/{id}",
  ],
  "draft.edit": [
    "DELETE /routes/{id}",
    "POST /draft/import",
    "POST /draft/reset",
    "POST /draft/undo",
    "POST /openapi/import",
    "POST /openapi/preview",
    "POST /routes",
    "POST /routes/bulk",
    "PUT /routes/{id}",
  ],
  "job.act": [
    "POST /alerts/{id}/acknowledge",
    "POST /alerts/{id}/snooze",
    "POST /dead-letters/discard",
    "POST /dead-letters/preview",
    "POST /dead-letters/requeue",
    "POST /dead-letters/runs/{id}/abort",
    "POST /dead-letters/runs/{id}/pause",
    "POST /dead-letters/runs/{id}/resume",
    "POST /deliveries/{id}/redeliver",
    "POST /jobs/{id}/cancel",
    "POST /jobs/{id}/discard",
    "POST /jobs/{id}/hold",
    "POST /jobs/{id}/release",
    "POST /jobs/{id}/retry",
  ],
  "key.manage": [
    "DELETE /alert-rules/{id}",
    "DELETE /claims/{id}",
    "DELETE /issuers/{id}",
    "DELETE /webhooks/{id}",
    "PATCH /alert-rules/{id}",
    "PATCH /issuers/{id}",
    "PATCH /keys/{id}",
    "PATCH /webhooks/{id}",
    "POST /alert-rules",
    "POST /claims",
    "POST /issuers",
    "POST /issuers/{id}/check",
    "POST /keys",
    "POST /keys/revoke",
    "POST /keys/{id}/grace",
    "POST /keys/{id}/revoke",
    "POST /keys/{id}/rotate",
    "POST /webhooks",
    "POST /webhooks/{id}/rotate",
    "POST /webhooks/{id}/test",
  ],
  "member.leave": ["POST /members/leave"],
  "member.manage": [
    "DELETE /invitations/{id}",
    "DELETE /members/{id}",
    "GET /invitations",
    "PATCH /members/{id}",
    "POST /invitations",
    "POST /invitations/{id}/link",
    "POST /invitations/{id}/resend",
  ],
  "payload.reveal": ["POST /jobs/{id}/reveal"],
  "request.explain": ["GET /refusals/{request}", "POST /explain", "POST /issuers/check-token"],
  "revision.publish": ["POST /publish", "POST /revisions/{number}/rollback"],
  "support.end": ["POST /support-sessions/{id}/end"],
  "tenant.manage": [
    "DELETE ",
    "GET /deletion",
    "GET /security/preview",
    "PATCH ",
    "POST /members/{id}/hand-over",
    "PUT /job-mask-rules",
    "PUT /job-settings",
    "PUT /security",
    "PUT /support-access",
  ],
  "tenant.read": ["POST /keys/lookup", "POST /keys/reach", "POST /lint", "POST /schema-check"],
  "token.manage": [
    "DELETE /service-tokens/{id}",
    "GET /service-tokens",
    "POST /service-tokens",
    "POST /service-tokens/{id}/rotate",
  ],
  "token.own": ["DELETE /tokens/{id}", "GET /tokens", "POST /tokens", "POST /tokens/{id}/rotate"],
  "view.save": ["DELETE /job-views/{id}", "PATCH /job-views/{id}", "POST /job-views"],
};

/** The table of roles of the contract. */
const HOLDERS: Partial<Record<Permission, readonly MemberRole[]>> = {
  "tenant.read": ROLES,
  "request.explain": ROLES,
  "draft.edit": ["owner", "admin", "developer"],
  "job.act": ["owner", "admin", "developer", "support"],
  "payload.reveal": ["owner", "admin", "support"],
  "revision.publish": ["owner", "admin"],
  "key.manage": ["owner", "admin"],
  "member.manage": ["owner", "admin"],
  "audit.read": ["owner", "admin"],
  "tenant.manage": ["owner"],
};

const within = (path: string, place: string) => path === place || path.startsWith(`${place}/`);

test("an endpoint that names a tenant asks for a permission in it, and one of the support desk for an operator", () => {
  for (const { method, path, access } of endpoints) {
    assert.equal(access.kind === "tenant", within(path, "/tenants/{tenant}"), `${method} ${path}`);
    assert.equal(access.kind === "operator", within(path, "/support"), `${method} ${path}`);
    assert.ok(access.kind === "tenant" || !path.includes("{tenant}"), `${method} ${path}`);
  }
});

test("every call within a tenant needs the permission that is written down for it", () => {
  const needed: Record<string, string[]> = {};
  for (const { method, path, access } of endpoints) {
    if (access.kind !== "tenant") continue;
    if (method === "GET" && access.permission === "tenant.read") continue;
    const call = `${method} ${path.slice("/tenants/{tenant}".length)}`;
    needed[access.permission] = [...(needed[access.permission] ?? []), call];
  }
  for (const calls of Object.values(needed)) calls.sort();
  assert.deepEqual(needed, NEEDED);
});

test("the roles hold what the contract gives them", () => {
  for (const [permission, roles] of Object.entries(HOLDERS)) {
    assert.deepEqual(
      ROLES.filter((role) => roleCan(role, permission as Permission)),
      roles,
      permission,
    );
  }
});
