import assert from "node:assert/strict";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { TenantActor } from "#lib/access/actor.ts";
import { formatCredential } from "#lib/contract/credential.ts";
import { type Route, routeFieldsSchema, routeSchema } from "#lib/contract/route.ts";
import { closeDatabase } from "#lib/db/client.ts";
import { explain } from "#lib/explain/queries.ts";
import { type ExplainedSide, explainInputSchema } from "#lib/explain/schema.ts";
import { issuerSecretBinding, readKeyring, sealSecret } from "#lib/secrets/sealed-secret.ts";
import { sessionProof } from "#tests/harness/session-proof.ts";
import {
  KEY_RIGHTS,
  type KeyName,
  type KeyOfCase,
  ROUTES,
  type TokenOfCase,
} from "../cases/decision-routes.ts";
import type { DecisionCase } from "../cases/decisions.ts";
import { gatewayFixture, rawExchange, type TestKey, type TestTenant } from "./gateway.ts";
import { AUDIENCE, goodClaims, ISS, signWithSecret } from "./issuer.ts";

/** What a caller was answered, as far as both sides can know it. */
export type Outcome = {
  status: number;
  code: string | null;
  message: string | null;
  /** The route that ran. */
  routeId: string | null;
  /** The headers that the gateway itself is answerable for, by lower-case name. */
  headers: Record<string, string>;
};

const ECHO = `export const handler = async (event, context) => ({
  statusCode: 200, headers: { "x-route": context.routeId }, body: "" });`;
const COMPARED = /^(access-control-|vary$|www-authenticate$|allow$|ratelimit-policy$)/;

const ISSUER_SECRET = "shared-secret-of-the-cases-0123456789";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

function routesOfCases(keys: Record<KeyName, TestKey>): Map<string, Route> {
  const auth = {
    key: { mode: "api-key" },
    listed: { mode: "api-key", allowedApiKeyIds: [keys.allowed.id, keys.replaced.id, keys.revoked.id] },
    token: { mode: "bearer" },
    scoped: { mode: "bearer", requiredScopes: ["orders:read"], requiredClaims: { org: "o1" } },
    open: { mode: "none" },
  } as const;
  return new Map(
    ROUTES.map(({ name, at, auth: who, ...fields }) => {
      const [method, path] = at.split(" ");
      const target = { type: "function", function: "echo" };
      const route = { id: randomUUID(), method, path, name, target, ...fields, auth: auth[who ?? "open"] };
      return [name, routeSchema.parse(route)];
    }),
  );
}

/** What each case sends in the Authorization header. */
async function authorizationsOfCases(): Promise<Record<TokenOfCase, string>> {
  const now = Math.floor(Date.now() / 1_000);
  const bearer = async (claims = {}, secret = ISSUER_SECRET) =>
    `Bearer ${await signWithSecret(secret, goodClaims(claims))}`;
  const good = await bearer();
  return {
    good,
    scoped: await bearer({ scope: "openid orders:read", org: "o1" }),
    expired: await bearer({ exp: now - 3_600 }),
    future: await bearer({ nbf: now + 3_600 }),
    forged: await bearer({}, `not ${ISSUER_SECRET}`),
    stranger: await bearer({ iss: "https://somebody.else.example/" }),
    "other-audience": await bearer({ aud: "https://elsewhere.example" }),
    garbage: "Bearer not.a.token",
    basic: "Basic YWRhOnNlY3JldA==",
    "two-words": `${good} more`,
    bare: "Bearer",
  };
}

