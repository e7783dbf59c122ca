import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import type { TenantActor } from "#lib/access/actor.ts";
import type { Role } from "#lib/access/permissions.ts";
import { MASK } from "#lib/contract/masking.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { closeDatabase } from "#lib/db/client.ts";
import { sessionProof } from "#tests/harness/session-proof.ts";
import { eventually } from "../../tests/harness/eventually.ts";
import { type JobsWorld, jobsWorld, QUICK } from "../../tests/harness/jobs.ts";
import { cancelJob, discardJob, retryJob } from "./commands.ts";
import { getJob, getJobCount, listJobs } from "./queries.ts";
import { jobDetailSchema, jobSummarySchema } from "./schema.ts";

let world: JobsWorld;
let actor: TenantActor;
let stranger: TenantActor;

async function person(tenantId: string, slug: string, role: Role): Promise<TenantActor> {
  const userId = uuidv7();
  const email = `${userId}@example.com`;
  await world.superuser.query("INSERT INTO users (id, email, name) VALUES ($1, $2, 'Someone')", [
    userId,
    email,
  ]);
  return {
    userId,
    email,
    name: "Someone",
    isOperator: false,
    proof: sessionProof(),
    requestId: "request-2",
    ip: "",
    tenant: { id: tenantId, slug, name: slug, role },
  };
}

before(async () => {
  world = await jobsWorld();
  process.env.CONSOLE_DATABASE_URL = world.database.consoleUrl;
  actor = await person(world.tenantId, "acme", "support");
  const other = uuidv7();
  await world.superuser.query("INSERT INTO tenants (id, slug, name) VALUES ($1, 'globex', 'Globex')", [
    other,
  ]);
  stranger = await person(other, "globex", "owner");
});
after(async () => {
  await closeDatabase();
  await world.close();
});

const enqueue: JobsWorld["enqueue"] = (...job) => world.enqueue(...job);
const conflict = { code: "conflict" };
const notFound = { code: "not_found" };

test("a dead job that is retried runs again under its id, with its history and a fresh allowance", async () => {
  const worker = await world.worker();
  const id = await enqueue("fails", { maxAttempts: 1 });
  await world.reaches(id, "dead");
  const queued = await retryJob(actor, { id, reason: "the upstream is back" });
  assert.equal(jobSummarySchema.parse(queued).state, "queued");
  assert.equal(queued.maxAttempts, 2);
  await world.reaches(id, "dead");
  assert.equal((await retryJob(actor, { id, reason: "once more" })).maxAttempts, 3);
  await world.reaches(id, "dead");
  const detail = jobDetailSchema.parse(await getJob(actor, { id }));
  assert.deepEqual(
    detail.attemptLog.map(({ number, outcome }) => [number, outcome]),
    [
      [1, "failed"],
      [2, "failed"],
      [3, "failed"],
    ],
  );
  assert.deepEqual(
    detail.actions.map(({ action, reason, actor: who }) => [action, reason, who]),
    [
      ["retry", "the upstream is back", actor.email],
      ["retry", "once more", actor.email],
    ],
  );
  assert.equal(detail.told.status.body.data.error?.name, "TypeError");
  const audit = await world.superuser.query(
    "SELECT action, reason, after FROM audit_entries WHERE target_id = $1 ORDER BY at",
    [id],
  );
  assert.deepEqual(audit.rows[0], {
    action: "job.retry",
    reason: "the upstream is back",
    after: { state: "queued", maxAttempts: 2 },
  });
  await worker.stop();
});

test("of two people who retry at once one wins, the other is told why not, and one dispatch is sent", async () => {
  const id = await enqueue("echo");
  await world.superuser.query("DELETE FROM pgboss.job WHERE data->>'id' = $1", [id]);
  await world.superuser.query("UPDATE jobs SET state = 'dead', attempts = 3 WHERE id = $1", [id]);
  const results = await Promise.allSettled([1, 2].map(() => retryJob(actor, { id, reason: "both" })));
  assert.deepEqual(results.map((result) => result.status).sort(), ["fulfilled", "rejected"]);
  const dispatches = await world.superuser.query("SELECT data FROM pgboss.job WHERE data->>'id' = $1", [id]);
  assert.deepEqual(dispatches.rows, [{ data: { id, dispatch: 2 } }]);
});

test("a waiting job can be cancelled, and its dispatch then runs nothing", async () => {
  const id = await enqueue("echo");
  assert.equal((await cancelJob(actor, { id, reason: "not needed" })).state, "cancelled");
  await assert.rejects(cancelJob(actor, { id, reason: "again" }), conflict);
  const worker = await world.worker();
  const later = await enqueue("echo");
  await world.reaches(later, "succeeded");
  assert.equal((await world.job(id)).state, "cancelled");
  assert.deepEqual(await world.attempts(id), []);
  await worker.stop();
});

