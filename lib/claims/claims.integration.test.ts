import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import pg from "pg";
import type { TenantActor } from "#lib/access/actor.ts";
import { formatCredential } from "#lib/contract/credential.ts";
import { routeFieldsSchema } from "#lib/contract/route.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { changeGrace, mintKey, revokeKey, rotateKey } from "#lib/keys/commands.ts";
import { getKey, listKeys } from "#lib/keys/queries.ts";
import { publish } from "#lib/publishing/commands.ts";
import { getChanges } from "#lib/publishing/queries.ts";
import { createRoute } from "#lib/routes/commands.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { cancelClaim, createClaim, openClaim, revealClaim } from "./commands.ts";
import { listClaims } from "./queries.ts";
import { type NewClaim, newClaimSchema } from "./schema.ts";

const CALLER = { requestId: "request-1", ip: "203.0.113.9" };
const HOUR_MS = 3_600_000;

let plane: ControlPlane;
let actor: TenantActor;
let sql: pg.Client;
before(async () => {
  plane = await controlPlane();
  ({ actor } = await plane.tenant("acme"));
  sql = new pg.Client({ connectionString: plane.database.superuserUrl });
  await sql.connect();
});
after(async () => {
  await sql.end();
  await plane.close();
});

const wanted = (fields: object = {}): NewClaim => newClaimSchema.parse({ name: "partner", ...fields });
const secretOf = (link: string) => new URL(link).hash.slice(1);
const code = (expected: string) => (error: unknown) =>
  error instanceof DomainError && error.code === expected;
const statusOf = async (id: string) =>
  (await listClaims(actor, { limit: 100 })).data.find((claim) => claim.id === id)?.status;
const keys = async () => (await listKeys(actor, { limit: 100 })).data.length;
const mint = (fields: object = {}) =>
  mintKey(actor, { name: "old", description: "", authorizedRequests: null, expiresAt: null, ...fields });

test("a key exists from the reveal on and not before, and opening burns nothing", async () => {
  const before = await keys();
  const { id, link, status } = await createClaim(actor, wanted({ note: "Welcome" }));
  assert.equal(status, "waiting");
  for (let scan = 0; scan < 3; scan++) await openClaim(secretOf(link));
  assert.equal(await keys(), before);
  assert.equal(await statusOf(id), "opened");
  const revealed = await revealClaim(secretOf(link), CALLER);
  assert.match(revealed.key, /^gh_/);
  assert.equal(await keys(), before + 1);
  assert.equal(await statusOf(id), "revealed");
  const stored = await sql.query("SELECT key_hash FROM api_keys WHERE key_hash = $1", [
    createHash("sha256").update(revealed.key).digest(),
  ]);
  assert.equal(stored.rowCount, 1);
});

test("of many who reveal at once exactly one gets a key, and a replay gets none", async () => {
  const before = await keys();
  const { link } = await createClaim(actor, wanted());
  const all = await Promise.allSettled(Array.from({ length: 8 }, () => revealClaim(secretOf(link), CALLER)));
  assert.equal(all.filter(({ status }) => status === "fulfilled").length, 1);
  assert.equal(await keys(), before + 1);
  await assert.rejects(revealClaim(secretOf(link), CALLER), code("not_found"));
});

test("used, cancelled, expired, unknown and malformed links are told apart by nothing", async () => {
  const used = await createClaim(actor, wanted());
  await revealClaim(secretOf(used.link), CALLER);
  const cancelled = await createClaim(actor, wanted());
  await cancelClaim(actor, { id: cancelled.id });
  const expired = await createClaim(actor, wanted());
  await sql.query("UPDATE claim_links SET expires_at = now() - interval '1 s' WHERE id = $1", [expired.id]);
  const keyExpired = await createClaim(
    actor,
    wanted({ expiresAt: new Date(Date.now() + HOUR_MS).toISOString() }),
  );
  await sql.query("UPDATE claim_links SET key_expires_at = now() - interval '1 s' WHERE id = $1", [
    keyExpired.id,
  ]);
  const overtaken = await mint();
  const overtakenLink = await createClaim(
    actor,
    newClaimSchema.parse({ rotates: overtaken.id, graceSeconds: 0 }),
  );
  await revokeKey(actor, { id: overtaken.id, reason: "" });
  const never = formatCredential("claimLink", new Uint8Array(32).fill(3));
  const secrets = [
    ...[used, cancelled, expired, keyExpired, overtakenLink].map(({ link }) => secretOf(link)),
    never,
    `${never.slice(0, -1)}!`,
    "",
    "%00",
    overtaken.key,
  ];
  const answers = new Set<string>();
  for (const secret of secrets) {
    for (const ask of [openClaim, (text: string) => revealClaim(text, CALLER)]) {
      await assert.rejects(ask(secret), (error: DomainError) => {
        answers.add(JSON.stringify([error.code, error.message, error.details, error.headers]));
        return true;
      });
    }
  }
  assert.equal(answers.size, 1);
  assert.deepEqual(await Promise.all([used, cancelled, expired, keyExpired].map(({ id }) => statusOf(id))), [
    "revealed",
    "cancelled",
    "expired",
    "expired",
  ]);
  for (const status of ["revealed", "cancelled", "expired", "waiting", "opened"] as const) {
    const listed = await listClaims(actor, { limit: 100, status });
    assert.ok(
      listed.data.every((claim) => claim.status === status),
      status,
    );
  }
});

