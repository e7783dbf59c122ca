import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import test, { after, before } from "node:test";
import pg from "pg";
import type { TenantPerson } from "#lib/access/actor.ts";
import { dispatch } from "#lib/api/dispatch.ts";
import { type RouteFieldsInput, routeFieldsSchema } from "#lib/contract/route.ts";
import { mintKey } from "#lib/keys/commands.ts";
import { publish } from "#lib/publishing/commands.ts";
import { getChanges } from "#lib/publishing/queries.ts";
import { createRoute } from "#lib/routes/commands.ts";
import { mintToken } from "#lib/tokens/commands.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { explain, findRefusals } from "./queries.ts";
import { type ExplainedSide, type Explanation, explainInputSchema } from "./schema.ts";

const target = { type: "function", function: "hello" } as const;

let plane: ControlPlane;
let actor: TenantPerson;
let stranger: TenantPerson;
let superuser: pg.Client;
let token: string;

before(async () => {
  plane = await controlPlane();
  ({ actor } = await plane.tenant("explained"));
  ({ actor: stranger } = await plane.tenant("stranger"));
  token = (await mintToken(actor, { name: "t", expiresInDays: 1, tenantId: null })).token;
  superuser = new pg.Client({ connectionString: plane.database.superuserUrl });
  await superuser.connect();
});
after(async () => {
  await superuser.end();
  await plane.close();
});

const ask = (fields: Record<string, unknown>): Promise<Explanation> =>
  explain(actor, explainInputSchema.parse(fields));
const add = (fields: RouteFieldsInput) => createRoute(actor, routeFieldsSchema.parse(fields));

