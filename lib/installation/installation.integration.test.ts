import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { PersonActor } from "#lib/access/actor.ts";
import { database } from "#lib/db/client.ts";
import { checkProvider } from "#lib/identities/queries.ts";
import { createIssuer } from "#lib/issuers/commands.ts";
import { newIssuerSchema } from "#lib/issuers/schema.ts";
import { SEALED_COLUMNS } from "#lib/secrets/sealed-columns.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import { lyingProvider } from "#tests/harness/lying-provider.ts";
import { mailServer } from "#tests/harness/mail-server.ts";
import { sessionProof } from "#tests/harness/session-proof.ts";
import { grantOperator, revokeOperator, sendTestMail } from "./commands.ts";
import { getSetup, listOperators } from "./queries.ts";

let plane: ControlPlane;
let provider: Awaited<ReturnType<typeof lyingProvider>>;
let operator: PersonActor;
before(async () => {
  plane = await controlPlane();
  provider = await lyingProvider();
  operator = (await plane.operator()) as PersonActor;
  for (const name of Object.keys(process.env)) if (name.startsWith("OIDC_")) delete process.env[name];
  Object.assign(process.env, {
    OIDC_PROVIDERS: "corp",
    OIDC_CORP_LABEL: "Corp",
    OIDC_CORP_ISSUER: provider.issuer,
    OIDC_CORP_CLIENT_ID: "the-client-id",
    OIDC_CORP_CLIENT_SECRET: "hunter2-the-client-secret",
    OIDC_CORP_SECOND_FACTOR: "amr:mfa",
  });
});
after(async () => {
  await provider?.close();
  await plane.close();
});

const asSuperuser = (sql: string, values: unknown[] = []) =>
  withClient(plane.database.superuserUrl, async (client) => (await client.query(sql, values)).rows);

test("an operator sees how the installation is set up, and nothing that is secret", async () => {
  process.env.SMTP_URL = "smtp://u:hunter2@127.0.0.1:1";
  const { actor } = await plane.tenant("sealing");
  const issuer = {
    name: "i",
    iss: "https://i.example",
    audiences: ["api"],
    kind: "secret",
    secret: "s".repeat(32),
  };
  await createIssuer(actor, newIssuerSchema.parse(issuer));
  await asSuperuser(
    "UPDATE tenants SET only_sso = true, sso_providers = '{corp,gone}' WHERE slug = 'sealing'",
  );
  const setup = await getSetup(operator);
  assert.deepEqual(setup.mail.configured, true);
  assert.equal(setup.providers[0]?.redirectUri, "http://127.0.0.1:3000/api/auth/callback/corp");
  assert.equal(setup.providers[0]?.requiredBy, 1);
  assert.deepEqual(setup.missingProviders, [{ name: "gone", tenants: 1 }]);
  assert.deepEqual(
    setup.encryption.keys.map(({ state, secrets }) => [state, secrets]),
    [["newest", 1]],
  );
  await asSuperuser("UPDATE issuers SET secret_key_id = 'another-key'");
  const later = await getSetup(operator);
  assert.deepEqual(
    later.encryption.keys.map(({ id, state, secrets }) => [state === "unknown" ? id : state, secrets]),
    [
      ["newest", 0],
      ["another-key", 1],
    ],
  );
  assert.doesNotMatch(JSON.stringify(setup), /hunter2|the-client-id/);
  delete process.env.SMTP_URL;
});

test("every sealed column is counted", async () => {
  const rows = await asSuperuser("SELECT pg_get_functiondef('support_sealed_secrets'::regproc) AS text");
  for (const { table, keyId } of SEALED_COLUMNS) {
    const read = new RegExp(`\\w+\\.${keyId}\\b[^;]*FROM ${table}\\b|${keyId}[^;]*${table}`, "i");
    assert.match(rows[0].text, read, `${table}.${keyId} is not counted on the installation page`);
  }
});

