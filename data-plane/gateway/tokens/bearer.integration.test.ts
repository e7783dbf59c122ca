import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import test, { after, before } from "node:test";
import { issuerSecretBinding, readKeyring, sealSecret } from "#lib/secrets/sealed-secret.ts";
import { eventually } from "#tests/harness/eventually.ts";
import {
  type GatewayFixture,
  gatewayFixture,
  rawExchange,
  type TestTenant,
  testRoute,
} from "#tests/harness/gateway.ts";
import {
  AUDIENCE,
  forge,
  goodClaims,
  ISS,
  type KeySetServer,
  keySetServer,
  type SigningKey,
  sign,
  signingKey,
  signWithSecret,
} from "#tests/harness/issuer.ts";

const KEYRING = readKeyring(randomBytes(32).toString("base64"));
const SECRET = "shared-secret-of-the-test-0123456789";
const target = { type: "function", function: "echo" } as const;

let fixture: GatewayFixture;
let keys: KeySetServer;
let rsa: SigningKey;
let acme: TestTenant;
let globex: TestTenant;

before(async () => {
  rsa = await signingKey("k1");
  keys = await keySetServer([rsa]);
  fixture = await gatewayFixture({
    keyring: KEYRING,
    functions: {
      "echo.mjs":
        "export const handler = async (event) => ({ authorizer: event.requestContext.authorizer, headers: event.headers })",
    },
  });
  acme = await fixture.tenant("acme");
  globex = await fixture.tenant("globex");
  for (const tenant of [acme, globex]) {
    const number = await fixture.publish(tenant, [
      testRoute({ path: "/open-to-tokens", auth: { mode: "bearer" }, target }),
      testRoute({
        path: "/scoped",
        auth: { mode: "bearer", requiredScopes: ["orders:read", 'odd"scope'], requiredClaims: { org: "o1" } },
        target,
      }),
      testRoute({
        path: "/limited",
        auth: { mode: "bearer" },
        rateLimit: { requestsPerMinute: 2, per: "key" },
        target,
      }),
    ]);
    await fixture.served(tenant, number);
  }
});
after(async () => {
  await fixture.close();
  await keys.close();
});

type IssuerFields = {
  iss?: string;
  jwksUrl?: string;
  secret?: string;
  algorithms?: string[];
  sealedFor?: string;
};

async function addIssuer(tenant: TestTenant, fields: IssuerFields): Promise<string> {
  const id = randomUUID();
  const sealed = fields.secret
    ? sealSecret(KEYRING, Buffer.from(fields.secret), issuerSecretBinding(tenant.id, fields.sealedFor ?? id))
    : null;
  await fixture.pool.query(
    `INSERT INTO issuers (id, tenant_id, name, iss, audiences, kind, jwks_url, secret, secret_key_id, algorithms, created_by_label)
     VALUES ($1, $2, 'test', $3, $4, $5, $6, $7, $8, $9, 'test')`,
    [
      id,
      tenant.id,
      fields.iss ?? ISS,
      [AUDIENCE],
      sealed ? "secret" : "jwks",
      sealed ? null : (fields.jwksUrl ?? keys.url),
      sealed?.sealed ?? null,
      sealed?.keyId ?? null,
      fields.algorithms ?? (sealed ? ["HS256"] : ["RS256"]),
    ],
  );
  await fixture.nudge();
  return id;
}
async function change(id: string, set: string): Promise<void> {
  await fixture.pool.query(`UPDATE issuers SET ${set} WHERE id = $1`, [id]);
  await fixture.nudge();
}