async function post(body: unknown) {
  const response = await dispatch(
    new Request("http://127.0.0.1:3000/api/v1/tenants/explained/explain", {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  );
  return { status: response.status, json: await response.json() };
}

test("draft and live are told apart, with what would run and what stands in the way of publishing", async () => {
  const open = { mode: "none" } as const;
  await add({
    method: "GET",
    path: "/a/:id",
    auth: open,
    target: { type: "http", url: "https://up.example/x/:id?k=v" },
  });
  const { draftVersion } = await getChanges(actor, undefined);
  await publish(actor, { draftVersion, note: "" });
  const one = await add({ method: "GET", path: "/a/b", target });
  await add({ method: "GET", path: "/a/b", target });
  const { draft, live } = await ask({ path: "/a/b?q=1", sourceIp: "203.0.113.7" });
  assert.equal(live.outcome, "runs");
  assert.deepEqual(live.run?.pathParameters, { id: "b" });
  assert.equal(live.run?.upstream, "https://up.example/x/b?k=v&q=1");
  assert.equal(live.version, 1);
  assert.equal(
    live.steps.find(({ step }) => step === "rate_limit")?.detail,
    "600 a minute per address (203.0.113.7); counted where requests arrive, not here",
  );
  assert.equal(draft.code, "missing_credentials");
  assert.deepEqual(draft.headers.at(-1), { name: "WWW-Authenticate", value: 'ApiKey realm="explained"' });
  assert.equal(draft.problems.length, 1);
  assert.match(draft.problems[0] ?? "", /2 routes match exactly what GET \/a\/b matches/);
  assert.deepEqual(
    draft.candidates.map(({ reason }) => reason),
    ["won", "duplicate", "specificity"],
  );
  assert.ok(draft.candidates.some(({ routeId }) => routeId === one.id));
  assert.equal(draft.steps.length, 12);
  assert.equal(draft.steps.at(-1)?.detail, "not reached");
});

test("a key of another tenant is unknown by its hash and refused by its id", async () => {
  const theirs = await mintKey(stranger, {
    name: "k",
    description: "",
    authorizedRequests: null,
    expiresAt: null,
  });
  const apiKeyHash = createHash("sha256").update(theirs.key).digest("hex");
  const { draft, key } = await ask({ path: "/a/b", apiKeyHash });
  assert.equal(draft.code, "invalid_api_key");
  assert.equal(key, null);
  await assert.rejects(ask({ path: "/a/b", apiKeyId: theirs.id }), { code: "invalid_input" });
  const own = await mintKey(actor, {
    name: "Ours",
    description: "",
    authorizedRequests: null,
    expiresAt: null,
  });
  const known = await ask({ path: "/a/b", apiKeyHash: createHash("sha256").update(own.key).digest("hex") });
  assert.equal(known.key?.name, "Ours");
  assert.equal(known.draft.outcome, "runs");
  assert.ok(!JSON.stringify(known).includes(own.key));
});

test("every odd shape is a 4xx that names the place, and secrets are turned away unread", async () => {
  const secret = `gh_${"x".repeat(49)}`;
  const cases: [unknown, string][] = [
    [{}, "path"],
    [{ path: "a" }, "path"],
    [{ path: "/\u0000" }, "path"],
    [{ path: "/\ud800" }, "path"],
    [{ path: `/${"a".repeat(8_192)}` }, "path"],
    [{ path: "/", method: "" }, "method"],
    [{ path: "/", method: "G T" }, "method"],
    [{ path: "/", method: "A".repeat(33) }, "method"],
    [{ path: "/", headers: { a: "b" } }, "headers"],
    [{ path: "/", headers: [{ name: "a b", value: "" }] }, "headers.0.name"],
    [{ path: "/", headers: [{ name: "a", value: "b\r\nc: d" }] }, "headers.0.value"],
    [{ path: "/", headers: [{ name: "a", value: "\u2603" }] }, "headers.0.value"],
    [{ path: "/", headers: Array(101).fill({ name: "a", value: "b" }) }, "headers"],
    [{ path: "/", headers: [{ name: "X-Api-Key", value: secret }] }, "headers.0.name"],
    [{ path: "/", headers: [{ name: "AUTHORIZATION", value: `Bearer ${secret}` }] }, "headers.0.name"],
    [{ path: "/", body: "text" }, "body"],
    [{ path: "/", body: { text: "é".repeat(600_000) } }, "body.text"],
    [{ path: "/", sourceIp: "localhost" }, "sourceIp"],
    [{ path: "/", sourceIp: "1.2.3.4:80" }, "sourceIp"],
    [{ path: "/", apiKeyId: "1" }, "apiKeyId"],
    [{ path: "/", apiKeyId: randomUUID() }, "apiKeyId"],
    [{ path: "/", apiKeyHash: secret }, "apiKeyHash"],
    [{ path: "/", apiKeyId: randomUUID(), apiKeyHash: "0".repeat(64) }, "apiKeyHash"],
    [{ path: "/", apiKey: secret }, "apiKey"],
    [{ path: "/", authorization: "Bearer \u0000" }, "authorization"],
    [{ path: "/", extra: 1 }, "extra"],
  ];
  for (const [body, place] of cases) {
    const { status, json } = await post(body);
    assert.equal(status, 422, JSON.stringify(body).slice(0, 80));
    assert.ok(
      json.error.details.some(({ path }: { path: string }) => path === place),
      `${place}: ${JSON.stringify(json.error.details)}`,
    );
    assert.ok(!JSON.stringify(json).includes(secret));
  }
  const whole = await post({ path: "/a/b", body: { text: '"'.repeat(1_000_000) } });
  assert.equal(whole.status, 200, "a body of nearly 1 MiB that needs an escape for every byte");
});

const STEPS = JSON.stringify([{ step: "route", outcome: "refused", detail: "No route matches this path." }]);
const insertRefusal = (fields: {
  requestId: string;
  tenantId?: string;
  at?: string;
  routeId?: string;
  keyId?: string;
}) =>
  superuser.query(
    `INSERT INTO refusals (id, tenant_id, request_id, at, instance_id, revision, status, code, message, method, path,
       query_names, route_id, api_key_id, source_ip, steps)
     VALUES ($1, $2, $3, now() - $4::interval, $1, 1, 404, 'route_not_found', 'No route matches this path.', 'GET', '/x',
       '["q"]', $5, $6, '203.0.113.7', $7)`,
    [
      randomUUID(),
      fields.tenantId ?? actor.tenant.id,
      fields.requestId,
      fields.at ?? "1 minute",
      fields.routeId ?? null,
      fields.keyId ?? null,
      STEPS,
    ],
  );

test("a refusal is found by its request ID, newest first, for 24 hours and by its own tenant only", async () => {
  const key = await mintKey(actor, {
    name: "Partner",
    description: "",
    authorizedRequests: null,
    expiresAt: null,
  });
  await insertRefusal({ requestId: "chosen", at: "2 hours" });
  await insertRefusal({ requestId: "chosen", keyId: key.id });
  await insertRefusal({ requestId: "chosen", at: "25 hours" });
  await insertRefusal({ requestId: "chosen", tenantId: stranger.tenant.id });
  const { refusals } = await findRefusals(actor, { requestId: "chosen" });
  assert.equal(refusals.length, 2);
  const [newest, older] = refusals;
  assert.ok(newest && older && newest.at > older.at);
  assert.equal(newest.key?.name, "Partner");
  assert.equal(newest.key?.lastFour, key.key.slice(-4));
  assert.equal(newest.gateway.name, null, "a gateway that is gone");
  assert.deepEqual(newest.queryNames, ["q"]);
  assert.equal(newest.steps[0]?.step, "route");
  assert.deepEqual(await findRefusals(actor, { requestId: "never" }), { refusals: [], unrecorded: [] });
});

test("what was not written down is said, by the minute", async () => {
  for (const amount of [1_200, 4]) {
    await superuser.query(
      `INSERT INTO unrecorded_refusals (id, tenant_id, instance_id, from_at, until_at, amount)
       VALUES ($1, $2, $1, date_trunc('minute', now()), date_trunc('minute', now()) + interval '10 s', $3)`,
      [randomUUID(), actor.tenant.id, amount],
    );
  }
  const { unrecorded } = await findRefusals(actor, { requestId: "never" });
  assert.deepEqual(
    unrecorded.map(({ amount }) => amount),
    [1_204],
  );
  assert.deepEqual((await findRefusals(stranger, { requestId: "never" })).unrecorded, []);
});

test("what a transformation makes of the request is shown, and whether the cache is asked", async () => {
  await add({
    method: "GET",
    path: "/moved/:id/*",
    auth: { mode: "none" },
    target: { type: "http", url: "https://up.example/base?k=v" },
    cache: { ttlSeconds: 30 },
    transform: {
      request: { path: "/in/:id", setHeaders: { "X-Inner": "a-secret" }, removeHeaders: ["Cookie"] },
    },
  });
  const step = (side: ExplainedSide, name: string) => side.steps.find((each) => each.step === name);
  const { draft } = await ask({ path: "/moved/a%2Fb/c?q=1" });
  assert.equal(draft.run?.upstream, "https://up.example/base/in/a%2Fb?k=v&q=1");
  assert.match(step(draft, "target")?.detail ?? "", /, as \/in\/a%2Fb, with x-inner set, without cookie$/);
  assert.ok(!JSON.stringify(draft).includes("a-secret"));
  assert.equal(step(draft, "cache")?.outcome, "passed");
  const bypassing = async (name: string, value: string) =>
    step((await ask({ path: "/moved/1/c", headers: [{ name, value }] })).draft, "cache");
  assert.equal((await bypassing("Range", "bytes=0-1"))?.detail, "passed by: the request has range");
  assert.equal((await bypassing("Cookie", "a=1"))?.outcome, "passed", "the target never gets it");
});
