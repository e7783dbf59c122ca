import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import { dispatchId } from "#lib/contract/jobs.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { eventually } from "../../tests/harness/eventually.ts";
import { type JobsWorld, jobsWorld } from "../../tests/harness/jobs.ts";
import { enqueueJob } from "./enqueue.ts";
import { inTransaction } from "./transaction.ts";

let world: JobsWorld;
before(async () => {
  world = await jobsWorld();
});
after(() => world.close());

const dispatchesOf = async (jobId: string) =>
  (await world.superuser.query("SELECT * FROM pgboss.job WHERE data->>'id' = $1", [jobId])).rows;

test("a job is in the ledger and dispatched when the call resolves, as the gateway's role", async () => {
  const { jobId, status, replayed } = await enqueueJob(world.gateway, world.newJob("echo"));
  assert.deepEqual({ status, replayed }, { status: "queued", replayed: false });
  const row = await world.job(jobId);
  assert.equal(row.state, "queued");
  assert.equal(row.dispatch, 1);
  assert.deepEqual(row.input, { hello: "world" });
  const dispatches = await dispatchesOf(jobId);
  assert.deepEqual(
    dispatches.map(({ id, data, group_id }) => ({ id, data, group_id })),
    [{ id: dispatchId(jobId, 1), data: { id: jobId, dispatch: 1 }, group_id: world.tenantId }],
  );
});

test("a pool whose every connection is enqueueing does not wait for itself", async () => {
  const small = new pg.Pool({ connectionString: world.database.gatewayUrl, max: 2 });
  const job = world.newJob("echo");
  await Promise.all(Array.from({ length: 20 }, () => enqueueJob(small, job)));
  await small.end();
});

test("many callers at once with one idempotency key make one job, and all get its id", async () => {
  const job = world.newJob("echo", { idempotencyKey: "the-same" });
  const answers = await Promise.all(Array.from({ length: 40 }, () => enqueueJob(world.gateway, job)));
  assert.equal(new Set(answers.map((answer) => answer.jobId)).size, 1);
  assert.equal(answers.filter((answer) => !answer.replayed).length, 1);
  const { rows } = await world.superuser.query("SELECT id FROM jobs WHERE route_id = $1", [job.routeId]);
  assert.equal(rows.length, 1);
  assert.equal((await dispatchesOf(answers[0]?.jobId as string)).length, 1);
});

test("an idempotency key means nothing on another route, in another tenant or after it expired", async () => {
  const job = world.newJob("echo", { idempotencyKey: "shared" });
  const first = await enqueueJob(world.gateway, job);
  const elsewhere = await enqueueJob(world.gateway, { ...job, routeId: uuidv7() });
  const other = uuidv7();
  await world.superuser.query("INSERT INTO tenants (id, slug, name) VALUES ($1, 'globex', 'Globex')", [
    other,
  ]);
  const foreign = await enqueueJob(world.gateway, { ...job, tenantId: other });
  await world.superuser.query("UPDATE job_idempotency SET expires_at = now() WHERE job_id = $1", [
    first.jobId,
  ]);
  const later = await enqueueJob(world.gateway, job);
  assert.equal(new Set([first, elsewhere, foreign, later].map((one) => one.jobId)).size, 4);
  assert.equal((await enqueueJob(world.gateway, job)).jobId, later.jobId);
});

test("an idempotency key may be as long and as odd as it likes", async () => {
  const job = world.newJob("echo", { idempotencyKey: `\u0000\ud800${"k".repeat(10_000)}` });
  const first = await enqueueJob(world.gateway, job);
  assert.deepEqual(await enqueueJob(world.gateway, job), { ...first, replayed: true });
  assert.equal(
    (await enqueueJob(world.gateway, { ...job, idempotencyKey: `${job.idempotencyKey}k` })).replayed,
    false,
  );
});

test("a replay tells what became of the job", async () => {
  const job = world.newJob("echo", { idempotencyKey: "told" });
  const { jobId } = await enqueueJob(world.gateway, job);
  await world.superuser.query("UPDATE jobs SET state = 'dead' WHERE id = $1", [jobId]);
  assert.deepEqual(await enqueueJob(world.gateway, job), { jobId, status: "dead", replayed: true });
});

test("input that JSON can say is kept to the letter, undefined as null", async () => {
  const input = { nul: "a\u0000b", half: "\ud800", deep: [1.5, null, { "": "é" }] };
  const odd = await enqueueJob(world.gateway, world.newJob("echo", { input }));
  assert.deepEqual((await world.job(odd.jobId)).input, input);
  const none = await enqueueJob(world.gateway, world.newJob("echo", { input: undefined }));
  assert.equal((await world.job(none.jobId)).input, null);
});

test("a transaction that fails leaves neither job nor dispatch, and a usable connection", async () => {
  const job = world.newJob("echo", { tenantId: uuidv7() });
  await assert.rejects(enqueueJob(world.gateway, job), { code: "23503" });
  const { rows } = await world.superuser.query("SELECT FROM pgboss.job WHERE group_id = $1", [job.tenantId]);
  assert.equal(rows.length, 0);
  await assert.rejects(
    inTransaction(world.gateway, () => Promise.reject(new Error("no"))),
    /no/,
  );
  assert.equal((await enqueueJob(world.gateway, world.newJob("echo"))).status, "queued");
});

test("workers are nudged after the commit, at most every 5 ms however many jobs there are", async () => {
  const listener = new pg.Client({ connectionString: world.database.workerUrl });
  await listener.connect();
  let nudges = 0;
  listener.on("notification", () => nudges++);
  await listener.query("LISTEN gatehouse_jobs");
  const job = world.newJob("echo");
  const began = performance.now();
  await Promise.all(Array.from({ length: 200 }, () => enqueueJob(world.gateway, job)));
  await eventually("a nudge", () => nudges > 0);
  const most = (performance.now() - began) / 5 + 2;
  assert.ok(nudges <= most, `${nudges} nudges, and there was time for ${most}`);
  await listener.end();
});
