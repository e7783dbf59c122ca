import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import type { TenantActor } from "#lib/access/actor.ts";
import { MASK } from "#lib/contract/masking.ts";
import { type RouteFields, routeFieldsSchema } from "#lib/contract/route.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { publish } from "#lib/publishing/commands.ts";
import { getChanges } from "#lib/publishing/queries.ts";
import { createRoute, deleteRoute } from "#lib/routes/commands.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { retryJob } from "./commands.ts";
import { getJob } from "./queries.ts";

let plane: ControlPlane;
let actor: TenantActor;
let superuser: pg.Pool;
let routeId: string;

const ROUTE = {
  method: "POST",
  path: "/v1/orders",
  target: { type: "job", function: "echo" },
  maxBodyBytes: 2_000,
  validation: {
    body: {
      type: "object",
      required: ["customer"],
      properties: { customer: { type: "integer" }, note: { type: "string" } },
    },
    query: { type: "object", properties: { page: { type: "integer" } } },
  },
};

async function publishDraft() {
  const { draftVersion } = await getChanges(actor, undefined);
  return publish(actor, { draftVersion, note: "" });
}

before(async () => {
  plane = await controlPlane();
  ({ actor } = await plane.tenant("acme"));
  superuser = new pg.Pool({ connectionString: plane.database.superuserUrl, max: 2 });
  routeId = (await createRoute(actor, routeFieldsSchema.parse(ROUTE) as RouteFields)).id;
  await publishDraft();
});
after(async () => {
  await superuser.end();
  await plane.close();
});

const EVENT = {
  httpMethod: "POST",
  path: "/v1/orders",
  headers: { "content-type": "application/json" },
  queryStringParameters: { page: "1" },
  body: '{"customer":1,"password":"s3cret"}',
};

type Dead = { input?: unknown; steps?: string[]; step?: number; enqueuedBy?: string; route?: string | null };
async function deadJob({
  input = EVENT,
  steps = [],
  step,
  enqueuedBy = "route",
  route = routeId,
}: Dead = {}) {
  const id = uuidv7();
  await superuser.query(
    `INSERT INTO jobs (id, tenant_id, function, state, input, attempts, max_attempts, error, error_fingerprint,
       finished_at, route_id, revision, enqueued_by, steps, step, step_attempts)
     VALUES ($1, $2, $3, 'dead', $4, 1, 1, '{"name":"Error","message":"no"}', 'f', now(), $5, 1, $6, $7, $8, $9)`,
    [
      id,
      actor.tenant.id,
      steps[step ?? 0] ?? "echo",
      JSON.stringify(input),
      route,
      enqueuedBy,
      steps,
      step ?? null,
      step === undefined ? null : 1,
    ],
  );
  return id;
}
const inputOf = async (id: string) =>
  (await superuser.query("SELECT input, state FROM jobs WHERE id = $1", [id])).rows[0];
const retry = (id: string, patch: unknown) => retryJob(actor, { id, reason: "wrong customer", patch });

test("a payload is changed by a patch: what is hidden stays, and the history keeps the difference without showing it", async () => {
  const id = await deadJob();
  const shown = (await getJob(actor, { id })).input as typeof EVENT;
  assert.equal(shown.body, `{"customer":1,"password":"${MASK}"}`);
  await retry(id, [
    { op: "replace", path: "/body/customer", value: 2 },
    { op: "replace", path: "/body/password", value: "n3w" },
  ]);
  const { input, state } = await inputOf(id);
  assert.deepEqual(input, { ...EVENT, body: '{"customer":2,"password":"n3w"}' });
  assert.equal(state, "queued");
  const { actions } = await getJob(actor, { id });
  assert.deepEqual(actions[0]?.change, {
    checkedBy: { revision: 1, live: true },
    cut: false,
    changes: [
      { path: "/body/customer", before: 1, after: 2 },
      { path: "/body/password", before: MASK, after: MASK },
    ],
  });
  const { rows } = await superuser.query("SELECT after FROM audit_entries WHERE target_id = $1", [id]);
  assert.deepEqual(rows[0].after.payloadChangedAt, ["/body/customer", "/body/password"]);
  assert.ok(!JSON.stringify(rows).includes("n3w"));
});

test("a mask, a place that is not there and nothing at all are refused, and the job is left as it was", async () => {
  const id = await deadJob();
  for (const patch of [
    [{ op: "replace", path: "/body", value: `{"customer":2,"password":"${MASK}"}` }],
    [{ op: "replace", path: "/nowhere", value: 1 }],
    { body: { password: MASK } },
    {},
    "x",
    null,
    7,
  ])
    await assert.rejects(retry(id, patch), { code: "invalid_input" }, JSON.stringify(patch));
  assert.deepEqual(await inputOf(id), { input: EVENT, state: "dead" });
});

test("a payload that does not match the live route's schema is refused, saying which revision's, place by place", async () => {
  const id = await deadJob();
  await assert.rejects(
    retry(id, { body: { customer: "two" } }),
    (error: { message: string; details: unknown[] }) => {
      assert.match(error.message, /POST \/v1\/orders in revision 1, which is live/);
      assert.match(JSON.stringify(error.details), /patch\/body\/customer/);
      return true;
    },
  );
  await assert.rejects(retry(id, { body: "not json" }), { code: "invalid_input" });
  await assert.rejects(retry(id, { queryStringParameters: { page: "x" } }), { code: "invalid_input" });
  assert.equal((await inputOf(id)).state, "dead");
});

test("a changed body that is larger than the route takes is 413", async () => {
  const id = await deadJob();
  await assert.rejects(retry(id, { body: { note: "x".repeat(2_000) } }), { code: "payload_too_large" });
});

test("a job of a handler has no schema, and a pipeline's payload can be changed at its first step only", async () => {
  const handlers = await deadJob({ input: { any: 1 }, enqueuedBy: "handler", route: null });
  await retry(handlers, { any: "thing" });
  assert.equal((await getJob(actor, { id: handlers })).actions[0]?.change?.checkedBy, null);
  const first = await deadJob({ steps: ["echo", "slow"], step: 0, input: { any: 1 }, enqueuedBy: "handler" });
  await retry(first, { any: 2 });
  const second = await deadJob({
    steps: ["echo", "slow"],
    step: 1,
    input: { any: 1 },
    enqueuedBy: "handler",
  });
  await assert.rejects(retry(second, { any: 2 }), /Step 1 has succeeded/);
});

test("a route that is no longer live is asked as it was when the job was made", async () => {
  const id = await deadJob();
  await deleteRoute(actor, { id: routeId } as Parameters<typeof deleteRoute>[1]);
  await publishDraft();
  await assert.rejects(retry(id, { body: { customer: "two" } }), /in revision 1, which made this job/);
  await retry(id, { body: { customer: 3 } });
  assert.deepEqual((await getJob(actor, { id })).actions[0]?.change?.checkedBy, { revision: 1, live: false });
});

test("a changed payload is found by its new values", async () => {
  const id = await deadJob({ input: { order: "a-1" }, enqueuedBy: "handler", route: null });
  await retry(id, { order: "b-2" });
  const { rows } = await superuser.query(
    "SELECT cardinality(terms) AS terms FROM job_terms WHERE job_id = $1",
    [id],
  );
  assert.equal(rows[0]?.terms, 1);
});
