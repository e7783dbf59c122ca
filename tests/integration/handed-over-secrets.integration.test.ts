import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import pg from "pg";
import { formatCredential } from "#lib/contract/credential.ts";
import { mintToken } from "#lib/tokens/commands.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { type StartedProcess, startConsole, startGateway } from "#tests/harness/processes.ts";

let plane: ControlPlane;
let gateway: StartedProcess;
let console_: StartedProcess;
let token: string;
before(async () => {
  plane = await controlPlane();
  const { actor } = await plane.tenant("acme");
  ({ token } = await mintToken(actor, { name: "t", expiresInDays: 1, tenantId: null }));
  gateway = await startGateway(plane.database);
  console_ = await startConsole(plane.database, { environment: { GATEWAY_URL: gateway.url } });
});
after(async () => {
  await console_?.stop();
  await gateway?.stop();
  await plane.close();
});

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${console_.url}/api/v1${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, json: await response.json() };
}
const asOwner = (path: string, body: unknown) =>
  post(`/tenants/acme${path}`, body, { authorization: `Bearer ${token}` });

test("keys and links are in the one answer that makes them, and in no log, no table and no other answer", async () => {
  const minted = (await asOwner("/keys", { name: "minted" })).json.data;
  const rotated = (await asOwner(`/keys/${minted.id}/rotate`, { graceSeconds: 60 })).json.data;
  const claim = (await asOwner("/claims", { name: "claimed", note: "Hello" })).json.data;
  const secret = new URL(claim.link).hash.slice(1);
  const withdrawn = (await asOwner("/claims", { name: "withdrawn" })).json.data;
  assert.equal((await post("/claim/open", { secret })).status, 200);
  const revealed = await post("/claim/reveal", { secret });
  assert.equal(revealed.status, 201);
  assert.equal(revealed.headers.get("cache-control"), "no-store");
  // What goes wrong is what is usually logged in full.
  assert.equal((await post("/claim/reveal", { secret })).status, 404);
  assert.equal((await post("/claim/reveal", { secret, extra: 1 })).status, 422);
  const secrets = [
    minted.key,
    rotated.key,
    revealed.json.data.key,
    secret,
    new URL(withdrawn.link).hash.slice(1),
  ];
  for (const key of secrets) {
    for (const path of [`/gw/acme/x?key=${key}`, `/gw/acme/${key}`, "/gw/acme/x"]) {
      await (await fetch(gateway.url + path, { headers: { "x-api-key": key } })).arrayBuffer();
    }
  }
  await gateway.stop();

  const sql = new pg.Client({ connectionString: plane.database.superuserUrl });
  await sql.connect();
  const { rows } = await sql.query<{ name: string }>(
    "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'pgboss')",
  );
  const places = new Map([
    ["the console's log", console_.output()],
    ["the gateway's log", gateway.output()],
  ]);
  for (const { name } of rows) {
    const { rows: kept } = await sql.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`);
    places.set(name, kept.map(({ text }) => text).join("\n"));
  }
  await sql.end();
  const get = (path: string) =>
    fetch(`${console_.url}/api/v1/tenants/acme${path}`, { headers: { authorization: `Bearer ${token}` } });
  for (const path of ["/keys", "/claims", `/keys/${minted.id}`, `/keys/${rotated.id}`]) {
    const answer = await get(path);
    assert.equal(answer.status, 200);
    places.set(path, await answer.text());
  }
  for (const [place, text] of places) {
    for (const one of secrets) assert.ok(!text.includes(one.slice(8, 40)), place);
  }
  assert.ok(places.get("public.audit_entries")?.includes("claim.create"), "the audit log was looked at");
});

test("secrets of every wrong shape get the one answer of a dead link, or a 422 when they are no text at all", async () => {
  const never = formatCredential("claimLink", new Uint8Array(32).fill(5));
  const texts = [
    "",
    "x",
    never,
    `${never}x`,
    never.slice(0, -1),
    never.replace("ghc_", "gh_"),
    ` ${never}`,
    "\u0000",
    "\ud800",
    "%00",
    "' OR 1=1 --",
    "a".repeat(500_000),
  ];
  const answers = new Set<string>();
  for (const secret of texts) {
    for (const path of ["/claim/open", "/claim/reveal"]) {
      const { status, json } = await post(path, { secret });
      answers.add(JSON.stringify([status, json.error.code, json.error.message, json.error.details]));
    }
  }
  assert.equal(answers.size, 1, [...answers].join("\n"));
  for (const secret of [null, 7, [], {}, [never]]) {
    assert.equal((await post("/claim/open", { secret })).status, 422);
  }
});

test("the partner's page is for nobody's cache, index, frame or Referer, and reads the same whatever the address", async () => {
  const page = await fetch(`${console_.url}/claim`);
  const header = (name: string) => page.headers.get(name) ?? "";
  assert.equal(page.status, 200);
  assert.match(header("cache-control"), /no-store/);
  assert.equal(header("referrer-policy"), "no-referrer");
  assert.match(header("x-robots-tag"), /noindex/);
  assert.match(header("content-security-policy"), /frame-ancestors 'none'/);
  const html = await page.text();
  assert.match(html, /<meta name="robots" content="noindex[^"]*"/);
  assert.match(html, /<meta name="referrer" content="no-referrer"/);
  assert.doesNotMatch(html, /http-equiv/i, "one policy, not two");
  const policy = header("content-security-policy");
  assert.ok(policy.includes(`connect-src 'self' ${gateway.url};`), policy);
  assert.match(policy, /form-action 'none'/);
  assert.doesNotMatch(html, /(?:src|href)="https?:/);
});