test("a running job that is cancelled stays so, its attempt is ended, and its worker is free again", async () => {
  const worker = await world.worker({ concurrency: 1 });
  const id = await enqueue("slow", { input: { ms: 60_000 }, timeoutMs: 120_000 });
  await world.reaches(id, "running");
  assert.equal((await cancelJob(actor, { id, reason: "stop" })).state, "cancelled");
  const later = await enqueue("echo");
  await world.reaches(later, "succeeded");
  assert.equal((await world.job(id)).state, "cancelled");
  const [attempt] = (await getJob(actor, { id })).attemptLog;
  assert.equal(attempt?.outcome, "cancelled");
  assert.ok(attempt.finishedAt);
  await assert.rejects(retryJob(actor, { id, reason: "back" }), conflict);
  await worker.stop();
});

test("a worker hears of a cancelled run at once, long before its next heartbeat, and keeps what it had printed", async () => {
  await writeFile(
    path.join(world.functions, "chatty.mjs"),
    `export const handler = async () => {
      console.log("busy");
      await durable.startNew("echo");
      return new Promise(() => setInterval(() => {}, 1000));
    };`,
  );
  const timing = { ...QUICK, lease: 120_000, heartbeat: 60_000 };
  const worker = await world.worker({ concurrency: 1, timing });
  const id = await enqueue("chatty", { timeoutMs: 120_000 });
  const begun = "SELECT id FROM jobs WHERE enqueued_by = 'handler'";
  const { id: later } = await eventually(
    "it to begin",
    async () => (await world.superuser.query(begun)).rows[0],
  );
  await cancelJob(actor, { id, reason: "stop" });
  await world.reaches(later, "succeeded");
  const logs = await eventually("the log", async () => (await getJob(actor, { id })).attemptLog[0]?.logs);
  assert.deepEqual(
    logs.lines.map((line) => line.message),
    ["busy"],
  );
  await worker.stop();
});

test("only a dead job can be discarded, and then it stays", async () => {
  const id = await enqueue("echo");
  await assert.rejects(discardJob(actor, { id, reason: "no" }), conflict);
  await world.superuser.query("UPDATE jobs SET state = 'dead' WHERE id = $1", [id]);
  assert.equal((await discardJob(actor, { id, reason: "obsolete" })).state, "discarded");
  await assert.rejects(retryJob(actor, { id, reason: "no" }), conflict);
});

test("another tenant's jobs do not exist, and a viewer may look but not act", async () => {
  const id = await enqueue("echo");
  await world.superuser.query("UPDATE jobs SET state = 'dead' WHERE id = $1", [id]);
  for (const act of [retryJob, cancelJob, discardJob]) {
    await assert.rejects(act(stranger, { id, reason: "mine?" }), notFound);
  }
  await assert.rejects(getJob(stranger, { id }), notFound);
  assert.deepEqual(await listJobs(stranger, { limit: 10 }), { data: [], next_cursor: null });
  assert.deepEqual(await getJobCount(stranger, {}), { count: 0, capped: false });
  const viewer = await person(world.tenantId, "acme", "viewer");
  assert.equal((await getJob(viewer, { id })).id, id);
  await assert.rejects(retryJob(viewer, { id, reason: "please" }), { code: "forbidden" });
});

test("payloads are shown with secrets masked", async () => {
  const id = await enqueue("echo", { input: { password: "hunter2", body: '{"token":"t"}', page: 3 } });
  const detail = await getJob(actor, { id });
  assert.deepEqual(detail.input, { password: MASK, body: `{"token":"${MASK}"}`, page: 3 });
  assert.equal(detail.masked, true);
});

test("pages of a list hold every job once, also those of one millisecond, newest first", async () => {
  const ids = await Promise.all(Array.from({ length: 23 }, () => enqueue("listed")));
  await world.superuser.query("UPDATE jobs SET created_at = '2026-01-01' WHERE function = 'listed'");
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listJobs(actor, { function: "listed", limit: 5, cursor });
    seen.push(...page.data.map((job) => jobSummarySchema.parse(job).id));
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  assert.deepEqual(seen, [...ids].sort().reverse());
  assert.deepEqual(await getJobCount(actor, { function: "listed", state: "queued" }), {
    count: 23,
    capped: false,
  });
  assert.equal((await listJobs(actor, { id: ids[0], limit: 5 })).data.length, 1);
  await assert.rejects(listJobs(actor, { limit: 5, cursor: "nonsense" }), { code: "invalid_input" });
});
