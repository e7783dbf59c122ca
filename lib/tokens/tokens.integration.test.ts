import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test, { after, before } from "node:test";
import { authenticate } from "#lib/access/authenticate.ts";
import { dispatch } from "#lib/api/dispatch.ts";
import { isWellFormedCredential } from "#lib/contract/credential.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { database } from "#lib/db/client.ts";
import { withTenant, withUser } from "#lib/db/scope.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { mintToken, revokeToken } from "./commands.ts";
import { listTokens } from "./queries.ts";

let plane: ControlPlane;
before(async () => {
  plane = await controlPlane();
});
after(() => plane.close());

const whoIs = (token: string) => authenticate(new Headers({ authorization: `Bearer ${token}` }), uuidv7());
const fresh = { name: "ci", expiresInDays: 1, tenantId: null };

async function call(token: string, path: string, method = "GET", body?: unknown) {
  const response = await dispatch(
    new Request(`http://127.0.0.1:3000/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  return { status: response.status, json: response.status === 204 ? null : await response.json() };
}

test("the secret is in the answer that makes it; the database holds its SHA-256 and no list shows it", async () => {
  const person = await plane.person();
  const { token, id } = await mintToken(person, fresh);
  assert.ok(isWellFormedCredential("accessToken", token));
  const row = await withUser(person.userId, (tx) => tx.accessToken.findFirstOrThrow({ where: { id } }));
  assert.deepEqual(Buffer.from(row.tokenHash), createHash("sha256").update(token).digest());
  const page = await listTokens(person, { tenantId: null, limit: 10 });
  assert.equal(page.data[0]?.lastFour, token.slice(-4));
  assert.ok(!JSON.stringify(page).includes(token));
});

test("a revoked token is nobody from the next request on, and only its owner can revoke it", async () => {
  const person = await plane.person();
  const { token, id } = await mintToken(person, fresh);
  assert.equal((await whoIs(token))?.userId, person.userId);
  await assert.rejects(revokeToken(await plane.person(), { id, tenantId: null }), { code: "not_found" });
  assert.ok(await whoIs(token));
  await revokeToken(person, { id, tenantId: null });
  assert.equal(await whoIs(token), null);
});

test("a disabled person's token is nobody", async () => {
  const person = await plane.person();
  const { token } = await mintToken(person, fresh);
  await database().user.update({ where: { id: person.userId }, data: { disabledAt: new Date() } });
  assert.equal(await whoIs(token), null);
});

test("last used is written when it is a minute old, not on every request", async () => {
  const person = await plane.person();
  const { token, id } = await mintToken(person, fresh);
  const read = () =>
    withUser(
      person.userId,
      async (tx) => (await tx.accessToken.findFirstOrThrow({ where: { id } })).lastUsedAt,
    );
  assert.equal(await read(), null);
  await whoIs(token);
  const first = await read();
  assert.ok(first);
  await whoIs(token);
  assert.deepEqual(await read(), first);
  const old = new Date(Date.now() - 61_000);
  await withUser(person.userId, (tx) =>
    tx.accessToken.updateMany({ where: { id }, data: { lastUsedAt: old } }),
  );
  await whoIs(token);
  assert.ok(((await read()) as Date) > old);
});

test("a bound token reaches its own tenant and no other, and can make none", async () => {
  const { owner, actor } = await plane.tenant("bound");
  await plane.tenant("elsewhere");
  const { token } = await mintToken(owner, { ...fresh, tenantId: actor.tenant.id });
  const { json } = await call(token, "/tenants");
  assert.deepEqual(
    json.data.map((tenant: { slug: string }) => tenant.slug),
    ["bound"],
  );
  assert.equal((await call(token, "/tenants/bound")).status, 200);
  assert.equal((await call(token, "/tenants/elsewhere")).status, 404);
  assert.equal((await call(token, "/tenants", "POST", { slug: "another", name: "A" })).status, 403);
});

test("a token makes and revokes no tokens, so a stolen one cannot renew itself", async () => {
  const { owner, actor } = await plane.tenant("renew");
  const { token, id } = await mintToken(owner, fresh);
  const body = { name: "again", expiresInDays: 365 };
  assert.equal((await call(token, "/me/tokens", "POST", body)).status, 403);
  assert.equal((await call(token, `/tenants/${actor.tenant.slug}/tokens`, "POST", body)).status, 403);
  assert.equal((await call(token, `/me/tokens/${id}`, "DELETE")).status, 403);
});

test("somebody who was removed from the tenant finds nothing there with the token they kept", async () => {
  const { actor } = await plane.tenant("removed");
  const member = await plane.member(actor, "developer");
  const { token } = await mintToken(member, { ...fresh, tenantId: actor.tenant.id });
  assert.equal((await call(token, "/tenants/removed")).status, 200);
  await withTenant(actor, (tx) => tx.membership.deleteMany({ where: { userId: member.userId } }));
  assert.equal((await call(token, "/tenants/removed")).status, 404);
});

test("making and revoking a tenant's token is in its audit log, without the secret", async () => {
  const { owner, actor } = await plane.tenant("audited");
  const { token, id } = await mintToken(owner, { ...fresh, tenantId: actor.tenant.id });
  await revokeToken(owner, { id, tenantId: actor.tenant.id });
  const entries = await withTenant(actor, (tx) => tx.auditEntry.findMany({ where: { targetId: id } }));
  assert.deepEqual(entries.map((entry) => entry.action).sort(), ["token.mint", "token.revoke"]);
  assert.ok(!JSON.stringify(entries).includes(token));
});
