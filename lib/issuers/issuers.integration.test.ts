import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import pg from "pg";
import type { TenantActor } from "#lib/access/actor.ts";
import { routeFieldsSchema } from "#lib/contract/route.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { publish } from "#lib/publishing/commands.ts";
import { getChanges } from "#lib/publishing/queries.ts";
import { createRoute, saveRoute } from "#lib/routes/commands.ts";
import { issuerSecretBinding, openSecret, readKeyring } from "#lib/secrets/sealed-secret.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import {
  goodClaims,
  type KeySetServer,
  keySetServer,
  type SigningKey,
  sign,
  signingKey,
  signWithSecret,
} from "#tests/harness/issuer.ts";
import { createIssuer, deleteIssuer, editIssuer } from "./commands.ts";
import { bearerRoutes, checkKeySet, checkToken, describeToken, getIssuer, listIssuers } from "./queries.ts";
import { lossOf, MAX_ISSUERS } from "./rules.ts";
import { editedIssuerSchema, newIssuerSchema } from "./schema.ts";

const SECRET = "a-shared-secret-that-nobody-sees-again";
let plane: ControlPlane;
let actor: TenantActor;
let keys: KeySetServer;
let rsa: SigningKey;

before(async () => {
  plane = await controlPlane();
  process.env.ALLOW_INTERNAL_UPSTREAMS = "1";
  ({ actor } = await plane.tenant("acme"));
  rsa = await signingKey("k1");
  keys = await keySetServer([rsa]);
});
after(async () => {
  delete process.env.ALLOW_INTERNAL_UPSTREAMS;
  await keys.close();
  await plane.close();
});

const create = (fields: object, by = actor) =>
  createIssuer(by, newIssuerSchema.parse({ name: "Issuer", audiences: ["https://api.example"], ...fields }));
const edit = (id: string, version: number, fields: object) =>
  editIssuer(actor, { ...editedIssuerSchema.parse(fields), id, version });
const fails = (code: string, work: Promise<unknown>, words = /./) =>
  assert.rejects(work, (error: DomainError) => {
    assert.ok(error instanceof DomainError, String(error));
    assert.equal(error.code, code);
    assert.match(`${error.message} ${error.details.map(({ path, message }) => `${path} ${message}`)}`, words);
    return true;
  });