test("whoever is no operator gets nothing of it, and the database answers them with nothing", async () => {
  const person = (await plane.person()) as PersonActor;
  for (const ask of [
    () => getSetup(person),
    () => listOperators(person),
    () => sendTestMail(person),
    () => checkProvider(person, "corp"),
    () => grantOperator(person, { email: person.email }),
    () => revokeOperator(person, { id: operator.userId }),
  ]) {
    await assert.rejects(async () => ask(), { code: "not_found" });
  }
  await withClient(plane.database.consoleUrl, async (client) => {
    await client.query("SELECT set_config('app.user', $1, false)", [person.userId]);
    for (const name of ["support_sealed_secrets", "support_required_providers"]) {
      assert.equal((await client.query(`SELECT * FROM ${name}()`)).rowCount, 0);
    }
  });
});

test("a test mail goes to the operator, and says when it could not", async () => {
  delete process.env.SMTP_URL;
  assert.equal((await sendTestMail(operator)).delivery, "not_configured");
  const mail = await mailServer();
  process.env.SMTP_URL = mail.url;
  assert.deepEqual(await sendTestMail(operator), { delivery: "sent", to: operator.email });
  assert.match(mail.mails[0] ?? "", /a test of mail/);
  process.env.SMTP_URL = "smtp://127.0.0.1:1";
  assert.equal((await sendTestMail(operator)).delivery, "failed");
  delete process.env.SMTP_URL;
  mail.server.close();
});

test("a provider is asked whether it answers, and what is wrong with its answer is named", async () => {
  const wrong = async () =>
    (await checkProvider(operator, "corp")).checks.filter(({ ok }) => !ok).map(({ name }) => name);
  provider.state.lie = {};
  assert.deepEqual(await wrong(), []);
  provider.state.lie = { discovery: { issuer: "https://other.example" } };
  assert.deepEqual(await wrong(), ["Issuer"]);
  provider.state.lie = {
    discovery: { id_token_signing_alg_values_supported: ["HS256"], jwks_uri: "nonsense" },
  };
  assert.deepEqual(await wrong(), ["Addresses", "Signatures", "Keys"]);
  const { OIDC_CORP_ISSUER } = process.env;
  process.env.OIDC_CORP_ISSUER = "http://127.0.0.1:9";
  assert.deepEqual(await wrong(), ["Discovery"]);
  process.env.OIDC_CORP_ISSUER = OIDC_CORP_ISSUER;
  await assert.rejects(checkProvider(operator, "nope"), { code: "not_found" });
});

test("operators make others operators, in person and lately confirmed; only people whose address is proven", async () => {
  const person = (await plane.person()) as PersonActor;
  const grant = (by = operator) => grantOperator(by, { email: person.email });
  await assert.rejects(grant({ ...operator, proof: sessionProof({ confirmedAt: new Date(0) }) }), {
    code: "confirmation_required",
  });
  const token = { type: "token", tokenId: "t", name: "t", tenantId: null, permissions: null } as const;
  await assert.rejects(grant({ ...operator, proof: token }), { code: "forbidden" });
  await assert.rejects(grantOperator(operator, { email: "nobody@people.example" }), {
    code: "invalid_input",
  });
  await database().user.update({ where: { id: person.userId }, data: { emailVerifiedAt: null } });
  await assert.rejects(grant(), { code: "invalid_input" });
  await database().user.update({ where: { id: person.userId }, data: { emailVerifiedAt: new Date() } });
  await grant();
  assert.ok((await listOperators(operator)).some(({ id }) => id === person.userId));
  await assert.rejects(grant(), { code: "invalid_input" });
  await revokeOperator(operator, { id: person.userId });
  const log = await asSuperuser(
    "SELECT action FROM personal_audit_entries WHERE user_id = $1 AND action LIKE 'operator.%' ORDER BY at",
    [person.userId],
  );
  assert.deepEqual(
    log.map(({ action }) => action),
    ["operator.grant", "operator.revoke"],
  );
});

test("two operators who take it from each other at the same moment leave one", async () => {
  const other = (await plane.operator()) as PersonActor;
  const results = await Promise.allSettled([
    revokeOperator(operator, { id: other.userId }),
    revokeOperator(other, { id: operator.userId }),
  ]);
  assert.deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  const left = await asSuperuser("SELECT id FROM users WHERE is_operator");
  assert.equal(left.length, 1);
  const last = left[0].id === operator.userId ? operator : other;
  assert.match((await listOperators(last))[0]?.whyNotRevoke ?? "", /name another/);
  await assert.rejects(revokeOperator(last, { id: last.userId }), { code: "conflict" });
});
