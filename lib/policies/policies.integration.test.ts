import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { Actor, PersonActor, SessionProof, TenantActor } from "#lib/access/actor.ts";
import { authenticate } from "#lib/access/authenticate.ts";
import { dispatch } from "#lib/api/dispatch.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { database } from "#lib/db/client.ts";
import { withUser } from "#lib/db/scope.ts";
import { startSupportSession } from "#lib/support/commands.ts";
import { enterTenant } from "#lib/tenants/queries.ts";
import { mintToken } from "#lib/tokens/commands.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import { sessionProof } from "#tests/harness/session-proof.ts";
import { setDemands } from "./commands.ts";
import { getSecurity, previewDemands } from "./queries.ts";

let plane: ControlPlane;
before(async () => {
  plane = await controlPlane();
  for (const name of Object.keys(process.env)) if (name.startsWith("OIDC_")) delete process.env[name];
  Object.assign(process.env, {
    OIDC_PROVIDERS: "corp other",
    OIDC_CORP_ISSUER: "https://login.corp.example",
    OIDC_CORP_CLIENT_ID: "c",
    OIDC_CORP_CLIENT_SECRET: "s",
    OIDC_CORP_LABEL: "Corp",
    OIDC_OTHER_ISSUER: "https://login.other.example",
    OIDC_OTHER_CLIENT_ID: "c",
    OIDC_OTHER_CLIENT_SECRET: "s",
  });
});
after(() => plane.close());

const NONE = { requireTwoFactor: false, onlySso: false, ssoProviders: [] as string[] };
const TWO_FACTOR = { ...NONE, requireTwoFactor: true };
const SSO = { ...NONE, onlySso: true, ssoProviders: ["corp"] };
const THROUGH_CORP = { method: "oidc", provider: "corp", secondFactor: "totp" } as const;

const as = <A extends Actor>(actor: A, differently: Partial<SessionProof>): A => ({
  ...actor,
  proof: sessionProof(differently),
});
const refused = (code: string) => ({ code }) as const;

/** A tenant whose owner meets whatever can be asked. */
async function tenant(slug: string, demands = NONE) {
  const { owner, actor } = await plane.tenant(slug);
  const strong = as(actor, THROUGH_CORP);
  if (demands !== NONE) await setDemands(strong, { ...demands, version: 1 });
  return { owner, actor: strong };
}

test("what is demanded holds from the next request on, for whoever is inside already, and ends as fast", async () => {
  const { actor } = await tenant("demanding");
  const member = await plane.member(actor, "developer");
  await enterTenant(member, "demanding");
  const { version } = await setDemands(actor, { ...TWO_FACTOR, version: 1 });
  await assert.rejects(enterTenant(member, "demanding"), refused("two_factor_required"));
  await enterTenant(as(member, { secondFactor: "recovery" }), "demanding");
  await setDemands(actor, { ...SSO, version });
  await assert.rejects(
    enterTenant(as(member, { secondFactor: "totp" }), "demanding"),
    refused("sso_required"),
  );
  await assert.rejects(
    enterTenant(as(member, { method: "oidc", provider: "other" }), "demanding"),
    refused("sso_required"),
  );
  await enterTenant(as(member, { method: "oidc", provider: "corp" }), "demanding");
  await setDemands(actor, { ...NONE, version: version + 1 });
  await enterTenant(member, "demanding");
});

test("whoever is no member learns nothing of what a tenant asks", async () => {
  await tenant("closed", { ...SSO, requireTwoFactor: true });
  await assert.rejects(enterTenant(await plane.person(), "closed"), refused("not_found"));
});

test("access tokens need a person with a second factor, or to have been made for the tenant in a session of its provider", async () => {
  const { actor } = await tenant("tokens");
  const { person } = await database().$transaction(async () => ({
    person: actor as PersonActor & TenantActor,
  }));
  const use = async (token: string) => {
    const headers = new Headers({ authorization: `Bearer ${token}` });
    return enterTenant((await authenticate(headers, uuidv7())) as Actor, "tokens");
  };
  const mint = (who: PersonActor, tenantId: string | null) =>
    mintToken(who, { name: "t", expiresInDays: 1, tenantId } as never);
  const byPassword = as(person, {});
  const old = await mint(byPassword, person.tenant.id);
  const fresh = await mint(person, person.tenant.id);
  const anywhere = await mint(person, null);
  for (const { token } of [old, fresh, anywhere]) await use(token);

  await setDemands(actor, { ...TWO_FACTOR, version: 1 });
  await assert.rejects(use(old.token), refused("two_factor_required"));
  await database().user.update({ where: { id: person.userId }, data: { hasSecondFactor: true } });
  await use(old.token);
  await setDemands(actor, { ...SSO, version: 2 });
  await use(fresh.token);
  for (const { token } of [old, anywhere]) await assert.rejects(use(token), refused("sso_required"));
});

test("operators give a second factor too, and are not asked for a tenant's identity provider", async () => {
  await tenant("visited", { ...SSO, requireTwoFactor: true });
  const operator = await plane.operator();
  await startSupportSession(operator as never, {
    tenant: "visited",
    mode: "read",
    reason: "a ticket",
    minutes: 5,
  });
  await assert.rejects(enterTenant(operator, "visited"), refused("two_factor_required"));
  await enterTenant(as(operator, { secondFactor: "totp" }), "visited");
});

