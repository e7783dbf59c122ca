import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { TenantPerson } from "#lib/access/actor.ts";
import { authenticate } from "#lib/access/authenticate.ts";
import { dispatch } from "#lib/api/dispatch.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { database } from "#lib/db/client.ts";
import { withTenant, withTenantAlone } from "#lib/db/scope.ts";
import { enterTenant } from "#lib/tenants/queries.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { sessionProof } from "#tests/harness/session-proof.ts";
import {
  mintServiceToken,
  mintToken,
  revokeServiceToken,
  revokeToken,
  rotateServiceToken,
  rotateToken,
} from "./commands.ts";
import { listServiceTokens, listTokens } from "./queries.ts";
import type { NewServiceToken } from "./schema.ts";

let plane: ControlPlane;
before(async () => {
  plane = await controlPlane();
});
after(() => plane.close());

const READ = ["tenant.read"] as const;
const input = (permissions: NewServiceToken["permissions"], name = "deploy-bot"): NewServiceToken => ({
  name,
  expiresInDays: 30,
  permissions,
});
const rotation = { graceHours: 24, expiresInDays: 90 };

type Sent = { method?: string; body?: unknown; from?: string };
async function call(token: string, path: string, { method = "GET", body, from = "192.0.2.9" }: Sent = {}) {
  const response = await dispatch(
    new Request(`http://127.0.0.1:3000/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        "x-forwarded-for": from,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  return { status: response.status, json: response.status === 204 ? null : await response.json() };
}

const listed = async (actor: TenantPerson, id: string) =>
  (await listServiceTokens(actor, { limit: 100 })).data.find((token) => token.id === id);

test("a service token does what it was given and nothing else, in its own tenant and in no other", async () => {
  const { actor } = await plane.tenant("svc-a");
  await plane.tenant("svc-b");
  const { token } = await mintServiceToken(actor, input([...READ]));
  assert.equal((await call(token, "/tenants/svc-a/routes")).status, 200);
  assert.equal((await call(token, "/tenants/svc-a")).json.data.role, "service");
  assert.equal((await call(token, "/tenants/svc-b")).status, 404);
  assert.equal((await call(token, "/tenants/no-such")).status, 404);
  const refused = await call(token, "/tenants/svc-a/keys", { method: "POST", body: { name: "k" } });
  assert.equal(refused.status, 403);
  assert.match(refused.json.error.message, /lacks the permission key\.manage/);
  assert.equal((await call(token, "/tenants/svc-a/members")).status, 200);
});

test("what is a person's is closed to a service token, with the reason in words", async () => {
  const { actor } = await plane.tenant("svc-people");
  const { token } = await mintServiceToken(
    actor,
    input(["tenant.read", "request.explain", "draft.edit", "key.manage", "tenant.manage"]),
  );
  for (const [path, method] of [
    ["/me", "GET"],
    ["/me/tokens", "GET"],
    ["/tenants", "POST"],
    ["/tenants/svc-people/tokens", "GET"],
    ["/tenants/svc-people/service-tokens", "GET"],
    ["/tenants/svc-people/service-tokens", "POST"],
    ["/tenants/svc-people/job-views", "POST"],
  ] as const) {
    const { status, json } = await call(token, path, method === "POST" ? { method, body: {} } : { method });
    assert.equal(status, 403, path);
    assert.match(json.error.message, /service token cannot/);
  }
  assert.equal((await call(token, "/support/sessions")).status, 404);
});

test("its changes are its own in every history, by name and id", async () => {
  const { actor } = await plane.tenant("svc-audit");
  const { token, id } = await mintServiceToken(
    actor,
    input(["tenant.read", "draft.edit", "revision.publish"]),
  );
  const created = await call(token, "/tenants/svc-audit/routes", {
    method: "POST",
    body: {
      method: "GET",
      path: "/x",
      target: { type: "function", function: "hello" },
      auth: { mode: "none" },
    },
  });
  assert.equal(created.status, 201);
  const gone = await call(token, `/tenants/svc-audit/routes/${created.json.data.id}`, { method: "DELETE" });
  assert.equal(gone.status, 204);
  const entries = await withTenant(actor, (tx) =>
    tx.auditEntry.findMany({ where: { action: { in: ["route.create", "route.delete"] } } }),
  );
  assert.equal(entries.length, 2);
  for (const entry of entries) {
    assert.equal(entry.actorType, "token");
    assert.equal(entry.actorId, id);
    assert.equal(entry.actorLabel, "deploy-bot (service token)");
    assert.equal(entry.ip, "192.0.2.9");
  }
});

test("nobody makes one with a permission they lack, and members who do not manage tokens make none", async () => {
  const { actor: owner } = await plane.tenant("svc-roles");
  const admin = await plane.member(owner, "admin");
  await assert.rejects(mintServiceToken(admin, input(["tenant.read", "tenant.manage"])), {
    code: "forbidden",
    message: /only owners can give “Tenant settings”/,
  });
  assert.ok((await mintServiceToken(admin, input(["revision.publish"]))).token);
  assert.ok((await mintServiceToken(owner, input(["tenant.manage"]))).token);
  for (const role of ["developer", "support", "viewer"] as const) {
    const member = await plane.member(owner, role);
    await assert.rejects(mintServiceToken(member, input([...READ])), { code: "forbidden" });
    await assert.rejects(listServiceTokens(member, { limit: 1 }), { code: "forbidden" });
  }
});

test("somebody who was an admin when the request began and is a viewer now makes none", async () => {
  const { actor: owner } = await plane.tenant("svc-demoted");
  const admin = await plane.member(owner, "admin");
  await withTenant(owner, (tx) =>
    tx.membership.updateMany({ where: { userId: admin.userId }, data: { role: "viewer" } }),
  );
  await assert.rejects(mintServiceToken(admin, input(["key.manage"])), { code: "forbidden" });
  await withTenant(owner, (tx) => tx.membership.deleteMany({ where: { userId: admin.userId } }));
  await assert.rejects(mintServiceToken(admin, input([...READ])), { code: "not_found" });
  await assert.rejects(
    mintToken(admin, { name: "t", expiresInDays: 1, tenantId: owner.tenant.id }),
    { code: "not_found" },
    "a token of one's own neither",
  );
});

test("it survives that its maker leaves, and goes with one revocation by any admin, from the next request on", async () => {
  const { actor: owner } = await plane.tenant("svc-survives");
  const maker = await plane.member(owner, "admin");
  const { token, id } = await mintServiceToken(maker, input([...READ]));
  await withTenant(owner, (tx) => tx.membership.deleteMany({ where: { userId: maker.userId } }));
  await database().user.update({ where: { id: maker.userId }, data: { disabledAt: new Date() } });
  assert.equal((await call(token, "/tenants/svc-survives")).status, 200);
  assert.equal((await listed(owner, id))?.madeBy, maker.email);
  const other = await plane.member(owner, "admin");
  await revokeServiceToken(other, { id });
  assert.equal((await call(token, "/tenants/svc-survives")).status, 401);
  assert.equal((await listed(owner, id))?.revokedBy, other.email);
  await assert.rejects(revokeServiceToken(other, { id }), { code: "not_found" }, "once");
});

test("of two who revoke it at the same moment one wins", async () => {
  const { actor } = await plane.tenant("svc-race");
  const { id } = await mintServiceToken(actor, input([...READ]));
  const done = await Promise.allSettled([
    revokeServiceToken(actor, { id }),
    revokeServiceToken(actor, { id }),
  ]);
  assert.deepEqual(done.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
});

test("another tenant's service token is not found, listed, rotated or revoked", async () => {
  const { actor } = await plane.tenant("svc-mine");
  const { actor: stranger } = await plane.tenant("svc-theirs");
  const { id, token } = await mintServiceToken(actor, input([...READ]));
  assert.equal(await listed(stranger, id), undefined);
  await assert.rejects(revokeServiceToken(stranger, { id }), { code: "not_found" });
  await assert.rejects(rotateServiceToken(stranger, { id, ...rotation }), { code: "not_found" });
  await assert.rejects(revokeToken(actor, { id, tenantId: actor.tenant.id }), { code: "not_found" });
  assert.equal((await call(token, "/tenants/svc-mine")).status, 200);
});

test("a rotated token has two secrets that work until the grace is over, and each one's use is told apart", async () => {
  const { actor } = await plane.tenant("svc-rotate");
  const first = await mintServiceToken(actor, input([...READ]));
  const second = await rotateServiceToken(actor, { id: first.id, ...rotation });
  assert.equal(second.id, first.id);
  assert.notEqual(second.token, first.token);
  assert.equal(second.previous?.lastFour, first.lastFour);
  for (const { token } of [first, second]) {
    assert.equal((await call(token, "/tenants/svc-rotate")).status, 200);
  }
  const shown = await listed(actor, first.id);
  assert.ok(shown?.lastUsedAt);
  assert.ok(shown?.previous?.lastUsedAt);
  await assert.rejects(rotateServiceToken(actor, { id: first.id, ...rotation }), {
    code: "conflict",
    message: /still works/,
  });
  await withTenant(actor, (tx) =>
    tx.accessToken.updateMany({
      where: { id: first.id },
      data: { previousExpiresAt: new Date(Date.now() - 1) },
    }),
  );
  assert.equal((await call(first.token, "/tenants/svc-rotate")).status, 401);
  const third = await rotateServiceToken(actor, { id: first.id, graceHours: 0, expiresInDays: 1 });
  assert.equal((await call(second.token, "/tenants/svc-rotate")).status, 401, "no grace, at once");
  assert.equal((await call(third.token, "/tenants/svc-rotate")).status, 200);
  await revokeServiceToken(actor, { id: first.id });
  await assert.rejects(rotateServiceToken(actor, { id: first.id, ...rotation }), { code: "conflict" });
});

test("of two who rotate it at the same moment one gets the new secret", async () => {
  const { actor } = await plane.tenant("svc-rotate-race");
  const { id } = await mintServiceToken(actor, input([...READ]));
  const done = await Promise.allSettled([
    rotateServiceToken(actor, { id, ...rotation }),
    rotateServiceToken(actor, { id, ...rotation }),
  ]);
  assert.deepEqual(done.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
});

test("who lacks what a token holds cannot rotate it, for they would hold its secret", async () => {
  const { actor: owner } = await plane.tenant("svc-climb");
  const admin = await plane.member(owner, "admin");
  const { id } = await mintServiceToken(owner, input(["tenant.manage"]));
  await assert.rejects(rotateServiceToken(admin, { id, ...rotation }), { code: "forbidden" });
  await revokeServiceToken(admin, { id });
});

test("making and rotating asks for a recent proof and a browser; revoking for a browser", async () => {
  const { actor } = await plane.tenant("svc-person");
  const { id } = await mintServiceToken(actor, input([...READ]));
  const old = new Date(Date.now() - 16 * 60_000);
  const unconfirmed = { ...actor, proof: sessionProof({ confirmedAt: old }) };
  const needed = { code: "confirmation_required" };
  await assert.rejects(mintServiceToken(unconfirmed, input([...READ])), needed);
  await assert.rejects(rotateServiceToken(unconfirmed, { id, ...rotation }), needed);
  await assert.rejects(mintToken(unconfirmed, { name: "t", expiresInDays: 1, tenantId: null }), needed);
  const proof = { type: "token", tokenId: uuidv7(), name: "t", tenantId: null, permissions: null } as const;
  const remote = { ...actor, proof };
  const forbidden = { code: "forbidden", message: /in person/ };
  await assert.rejects(mintServiceToken(remote, input([...READ])), forbidden);
  await assert.rejects(rotateServiceToken(remote, { id, ...rotation }), forbidden);
  await assert.rejects(revokeServiceToken(remote, { id }), forbidden);
  await assert.rejects(mintToken(remote, { name: "t", expiresInDays: 1, tenantId: null }), forbidden);
  await assert.rejects(rotateToken(remote, { id, tenantId: null, ...rotation }), forbidden);
});

test("a person's limited token does no more than both its list and its person's role allow", async () => {
  const { actor: owner } = await plane.tenant("limited");
  const viewer = await plane.member(owner, "viewer");
  const limits = { name: "t", expiresInDays: 1, tenantId: null };
  const { token } = await mintToken(viewer, { ...limits, permissions: ["tenant.read", "key.manage"] });
  assert.equal((await call(token, "/tenants/limited/routes")).status, 200);
  const keys = await call(token, "/tenants/limited/keys", { method: "POST", body: { name: "k" } });
  assert.match(keys.json.error.message, /you are a viewer/);
  const { token: readOnly } = await mintToken(owner, { ...limits, permissions: ["tenant.read"] });
  assert.equal(
    (await call(readOnly, "/tenants/limited", { method: "PATCH", body: { name: "x" } })).status,
    403,
  );
  assert.equal((await call(readOnly, "/me")).status, 200);
  const made = await call(readOnly, "/tenants", { method: "POST", body: { slug: "more", name: "M" } });
  assert.equal(made.status, 403);
  await assert.rejects(
    mintToken(viewer, { ...limits, tenantId: owner.tenant.id, permissions: ["key.manage"] }),
    { code: "forbidden" },
  );
});

test("an operator's limited token is no operator's", async () => {
  const operator = await plane.operator();
  const limits = { name: "t", expiresInDays: 1, tenantId: null };
  const { token } = await mintToken(operator, { ...limits, permissions: ["tenant.read"] });
  const { token: whole } = await mintToken(operator, limits);
  assert.equal((await call(token, "/support/sessions")).status, 404);
  assert.equal((await call(whole, "/support/sessions")).status, 200);
});

test("an unbound token's making and end is in its person's own log, with the address of its last use in the list", async () => {
  const person = await plane.person();
  const { id, token } = await mintToken(person, { name: "mine", expiresInDays: 1, tenantId: null });
  await call(token, "/me", { from: "203.0.113.7" });
  const [shown] = (await listTokens(person, { tenantId: null, limit: 1 })).data;
  assert.equal(shown?.lastUsedFrom, "203.0.113.7");
  const rotated = await rotateToken(person, { id, tenantId: null, ...rotation });
  await revokeToken(person, { id, tenantId: null });
  const who = await authenticate(new Headers({ authorization: `Bearer ${rotated.token}` }), uuidv7());
  assert.equal(who, null);
  const entries = await database().$transaction(async (tx) => {
    await tx.$executeRaw`SELECT set_config('app.user', ${person.userId}, true)`;
    return tx.personalAuditEntry.findMany({ where: { targetId: id } });
  });
  assert.deepEqual(entries.map(({ action }) => action).sort(), [
    "token.mint",
    "token.revoke",
    "token.rotate",
  ]);
  assert.ok(!JSON.stringify(entries).includes(rotated.token.slice(4, 40)));
});

test("a deleted tenant's service token is nobody's there, and the database keeps no secret of any", async () => {
  const { actor } = await plane.tenant("svc-gone");
  const { token } = await mintServiceToken(actor, input([...READ]));
  const rows = await withTenantAlone(
    actor.tenant.id,
    (tx) => tx.$queryRaw<{ row: string }[]>`
    SELECT to_jsonb(t)::text AS row FROM access_tokens t`,
  );
  assert.equal(rows.length, 1);
  assert.ok(!rows[0]?.row.includes(token.slice(4, 40)));
  await withTenant(actor, (tx) => tx.tenant.updateMany({ data: { deletedAt: new Date() } }));
  assert.equal((await call(token, "/tenants/svc-gone")).status, 404);
  await assert.rejects(enterTenant(actor, "svc-gone"), { code: "not_found" });
});

test("a tenant has at most 200 working tokens of its own, also when many are made at once", async () => {
  const { actor } = await plane.tenant("svc-many");
  await withTenantAlone(
    actor.tenant.id,
    (tx) => tx.$executeRaw`
    INSERT INTO access_tokens (id, tenant_id, name, token_hash, last_four, expires_at, permissions)
    SELECT gen_random_uuid(), ${actor.tenant.id}::uuid, 'many', sha256(i::text::bytea), 'abcd',
      now() + interval '1 day', '{tenant.read}' FROM generate_series(1, 198) i`,
  );
  const done = await Promise.allSettled(
    Array.from({ length: 5 }, () => mintServiceToken(actor, input([...READ]))),
  );
  assert.equal(done.filter(({ status }) => status === "fulfilled").length, 2);
});

test("input of every wrong kind is 422 at its field, and nothing is made", async () => {
  const { actor } = await plane.tenant("svc-input");
  const { newServiceTokenSchema, rotateTokenSchema } = await import("./schema.ts");
  for (const wrong of [
    {},
    { name: "n" },
    { name: "n", permissions: [] },
    { name: "n", permissions: ["everything"] },
    { name: "n", permissions: ["*"] },
    { name: "n", permissions: ["member.manage"] },
    { name: "n", permissions: ["token.manage"] },
    { name: "n", permissions: ["tenant.read", "tenant.read"] },
    { name: "n", permissions: null },
    { name: "n", permissions: ["tenant.read"], expiresInDays: 0 },
    { name: "n", permissions: ["tenant.read"], expiresInDays: 366 },
    { name: "n", permissions: ["tenant.read"], expiresInDays: 1.5 },
    { name: "n", permissions: ["tenant.read"], expiresInDays: null },
    { name: "a\r\nb", permissions: ["tenant.read"] },
    { name: "x".repeat(121), permissions: ["tenant.read"] },
    { name: "n", permissions: ["tenant.read"], tenantId: uuidv7() },
  ]) {
    assert.equal(newServiceTokenSchema.safeParse(wrong).success, false, JSON.stringify(wrong));
  }
  for (const wrong of [{ graceHours: -1 }, { graceHours: 169 }, { graceHours: "1" }, { expiresInDays: 0 }]) {
    assert.equal(rotateTokenSchema.safeParse(wrong).success, false, JSON.stringify(wrong));
  }
  assert.deepEqual((await listServiceTokens(actor, { limit: 10 })).data, []);
});