test("a partner is told what the key will open, and nothing about other routes", async () => {
  const { actor: other } = await plane.tenant("opens");
  const target = { type: "function", function: "hello" };
  const add = (fields: object) =>
    createRoute(other, routeFieldsSchema.parse({ method: "GET", target, ...fields }));
  await add({ path: "/open" });
  await add({ path: "/users/:id" });
  await add({ path: "/secret", auth: { mode: "api-key", allowedApiKeyIds: [] } });
  await add({ path: "/public", auth: { mode: "none" } });
  const { draftVersion } = await getChanges(other, undefined);
  await publish(other, { draftVersion, note: "" });
  const all = await createClaim(other, wanted());
  const some = await createClaim(
    other,
    wanted({ authorizedRequests: [{ method: "GET", path: "/users/7" }] }),
  );
  const opened = await openClaim(secretOf(all.link));
  assert.deepEqual(
    opened.routes.map(({ path, partly }) => [path, partly]),
    [
      ["/open", false],
      ["/users/:id", false],
    ],
  );
  assert.deepEqual(
    (await openClaim(secretOf(some.link))).routes.map(({ path, partly }) => [path, partly]),
    [["/users/:id", true]],
  );
});

test("a rotation through a link starts at the reveal, and the new key stands where the old one stood", async () => {
  const expiresAt = new Date(Date.now() + 10 * HOUR_MS).toISOString();
  const old = await mint({
    expiresAt,
    authorizedRequests: [{ method: "GET", path: "/a", queryParameters: {} }],
  });
  const claim = await createClaim(actor, newClaimSchema.parse({ rotates: old.id, graceSeconds: 3_600 }));
  assert.equal((await getKey(actor, { id: old.id })).status, "active");
  const { key: _, ...revealed } = await revealClaim(secretOf(claim.link), CALLER);
  assert.equal(revealed.replaces?.lastFour, old.lastFour);
  const before = await getKey(actor, { id: old.id });
  assert.equal(before.status, "rotating");
  const next = await getKey(actor, { id: before.rotatedTo as string });
  assert.deepEqual(
    [next.status, next.expiresAt, next.authorizedRequests, next.succeeds],
    ["active", expiresAt, old.authorizedRequests, [old.id]],
  );
});

test("a key that was to expire never becomes permanent, whatever the grace", async () => {
  const expiresAt = new Date(Date.now() + HOUR_MS).toISOString();
  const old = await mint({ expiresAt });
  const next = await rotateKey(actor, { id: old.id, graceSeconds: 7 * 86_400 });
  assert.equal(next.expiresAt, expiresAt);
  assert.equal((await getKey(actor, { id: old.id })).graceEndsAt, expiresAt);
  const extended = await changeGrace(actor, { id: old.id, graceSeconds: 86_400 });
  assert.equal(extended.graceEndsAt, expiresAt);
  const cut = await changeGrace(actor, { id: old.id, graceSeconds: 0 });
  assert.equal(cut.status, "expired");
  await assert.rejects(changeGrace(actor, { id: old.id, graceSeconds: 60 }), code("conflict"));
  await assert.rejects(changeGrace(actor, { id: next.id, graceSeconds: 60 }), code("conflict"));
});

test("a key is replaced once, and never when it is over", async () => {
  const old = await mint();
  const both = await Promise.allSettled([1, 2].map(() => rotateKey(actor, { id: old.id, graceSeconds: 60 })));
  assert.equal(both.filter(({ status }) => status === "fulfilled").length, 1);
  await assert.rejects(rotateKey(actor, { id: old.id, graceSeconds: 60 }), code("conflict"));
  const over = await mint();
  await revokeKey(actor, { id: over.id, reason: "" });
  await assert.rejects(rotateKey(actor, { id: over.id, graceSeconds: 60 }), code("conflict"));
  await assert.rejects(
    createClaim(actor, newClaimSchema.parse({ rotates: over.id, graceSeconds: 60 })),
    code("conflict"),
  );
});

test("neither a link's secret nor a key is anywhere in the database", async () => {
  const claim = await createClaim(actor, wanted());
  const { key } = await revealClaim(secretOf(claim.link), CALLER);
  const { rows: tables } = await sql.query<{ name: string }>(
    "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'pgboss')",
  );
  const hits: string[] = [];
  for (const { name } of tables) {
    for (const secret of [key, secretOf(claim.link)]) {
      const body = secret.slice(4, 40);
      const found = await sql.query(`SELECT 1 FROM ${name} t WHERE t::text LIKE '%' || $1 || '%' LIMIT 1`, [
        body,
      ]);
      if (found.rowCount) hits.push(name);
    }
  }
  assert.deepEqual(hits, []);
  assert.ok(tables.length > 15);
});

test("another tenant's links and keys are not found, a viewer may look and not touch", async () => {
  const { actor: stranger } = await plane.tenant("claims-stranger");
  const viewer = await plane.member(actor, "viewer");
  const claim = await createClaim(actor, wanted());
  const key = await mint();
  await assert.rejects(cancelClaim(stranger, { id: claim.id }), code("not_found"));
  await assert.rejects(rotateKey(stranger, { id: key.id, graceSeconds: 0 }), code("not_found"));
  await assert.rejects(
    createClaim(stranger, newClaimSchema.parse({ rotates: key.id, graceSeconds: 0 })),
    code("not_found"),
  );
  assert.deepEqual((await listClaims(stranger, { limit: 100 })).data, []);
  await assert.rejects(createClaim(viewer, wanted()), code("forbidden"));
  assert.ok((await listClaims(viewer, { limit: 100 })).data.some(({ id }) => id === claim.id));
});