/** A gateway and an Explain over one database: the same routes as draft and live, and a key in each state. */
export async function decisionParity() {
  const encryptionKey = randomBytes(32).toString("base64");
  const keyring = readKeyring(encryptionKey);
  const fixture = await gatewayFixture({ functions: { "echo.mjs": ECHO }, keyring });
  process.env.CONSOLE_DATABASE_URL = fixture.database.consoleUrl;
  process.env.GATEHOUSE_ENCRYPTION_KEY = encryptionKey;
  const tenant = await fixture.tenant("cases");
  const other = await fixture.tenant("other");
  await fixture.pool.query("INSERT INTO drafts (tenant_id) VALUES ($1)", [tenant.id]);

  const mint = (name: KeyName, of: TestTenant = tenant) =>
    fixture.mint(of, name in KEY_RIGHTS ? { authorizedRequests: KEY_RIGHTS[name] } : {});
  const keys: Record<KeyName, TestKey> = {
    good: await mint("good"),
    allowed: await mint("allowed"),
    some: await mint("some"),
    nothing: await mint("nothing"),
    expired: await fixture.mint(tenant, { expiresAt: new Date(Date.now() - 1_000) }),
    revoked: await mint("revoked"),
    replaced: await mint("replaced"),
    successor: await mint("successor"),
    elsewhere: await mint("elsewhere", other),
  };
  await fixture.pool.query(
    "UPDATE api_keys SET rotated_at = now(), rotated_to = $2, grace_ends_at = now() - interval '1 second' WHERE id = $1",
    [keys.replaced.id, keys.successor.id],
  );
  await fixture.pool.query("UPDATE api_keys SET succeeds = ARRAY[$2::uuid] WHERE id = $1", [
    keys.successor.id,
    keys.replaced.id,
  ]);
  await fixture.revoke(keys.revoked);

  const issuer = randomUUID();
  const sealed = sealSecret(keyring, Buffer.from(ISSUER_SECRET), issuerSecretBinding(tenant.id, issuer));
  await fixture.pool.query(
    `INSERT INTO issuers (id, tenant_id, name, iss, audiences, kind, secret, secret_key_id, algorithms, created_by_label)
     VALUES ($1, $2, 'test', $3, $4, 'secret', $5, $6, '{HS256}', 'test')`,
    [issuer, tenant.id, ISS, [AUDIENCE], sealed.sealed, sealed.keyId],
  );
  const authorizations = await authorizationsOfCases();
  const actor: TenantActor = {
    userId: randomUUID(),
    email: "somebody@people.example",
    name: "Somebody",
    isOperator: false,
    proof: sessionProof(),
    requestId: randomUUID(),
    ip: "127.0.0.1",
    tenant: { id: tenant.id, slug: tenant.slug, name: "Cases", role: "viewer" },
  };

  /** Makes these routes both the draft and what is live. */
  async function serve(routes: readonly Route[]): Promise<void> {
    await fixture.pool.query("DELETE FROM draft_routes WHERE tenant_id = $1", [tenant.id]);
    for (const { id, ...fields } of routes) {
      await fixture.pool.query(
        `INSERT INTO draft_routes (id, tenant_id, method, path, enabled, document) VALUES ($1, $2, $3, $4, $5, $6)`,
        [
          id,
          tenant.id,
          fields.method,
          fields.path,
          fields.enabled,
          JSON.stringify(routeFieldsSchema.parse(fields)),
        ],
      );
    }
    await fixture.pool.query("UPDATE drafts SET version = version + 1 WHERE tenant_id = $1", [tenant.id]);
    await fixture.served(tenant, await fixture.publish(tenant, routes));
  }

  const mistyped = `${keys.good.key.slice(0, -1)}${keys.good.key.endsWith("a") ? "b" : "a"}`;
  const unknown = formatCredential("apiKey", randomBytes(32));

  /** The secret that a case sends; undefined for none at all. */
  function secretOf(name: KeyOfCase): string | undefined {
    if (name === "none") return undefined;
    if (name === "empty") return "";
    if (name === "malformed") return "not-a-key";
    if (name === "mistyped") return mistyped;
    return name === "unknown" ? unknown : keys[name].key;
  }

  async function askGateway({
    line,
    key = "none",
    token,
    headers = {},
    body,
  }: DecisionCase): Promise<Outcome> {
    const space = line.indexOf(" ");
    const secret = secretOf(key);
    const sent = {
      Host: "gateway",
      ...("Connection" in headers ? {} : { Connection: "close" }),
      ...(secret === undefined ? {} : { "X-Api-Key": secret }),
      ...(token ? { Authorization: authorizations[token] } : {}),
      ...(body === undefined ? {} : { "Content-Length": String(Buffer.byteLength(body)) }),
      ...headers,
    };
    const lines = Object.entries(sent).map(([name, value]) => `${name}: ${value}\r\n`);
    const target = `/gw/${tenant.slug}${line.slice(space + 1)}`;
    const head = `${line.slice(0, space)} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`;
    const received = await rawExchange(fixture.url, head + (body ?? ""));
    const [answer = "", ...rest] = received.split("\r\n\r\n");
    const [statusLine = "", ...headerLines] = answer.split("\r\n");
    const status = Number(statusLine.split(" ")[1]);
    const got = headerLines.map((each) => {
      const colon = each.indexOf(":");
      return [each.slice(0, colon).toLowerCase(), each.slice(colon + 1).trim()] as const;
    });
    const text = rest.join("\r\n\r\n");
    const error = status >= 400 && text.startsWith("{") ? JSON.parse(text).error : null;
    return {
      status,
      code: error?.code ?? null,
      message: error?.message ?? null,
      routeId: got.find(([name]) => name === "x-route")?.[1] ?? null,
      headers: Object.fromEntries(got.filter(([name]) => COMPARED.test(name))),
    };
  }

  function outcomeOf(side: ExplainedSide): Outcome {
    const headers = side.headers.map(({ name, value }) => [name.toLowerCase(), value] as const);
    return {
      status: side.status ?? 200,
      code: side.code,
      message: side.message,
      routeId: side.outcome === "runs" ? (side.route?.id ?? null) : null,
      headers: Object.fromEntries(headers.filter(([name]) => COMPARED.test(name))),
    };
  }

  /** Both sides of Explain, which must be one: the draft is what is live. */
  async function askExplain({
    line,
    key = "none",
    token,
    headers = {},
    body,
  }: DecisionCase): Promise<Outcome> {
    const space = line.indexOf(" ");
    const secret = secretOf(key);
    const own = key in keys && key !== "elsewhere" ? keys[key as KeyName] : null;
    const input = explainInputSchema.parse({
      method: line.slice(0, space),
      path: line.slice(space + 1),
      headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
      body: body === undefined ? null : { text: body },
      authorization: token ? authorizations[token] : null,
      ...(own ? { apiKeyId: own.id } : secret ? { apiKeyHash: sha256(secret) } : {}),
    });
    const { draft, live } = await explain(actor, input);
    assert.deepEqual({ ...draft, version: 0 }, { ...live, version: 0 });
    if (own && secret && live.code !== null) {
      const byHash = await explain(actor, { ...input, apiKeyId: null, apiKeyHash: sha256(secret) });
      assert.deepEqual(byHash.live, live, "a key is the same key by its hash");
    }
    const words = [secret ?? "", ...(token ? authorizations[token].split(" ") : [])];
    for (const word of words.filter(({ length }) => length > 20)) {
      assert.ok(!JSON.stringify(live).includes(word), "no secret comes back");
    }
    const outcome = outcomeOf(live);
    // Nobody can read the envelope of an answer to HEAD.
    return input.method === "HEAD" ? { ...outcome, code: null, message: null } : outcome;
  }

  return {
    fixture,
    actor,
    tenant,
    keys,
    routes: routesOfCases(keys),
    serve,
    askGateway,
    askExplain,
    async close() {
      await closeDatabase();
      await fixture.close();
    },
  };
}
export type DecisionParity = Awaited<ReturnType<typeof decisionParity>>;