test("demands are made in person, by an owner, lately confirmed, who meets them", async () => {
  const { actor } = await tenant("careful");
  const weak = as(actor, {});
  const save = (who: TenantActor, demands = TWO_FACTOR) => setDemands(who, { ...demands, version: 1 });
  await assert.rejects(save(weak), refused("invalid_input"));
  await assert.rejects(save(weak, SSO), refused("invalid_input"));
  await assert.rejects(
    save(as(actor, { ...THROUGH_CORP, confirmedAt: new Date(0) })),
    refused("confirmation_required"),
  );
  const admin = as(await plane.member(actor, "admin"), THROUGH_CORP);
  await assert.rejects(save(admin), refused("forbidden"));
  const token = { type: "token", tokenId: uuidv7(), name: "t", tenantId: null, permissions: null } as const;
  await assert.rejects(save({ ...actor, proof: token }), refused("forbidden"));
  await assert.rejects(save(actor, { ...SSO, ssoProviders: ["corp", "nope"] }), refused("invalid_input"));
  await assert.rejects(save(actor, { ...SSO, ssoProviders: [] }), refused("invalid_input"));
  assert.deepEqual((await getSecurity(actor, undefined)).version, 1, "nothing was changed");
});

test("of two who save at the same moment one wins, and the other is told", async () => {
  const { actor } = await tenant("racing");
  const saves = [TWO_FACTOR, SSO].map((demands) => setDemands(actor, { ...demands, version: 1 }));
  const results = await Promise.allSettled(saves);
  assert.deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  const lost = results.find((result) => result.status === "rejected");
  assert.equal(lost?.reason.code, "conflict");
  assert.equal((await getSecurity(actor, undefined)).version, 2);
});

test("saving what was not changed changes nothing, and every change is in the audit log with before and after", async () => {
  const { actor } = await tenant("audited");
  await setDemands(actor, { ...TWO_FACTOR, version: 1 });
  const same = await setDemands(actor, { ...TWO_FACTOR, version: 2 });
  assert.equal(same.version, 2);
  const rows = await withClient(plane.database.superuserUrl, async (client) => {
    const sql = "SELECT before, after FROM audit_entries WHERE tenant_id = $1 AND action = 'tenant.security'";
    return (await client.query(sql, [actor.tenant.id])).rows;
  });
  assert.deepEqual(rows, [{ before: NONE, after: TWO_FACTOR }]);
});

test("before it holds one sees whom it would keep out, and what of theirs stops; of people, not what they sign in with", async () => {
  const { actor } = await tenant("previewed");
  const strong = await plane.member(actor, "viewer");
  await plane.member(actor, "viewer");
  await withUser(strong.userId as string, (tx) =>
    tx.userIdentity.createMany({
      data: [
        {
          id: uuidv7(),
          userId: strong.userId as string,
          provider: "corp",
          issuer: "https://login.corp.example",
          subject: strong.userId as string,
          identityHash: Buffer.from((strong.userId as string).replaceAll("-", "").padEnd(64, "0"), "hex"),
        },
      ],
    }),
  );
  await database().user.update({ where: { id: strong.userId as string }, data: { hasSecondFactor: true } });
  await mintToken(
    as(actor, {}) as never,
    { name: "t", expiresInDays: 1, tenantId: actor.tenant.id } as never,
  );
  const both = await previewDemands(actor, { ...SSO, requireTwoFactor: true });
  assert.deepEqual(
    { ...both, people: both.people.map(({ lacks }) => lacks) },
    {
      members: 3,
      withoutSecondFactor: 2,
      withoutProvider: 2,
      tokens: 1,
      people: [
        ["second_factor", "provider"],
        ["second_factor", "provider"],
      ],
      refusal: null,
    },
  );
  assert.ok(!both.people.some(({ userId }) => userId === strong.userId));
  const nothing = await previewDemands(actor, NONE);
  assert.deepEqual([nothing.people, nothing.tokens], [[], 0]);
  assert.match((await previewDemands(as(actor, {}), TWO_FACTOR)).refusal ?? "", /lock you out/);
});

test("the questions about members answer for the tenant that is set, and for no other", async () => {
  await withClient(plane.database.consoleUrl, async (client) => {
    const { rows } = await client.query("SELECT * FROM entry_gap_counts(true, '{corp}')");
    assert.deepEqual(Object.values(rows[0]).map(Number), [0, 0, 0, 0]);
    assert.equal((await client.query("SELECT * FROM entry_gaps(true, '{corp}', 100)")).rowCount, 0);
  });
});

test("the management API says 403 with the code and words for both demands", async () => {
  const { actor } = await tenant("api");
  const { token } = await mintToken(
    as(actor, {}) as never,
    { name: "t", expiresInDays: 1, tenantId: actor.tenant.id } as never,
  );
  const ask = async () => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await dispatch(new Request("http://127.0.0.1:3000/api/v1/tenants/api", { headers }));
    return { status: response.status, ...(await response.json()).error };
  };
  await setDemands(actor, { ...TWO_FACTOR, version: 1 });
  const { status, code, message } = await ask();
  assert.deepEqual([status, code], [403, "two_factor_required"]);
  assert.match(message, /second factor/);
  await setDemands(actor, { ...SSO, version: 2 });
  assert.equal((await ask()).code, "sso_required");
});
