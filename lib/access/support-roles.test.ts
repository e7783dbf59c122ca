import assert from "node:assert/strict";
import test from "node:test";
import { type Actor, actorLabel } from "./actor.ts";
import { PERMISSIONS, type Permission, roleCan, SUPPORT_CHANGES, whyNot } from "./permissions.ts";

const held = (role: Parameters<typeof roleCan>[0]) =>
  (Object.keys(PERMISSIONS) as Permission[]).filter((permission) => roleCan(role, permission)).sort();

test("an operator on a support session looks, explains, and in one mode acts on jobs; nothing else, ever", () => {
  assert.deepEqual(held("operator-read"), ["request.explain", "tenant.read"]);
  assert.deepEqual(held("operator-requeue"), ["job.act", "request.explain", "tenant.read"]);
  assert.deepEqual(SUPPORT_CHANGES, ["job.act"]);
});

test("a greyed-out button tells an operator what would help", () => {
  assert.match(whyNot("operator-read", "job.act") ?? "", /read-only. Leave, and enter it again to requeue/);
  assert.match(whyNot("operator-requeue", "key.manage") ?? "", /only its own members can do this/);
  assert.equal(whyNot("operator-requeue", "job.act"), null);
  assert.equal(
    whyNot("viewer", "job.act"),
    "Only owners, admins, developers and support of this tenant can do this; you are a viewer.",
  );
});

test("histories name an operator as one, and say when it was a token", () => {
  const actor = { email: "o@x.example", proof: { type: "session", sessionId: "s" } } as Actor;
  const via = { sessionId: "s", mode: "read", expiresAt: "" } as const;
  const token = { type: "token", tokenId: "t", name: "ci", tenantId: null, permissions: null } as const;
  assert.equal(actorLabel(actor), "o@x.example");
  assert.equal(actorLabel({ ...actor, proof: token }), "o@x.example (access token ci)");
  assert.equal(actorLabel({ ...actor, via }), "operator o@x.example (support)");
  assert.equal(
    actorLabel({ ...actor, via, proof: token }),
    "operator o@x.example (support, access token ci)",
  );
});