async function query<T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> {
  const client = new pg.Client({ connectionString: plane.database.superuserUrl });
  await client.connect();
  try {
    return (await client.query<T>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

test("a shared secret is in no answer, no audit entry and no row, and opens with the key and the row's own name", async () => {
  const made = await create({ iss: "secret", kind: "secret", secret: SECRET });
  const changed = await edit(made.id, made.version, { secret: `${SECRET}-2`, name: "Renamed" });
  const seen = JSON.stringify([
    made,
    changed,
    await listIssuers(actor, { limit: 25 }),
    await getIssuer(actor, { id: made.id }),
  ]);
  assert.equal(seen.includes(SECRET), false);
  const [row] = await query<{ text: string; secret: Buffer; keyId: string }>(
    `SELECT i::text AS text, secret, secret_key_id AS "keyId" FROM issuers i WHERE id = $1`,
    [made.id],
  );
  const audit = await query<{ text: string }>(
    "SELECT a::text AS text FROM audit_entries a WHERE target_id = $1",
    [made.id],
  );
  assert.deepEqual(audit.length, 2);
  for (const text of [row?.text ?? "", ...audit.map((each) => each.text)]) {
    for (const form of [
      SECRET,
      Buffer.from(SECRET).toString("hex"),
      Buffer.from(SECRET).toString("base64").slice(0, 40),
    ]) {
      assert.equal(text.includes(form), false);
    }
  }
  const keyring = readKeyring(process.env.GATEHOUSE_ENCRYPTION_KEY);
  const sealed = { keyId: row?.keyId ?? "", sealed: row?.secret ?? Buffer.alloc(0) };
  const opened = openSecret(keyring, sealed, issuerSecretBinding(actor.tenant.id, made.id));
  assert.equal(opened.toString(), `${SECRET}-2`);
  await deleteIssuer(actor, { id: made.id, version: changed.version });
  const [gone] = await query<{ secret: Buffer | null }>("SELECT secret FROM issuers WHERE id = $1", [
    made.id,
  ]);
  assert.equal(gone?.secret, null);
  await fails("not_found", getIssuer(actor, { id: made.id }));
});

test("an edit of an older version is refused, and saving what was not changed changes nothing", async () => {
  const made = await create({ iss: "versioned", kind: "jwks", jwksUrl: keys.url });
  const same = await edit(made.id, made.version, { name: made.name, enabled: true });
  assert.deepEqual(same, made);
  const off = await edit(made.id, made.version, { enabled: false });
  assert.deepEqual([off.enabled, off.version], [false, made.version + 1]);
  await fails("conflict", edit(made.id, made.version, { enabled: true }), /current version is 2/);
  await fails("conflict", deleteIssuer(actor, { id: made.id, version: made.version }));
  await deleteIssuer(actor, { id: made.id, version: null });
  await fails("not_found", edit(made.id, off.version, { enabled: true }));
});

test("fields that cannot be right are refused with their place", () => {
  const bad: [object, string][] = [
    [{ kind: "jwks" }, "jwksUrl"],
    [{ kind: "secret" }, "secret"],
    [{ kind: "jwks", jwksUrl: "https://x.example/", secret: SECRET }, "secret"],
    [{ kind: "secret", secret: SECRET, jwksUrl: "https://x.example/" }, "jwksUrl"],
    [{ kind: "secret", secret: "short" }, "secret"],
    [{ kind: "secret", secret: "s".repeat(31) }, "secret"],
    [{ kind: "secret", secret: "s".repeat(2_000) }, "secret"],
    [{ kind: "secret", secret: "not base64!".repeat(5), secretEncoding: "base64" }, "secret"],
    [{ kind: "secret", secret: SECRET, algorithms: ["RS256"] }, "algorithms"],
    [{ kind: "jwks", jwksUrl: "https://x.example/", algorithms: ["HS256"] }, "algorithms"],
    [{ kind: "jwks", jwksUrl: "https://x.example/", algorithms: ["none"] }, "algorithms.0"],
    [{ kind: "jwks", jwksUrl: "https://x.example/", algorithms: [] }, "algorithms"],
    [{ kind: "jwks", jwksUrl: "ftp://x.example/" }, "jwksUrl"],
    [{ kind: "jwks", jwksUrl: "https://user:password@x.example/" }, "jwksUrl"],
    [{ kind: "jwks", jwksUrl: "file:///etc/passwd" }, "jwksUrl"],
    [{ kind: "jwks", jwksUrl: "https://x.example/", audiences: [] }, "audiences"],
    [{ kind: "jwks", jwksUrl: "https://x.example/", audiences: Array(21).fill("a") }, "audiences"],
    [{ kind: "jwks", jwksUrl: "https://x.example/", clockSkewSeconds: 301 }, "clockSkewSeconds"],
    [{ kind: "jwks", jwksUrl: "https://x.example/", clockSkewSeconds: -1 }, "clockSkewSeconds"],
    [{ kind: "jwks", jwksUrl: "https://x.example/", iss: "a\u0000b" }, "iss"],
  ];
  for (const [fields, path] of bad) {
    const parsed = newIssuerSchema.safeParse({ name: "n", iss: "i", audiences: ["a"], ...fields });
    assert.ok(
      parsed.error?.issues.some((issue) => issue.path.join(".") === path),
      JSON.stringify(fields).slice(0, 90),
    );
  }
});

test("an address inside the network is refused unless the installation allows it, and open lines lead inside only", async () => {
  delete process.env.ALLOW_INTERNAL_UPSTREAMS;
  for (const jwksUrl of [
    "https://127.0.0.1/k",
    "https://localhost/k",
    "https://169.254.169.254/",
    "https://[::1]/",
    "http://2130706433/",
    "https://metadata.google.internal/",
  ]) {
    await fails("invalid_input", create({ iss: "inside", kind: "jwks", jwksUrl }), /jwksUrl points inside/);
  }
  await fails(
    "invalid_input",
    create({ iss: "open", kind: "jwks", jwksUrl: "http://issuer.example/k" }),
    /https/,
  );
  process.env.ALLOW_INTERNAL_UPSTREAMS = "1";
  await fails(
    "invalid_input",
    create({ iss: "open", kind: "jwks", jwksUrl: "http://issuer.example/k" }),
    /https/,
  );
});

test("one iss belongs to one issuer, another kind's fields to none, and there is a limit", async () => {
  const { actor: crowded } = await plane.tenant("crowded");
  const first = await create({ iss: "one", kind: "jwks", jwksUrl: keys.url }, crowded);
  await fails("conflict", create({ iss: "one", kind: "jwks", jwksUrl: keys.url }, crowded), /already/);
  for (let n = 1; n < MAX_ISSUERS; n++)
    await create({ iss: `n${n}`, kind: "jwks", jwksUrl: keys.url }, crowded);
  await fails("conflict", create({ iss: "more", kind: "jwks", jwksUrl: keys.url }, crowded), /20 issuers/);
  const page = await listIssuers(crowded, { limit: 15 });
  const rest = await listIssuers(crowded, { limit: 15, cursor: page.next_cursor ?? undefined });
  assert.equal(new Set([...page.data, ...rest.data].map(({ id }) => id)).size, MAX_ISSUERS);
  const change = (fields: object) =>
    editIssuer(crowded, { ...editedIssuerSchema.parse(fields), id: first.id, version: 1 });
  await fails("conflict", change({ iss: "n1" }), /already/);
  await fails("invalid_input", change({ secret: SECRET }), /secret/);
  await fails("invalid_input", change({ algorithms: ["HS256"] }), /algorithms/);
});

test("without an encryption key a secret is not stored, and one that cannot be read says so", async () => {
  const made = await create({ iss: "sealed", kind: "secret", secret: SECRET });
  const key = process.env.GATEHOUSE_ENCRYPTION_KEY;
  delete process.env.GATEHOUSE_ENCRYPTION_KEY;
  await fails(
    "unavailable",
    create({ iss: "unsealed", kind: "secret", secret: SECRET }),
    /GATEHOUSE_ENCRYPTION_KEY/,
  );
  assert.match((await getIssuer(actor, { id: made.id })).problem ?? "", /GATEHOUSE_ENCRYPTION_KEY/);
  const token = await signWithSecret(SECRET, goodClaims({ iss: "sealed" }));
  assert.equal((await describeToken(actor, token)).outcome, "unavailable");
  process.env.GATEHOUSE_ENCRYPTION_KEY = key ?? "";
  assert.equal((await getIssuer(actor, { id: made.id })).problem, null);
  assert.equal((await describeToken(actor, token)).outcome, "valid");
  await deleteIssuer(actor, { id: made.id, version: null });
});

test("a token is checked with the tenant's own issuers, and its claims are told only when it is good", async () => {
  const made = await create({ iss: "checked", kind: "jwks", jwksUrl: keys.url });
  const { actor: stranger } = await plane.tenant("stranger");
  const token = await sign(rsa, goodClaims({ iss: "checked", scope: "a b" }));
  const good = await describeToken(actor, token);
  assert.deepEqual([good.outcome, good.issuer?.id, good.scopes], ["valid", made.id, ["a", "b"]]);
  assert.equal((await describeToken(stranger, token)).outcome, "refused");
  const expired = await describeToken(actor, await sign(rsa, goodClaims({ iss: "checked", exp: 1 })));
  assert.deepEqual([expired.code, expired.claims], ["expired_token", null]);
  await edit(made.id, made.version, { enabled: false });
  const { lookup } = await checkToken(actor, token);
  assert.ok(lookup !== "unavailable" && lookup.kind === "refused");
});

test("what an issuer's end costs is counted over live routes, whatever the draft says since", async () => {
  const { actor: owner } = await plane.tenant("costs");
  const target = { type: "function", function: "hello" } as const;
  const route = (path: string, auth: object) =>
    routeFieldsSchema.parse({ method: "GET", path, target, auth });
  const live = await createRoute(owner, route("/a", { mode: "bearer" }));
  const { draftVersion } = await getChanges(owner, undefined);
  await publish(owner, { draftVersion, note: "" });
  await saveRoute(owner, { id: live.id, version: 1, fields: route("/a", { mode: "none" }) });
  await createRoute(owner, route("/b", { mode: "bearer" }));
  const found = await bearerRoutes(owner, undefined);
  assert.deepEqual([found.live, found.draft, found.examples.map(({ path }) => path)], [1, 1, ["/a", "/b"]]);
  const issuer = { name: "X" };
  assert.match(lossOf(issuer, found, 0), /^1 live route asks.*nobody gets in/);
  assert.match(lossOf(issuer, { live: 0, draft: 1 }, 0), /yet/);
});

test("a check of the keys says which came, or why none did", async () => {
  const made = await create({ iss: "asked", kind: "jwks", jwksUrl: keys.url });
  const found = await checkKeySet(actor, { id: made.id });
  assert.deepEqual([found.error, found.keys], [null, [{ kid: "k1", type: "RSA", algorithm: "RS256" }]]);
  keys.state.answer = { status: 302, headers: { location: "http://127.0.0.1/" } };
  assert.match((await checkKeySet(actor, { id: made.id })).error ?? "", /redirects are not followed/);
  keys.state.answer = null;
  const secret = await create({ iss: "no address", kind: "secret", secret: SECRET });
  await fails("conflict", checkKeySet(actor, { id: secret.id }));
});