type Answer = {
  status: number;
  code: string;
  challenge: string | null;
  body: Record<string, never> & { error?: { code: string } };
};
async function ask(token: string | null, path = "/open-to-tokens", tenant = acme): Promise<Answer> {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${fixture.url}/gw/${tenant.slug}${path}`, { headers });
  const body = (await response.json()) as Answer["body"];
  return {
    status: response.status,
    code: `${response.status} ${body.error?.code ?? "ok"}`,
    challenge: response.headers.get("www-authenticate"),
    body,
  };
}
const becomes = (wanted: string, token: string, path?: string, tenant?: TestTenant) =>
  eventually(wanted, async () => (await ask(token, path, tenant)).code === wanted);

test("an issuer works the moment it is added, and not a moment after it was disabled, changed or deleted", async () => {
  const token = await sign(rsa);
  assert.equal((await ask(token)).code, "401 invalid_token");
  const id = await addIssuer(acme, {});
  await becomes("200 ok", token);
  await change(id, "enabled = false");
  await becomes("401 invalid_token", token);
  await change(id, "enabled = true");
  await becomes("200 ok", token);
  await change(id, "audiences = '{elsewhere}'");
  await becomes("401 invalid_token", token);
  await change(id, `audiences = '{${AUDIENCE}}'`);
  await becomes("200 ok", token);
  await change(id, "deleted_at = now()");
  await becomes("401 invalid_token", token);
});

test("what is wrong with a token is said as RFC 6750 says it, and nothing of the token comes back", async () => {
  const id = await addIssuer(acme, {});
  await becomes("200 ok", await sign(rsa));
  const none = await ask(null);
  assert.deepEqual([none.code, none.challenge], ["401 missing_credentials", 'Bearer realm="acme"']);
  const expired = await ask(await sign(rsa, goodClaims({ exp: 1 })));
  assert.equal(expired.code, "401 expired_token");
  assert.equal(
    expired.challenge,
    'Bearer realm="acme", error="invalid_token", error_description="The token has expired."',
  );
  const marked = forge({ alg: "RS256", kid: "marker" }, goodClaims({ sub: "marker" }), "bWFya2Vy");
  const bad = await ask(marked);
  assert.equal(bad.code, "401 invalid_token");
  assert.equal(JSON.stringify([bad.body, bad.challenge]).includes("marker"), false);
  await change(id, "deleted_at = now()");
});

test("scopes and claims that a route asks for are asked of the token, and the handler gets its claims", async () => {
  const id = await addIssuer(acme, {});
  await becomes("200 ok", await sign(rsa));
  const scoped = async (more: object) => ask(await sign(rsa, goodClaims(more as never)), "/scoped");
  const good = { scope: 'orders:read odd"scope x', org: ["o2", "o1"] };
  const passed = await scoped(good);
  assert.equal(passed.code, "200 ok");
  assert.deepEqual(
    (passed.body as never as { authorizer: { claims: { sub: string } } }).authorizer.claims.sub,
    "somebody",
  );
  assert.equal((await scoped({ scp: ["orders:read", 'odd"scope'], org: "o1" })).code, "200 ok");
  for (const lacking of [
    {},
    { ...good, scope: "orders:reader" },
    { ...good, org: "o2" },
    { ...good, scope: 7 },
    { ...good, org: { o1: 1 } },
  ]) {
    const refused = await scoped(lacking);
    assert.equal(refused.code, "403 insufficient_scope", JSON.stringify(lacking));
    assert.equal(refused.challenge, 'Bearer realm="acme", error="insufficient_scope", scope="orders:read"');
  }
  await change(id, "deleted_at = now()");
});

test("tenants do not share issuers, and a shared secret opens only where it was sealed", async () => {
  const claims = goodClaims({ iss: "shared" });
  const token = await signWithSecret(SECRET, claims);
  const id = await addIssuer(acme, { iss: "shared", secret: SECRET });
  await becomes("200 ok", token);
  assert.equal((await ask(token, undefined, globex)).code, "401 invalid_token");
  // The sealed bytes copied into a row of another tenant are worth nothing there.
  await addIssuer(globex, { iss: "shared", secret: SECRET, sealedFor: id });
  await becomes("503 unavailable", token, undefined, globex);
  assert.ok(fixture.lines.some(({ message }) => message.includes("secret cannot be read")));
  await change(id, "deleted_at = now(), secret = NULL, secret_key_id = NULL");
  await becomes("401 invalid_token", token);
});

test("while an issuer's keys were never fetched its tokens are 503 and not 401, and all is well once it answers", async () => {
  keys.state.answer = { status: 500 };
  const id = await addIssuer(acme, { iss: "away" });
  const token = await sign(rsa, goodClaims({ iss: "away" }));
  await becomes("503 unavailable", token);
  keys.state.answer = null;
  await becomes("200 ok", token);
  keys.state.answer = { status: 500 };
  assert.equal(
    (await ask(await sign(rsa, goodClaims({ iss: "away", jti: "2" })))).code,
    "200 ok",
    "served stale",
  );
  keys.state.answer = null;
  await change(id, "deleted_at = now()");
});

test("concurrent first requests share one fetch, and a flood of unknown key IDs makes no other", async () => {
  const gate = Promise.withResolvers<void>();
  keys.state.gate = gate.promise;
  const id = await addIssuer(acme, { iss: "flooded" });
  const token = await sign(rsa, goodClaims({ iss: "flooded" }));
  // In force before anything is fetched: a token with an algorithm that the issuer does not use says so.
  await eventually("the issuer", async () => {
    const odd = (await ask(forge({ alg: "ES256" }, goodClaims({ iss: "flooded" })))).body as {
      error?: { message?: string };
    };
    return odd.error?.message?.includes("algorithm") ?? false;
  });
  const before = keys.state.requests;
  const waiting = Array.from({ length: 50 }, (_, n) =>
    sign(rsa, goodClaims({ iss: "flooded", jti: String(n) })).then((each) => ask(each)),
  );
  await eventually("the fetch", async () => keys.state.requests > before);
  gate.resolve();
  for (const answer of await Promise.all(waiting)) assert.equal(answer.code, "200 ok");
  await Promise.all(
    Array.from({ length: 100 }, async (_, n) => {
      const forged = forge({ alg: "RS256", kid: `guess-${n}` }, goodClaims({ iss: "flooded" }));
      assert.equal((await ask(forged)).code, "401 invalid_token");
    }),
  );
  assert.equal(keys.state.requests, before + 1);
  assert.equal((await ask(token)).code, "200 ok");
  await change(id, "deleted_at = now()");
});

test("the header is sent once, with one space; its scheme is read in any case", async () => {
  const id = await addIssuer(acme, {});
  const token = await sign(rsa);
  await becomes("200 ok", token);
  const raw = async (...headers: string[]) => {
    const head = ["GET /gw/acme/open-to-tokens HTTP/1.1", "Host: x", "Connection: close", ...headers];
    const text = await rawExchange(fixture.url, `${head.join("\r\n")}\r\n\r\n`);
    return `${text.slice(9, 12)} ${/"code":"(\w+)"/.exec(text)?.[1] ?? "ok"}`;
  };
  assert.equal(await raw(`Authorization: bearer ${token}`), "200 ok");
  assert.equal(await raw(`Authorization: BEARER ${token}`), "200 ok");
  assert.equal(
    await raw(`Authorization: Bearer ${token}`, `Authorization: Bearer ${token}`),
    "400 bad_request",
  );
  assert.equal(await raw(`authorization: Bearer ${token}`, "AUTHORIZATION: Basic eDp5"), "400 bad_request");
  for (const value of [
    `Bearer  ${token}`,
    `Bearer ${token} x`,
    `Bearer ${token}, Bearer ${token}`,
    `Bearer\t${token}`,
    "Bearer",
    `Bearer ${token}=`,
  ]) {
    assert.match(
      await raw(`Authorization: ${value}`),
      /^401 (invalid_token|missing_credentials)$/,
      value.slice(0, 20),
    );
  }
  assert.equal(await raw("Authorization: Basic eDp5"), "401 missing_credentials");
  assert.equal(await raw(`X-Api-Key: ${token}`), "401 missing_credentials");
  const query = await fetch(`${fixture.url}/gw/acme/open-to-tokens?access_token=${token}`);
  assert.equal(query.status, 401);
  await query.body?.cancel();
  await change(id, "deleted_at = now()");
});

test("a limit per key counts a token's subject, whatever token it brings", async () => {
  const id = await addIssuer(acme, {});
  await becomes("200 ok", await sign(rsa));
  const as = async (sub: string, jti: string) =>
    (await ask(await sign(rsa, goodClaims({ sub, jti, scope: jti })), "/limited")).status;
  assert.deepEqual([await as("a", "1"), await as("a", "2"), await as("a", "3")], [200, 200, 429]);
  assert.equal(await as("b", "4"), 200);
  await change(id, "deleted_at = now()");
});

test("no token and no secret is in any line of the log or any written refusal", async () => {
  const lines = JSON.stringify(fixture.lines);
  const { rows } = await fixture.pool.query<{ text: string }>("SELECT r::text AS text FROM refusals r");
  const { rows: stored } = await fixture.pool.query<{ text: string }>(
    "SELECT i::text AS text FROM issuers i",
  );
  const written = rows.map(({ text }) => text).join();
  for (const text of [lines, written]) {
    assert.equal(/eyJ[\w-]{10}/.test(text), false);
    assert.equal(text.includes(SECRET), false);
  }
  assert.equal(
    stored.some(({ text }) => text.includes(Buffer.from(SECRET).toString("hex"))),
    false,
  );
});

test("a gateway that may not reach inside asks no internal issuer", async () => {
  const closed = await gatewayFixture({
    allowInternalUpstreams: false,
    functions: { "echo.mjs": "export const handler = async () => ({})" },
  });
  try {
    const tenant = await closed.tenant("acme");
    await closed.pool.query(
      `INSERT INTO issuers (id, tenant_id, name, iss, audiences, kind, jwks_url, algorithms, created_by_label)
       VALUES ($1, $2, 'test', $3, $4, 'jwks', $5, '{RS256}', 'test')`,
      [randomUUID(), tenant.id, ISS, [AUDIENCE], keys.url],
    );
    await closed.served(
      tenant,
      await closed.publish(tenant, [testRoute({ path: "/x", auth: { mode: "bearer" }, target })]),
    );
    const before = keys.state.requests;
    const headers = { authorization: `Bearer ${await sign(rsa)}` };
    await eventually(
      "the issuer",
      async () => (await fetch(`${closed.url}/gw/acme/x`, { headers })).status === 503,
    );
    assert.equal(keys.state.requests, before);
  } finally {
    await closed.close();
  }
});
