import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, test } from "node:test";
import { advanceRuns } from "#data-plane/dead-letters/advance.ts";
import { watchRuns } from "#data-plane/dead-letters/watch.ts";
import type { TenantActor } from "#lib/access/actor.ts";
import { roomForUnproven } from "#lib/contract/run-window.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { closeDatabase } from "#lib/db/client.ts";
import { retryJob } from "#lib/jobs/commands.ts";
import { getJob } from "#lib/jobs/queries.ts";
import { eventually } from "#tests/harness/eventually.ts";
import { type JobsWorld, jobsWorld } from "#tests/harness/jobs.ts";
import { personOf } from "#tests/harness/person-of.ts";
import { controlRun, prepareRun, startDiscard, startRequeue } from "./commands.ts";
import { getRun, listRunItems, listRuns } from "./queries.ts";
import { itemText } from "./rules.ts";
import { type RequeueInput, type Run, runItemSchema, runSchema, type Selection } from "./schema.ts";

let world: JobsWorld;
let ada: TenantActor;
let grace: TenantActor;

before(async () => {
  world = await jobsWorld();
  process.env.CONSOLE_DATABASE_URL = world.database.consoleUrl;
  ada = await personOf(world.superuser, world.tenantId, "acme", "support");
  grace = await personOf(world.superuser, world.tenantId, "acme", "support");
});
after(async () => {
  await closeDatabase();
  await world.close();
});

let groups = 0;
type Made = { fingerprint?: string; function?: string; attempts?: number };

/** Dead jobs of a group of their own. */
async function deadJobs(
  count: number,
  { fingerprint = `group${++groups}`, function: name = "echo", attempts = 1 }: Made = {},
) {
  const ids = Array.from({ length: count }, () => uuidv7());
  await world.superuser.query(
    `INSERT INTO jobs (id, tenant_id, function, state, input, attempts, max_attempts, error, error_fingerprint,
       finished_at, timeout_ms)
     SELECT id, $2, $3, 'dead', '{"hello":"world"}', $5, $5, '{"name":"Error","message":"no"}', $4, now(), 5000
     FROM unnest($1::uuid[]) id`,
    [ids, world.tenantId, name, fingerprint, attempts],
  );
  return { ids, fingerprint };
}

const REQUEUED = { action: "requeue", state: "completed" } as const;
const OPTIONS = { reason: "the upstream is back", ratePerMinute: null, canary: null, stopAfter: null };
const groupOf = (fingerprint: string): Selection => ({ by: "groups", fingerprints: [fingerprint] });

async function start(selection: Selection, options: Partial<RequeueInput> = {}, actor = ada): Promise<Run> {
  const prepared = runSchema.parse(await prepareRun(actor, { action: "requeue", selection }));
  return startRequeue(actor, { ...OPTIONS, ...options, run: prepared.id });
}

/** Carries runs on as a worker's chores do, until this one has come to its end. */
const carried = (id: string) =>
  eventually(
    "the run is over",
    async () => {
      await advanceRuns(world.workerRole, 1_000);
      await watchRuns(world.workerRole, 1_000);
      const run = await getRun(ada, { id });
      return run.state !== "running" && run;
    },
    60_000,
  );
const items = async (id: string, view?: "skipped" | "failed" | "done") =>
  (await listRunItems(ada, { id, view, limit: 100 })).data.map((item) => runItemSchema.parse(item));
const states = async (ids: readonly string[]) => {
  const { rows } = await world.superuser.query<{ state: string }>(
    "SELECT state FROM jobs WHERE id = ANY($1) ORDER BY id",
    [ids],
  );
  return rows.map(({ state }) => state);
};
/** Takes what a test requeued out of the queue, so that the next one starts with room. */
const clearQueue = () =>
  world.superuser.query("UPDATE jobs SET state = 'cancelled' WHERE state IN ('queued', 'retrying')");

test("a selection is frozen: what dies of the same cause afterwards is not in it", async () => {
  const { ids, fingerprint } = await deadJobs(3);
  const prepared = await prepareRun(ada, { action: "requeue", selection: groupOf(fingerprint) });
  assert.equal(prepared.state, "prepared");
  assert.equal(prepared.preview.count, 3);
  const [later] = (await deadJobs(1, { fingerprint })).ids;
  const run = await startRequeue(ada, { ...OPTIONS, run: prepared.id });
  assert.deepEqual((await carried(run.id)).done, 3);
  assert.deepEqual(await states(ids), ["queued", "queued", "queued"]);
  assert.deepEqual(await states([later as string]), ["dead"]);
  await clearQueue();
});

test("each job of a run keeps its id, and its history says who sent it round again, why and with which run", async () => {
  const { ids, fingerprint } = await deadJobs(2, { attempts: 3 });
  const run = await start(groupOf(fingerprint));
  await carried(run.id);
  const { rows } = await world.superuser.query(
    "SELECT job_id, action, actor_label, reason, run_id FROM job_actions WHERE job_id = ANY($1) ORDER BY job_id",
    [ids],
  );
  assert.deepEqual(
    rows,
    [...ids].sort().map((id) => ({
      job_id: id,
      action: "retry",
      actor_label: ada.email,
      reason: OPTIONS.reason,
      run_id: run.id,
    })),
  );
  assert.equal((await world.job(ids[0] as string)).max_attempts, 6);
  const { rows: sent } = await world.superuser.query("SELECT FROM pgboss.job WHERE data->>'id' = ANY($1)", [
    ids,
  ]);
  assert.equal(sent.length, 2);
  const { rows: audit } = await world.superuser.query(
    "SELECT action FROM audit_entries WHERE target_id = $1 ORDER BY at",
    [run.id],
  );
  assert.deepEqual(
    audit.map(({ action }) => action),
    ["dead-letters.prepare-requeue", "dead-letters.requeue"],
  );
  await clearQueue();
});

test("two people who requeue the same group at once requeue each job once, and each skip names who was faster", async () => {
  const { ids, fingerprint } = await deadJobs(450);
  const selection = groupOf(fingerprint);
  const [one, other] = await Promise.all([start(selection, {}, ada), start(selection, {}, grace)]);
  await Promise.all([carried(one.id), carried(other.id)]);
  const runs = [await getRun(ada, { id: one.id }), await getRun(ada, { id: other.id })];
  assert.equal(
    runs.reduce((sum, run) => sum + run.done, 0),
    450,
  );
  assert.equal(
    runs.reduce((sum, run) => sum + run.skipped, 0),
    450,
  );
  const { rows } = await world.superuser.query(
    "SELECT job_id FROM job_actions WHERE job_id = ANY($1) GROUP BY job_id HAVING count(*) <> 1",
    [ids],
  );
  assert.equal(rows.length, 0);
  for (const [run, faster] of [
    [one, grace],
    [other, ada],
  ] as const)
    for (const item of await items(run.id, "skipped")) {
      assert.deepEqual([item.code, item.by], ["requeued", faster.email]);
      assert.match(
        itemText(item, REQUEUED),
        new RegExp(`^Requeued already by ${faster.email}; it was queued then$`),
      );
    }
  await clearQueue();
});

test("jobs that were retried, retried and dead again, discarded, deleted or never there are skipped with the reason", async () => {
  const { ids } = await deadJobs(5);
  const [retried, again, discarded, deleted, ready] = ids as [string, string, string, string, string];
  const missing = uuidv7();
  const prepared = await prepareRun(ada, {
    action: "requeue",
    selection: { by: "ids", ids: [...ids, missing, ready] },
  });
  assert.deepEqual([prepared.total, prepared.preview.count, prepared.preview.leftOut], [6, 5, 1]);
  for (const id of [retried, again]) await retryJob(grace, { id, reason: "mine" });
  await world.superuser.query("UPDATE jobs SET state = 'dead', attempts = attempts + 1 WHERE id = $1", [
    again,
  ]);
  await startDiscard(grace, { ids: [discarded], reason: "not needed", ratePerMinute: null }).then(({ id }) =>
    carried(id),
  );
  await world.superuser.query("DELETE FROM jobs WHERE id = $1", [deleted]);
  const run = await startRequeue(ada, { ...OPTIONS, run: prepared.id });
  const done = await carried(run.id);
  assert.deepEqual([done.done, done.skipped, done.failed], [1, 5, 0]);
  const said = new Map(
    (await items(run.id)).map((item) => [item.jobId, [item.code, item.by, item.foundState]]),
  );
  assert.deepEqual(said.get(retried), ["requeued", grace.email, "queued"]);
  assert.deepEqual(said.get(again), ["requeued", grace.email, "dead"]);
  assert.deepEqual(said.get(discarded), ["discarded", grace.email, "discarded"]);
  assert.deepEqual(said.get(deleted), ["not_found", null, null]);
  assert.deepEqual(said.get(missing), ["not_found", null, null]);
  assert.deepEqual(said.get(ready), [null, null, null]);
  await clearQueue();
});

test("a job that may have no further attempt is listed as failed, with the reason, and the others go on", async () => {
  const { ids, fingerprint } = await deadJobs(3);
  await world.superuser.query("UPDATE jobs SET attempts = 1000, max_attempts = 1000 WHERE id = $1", [ids[1]]);
  const run = await carried((await start(groupOf(fingerprint))).id);
  assert.deepEqual([run.done, run.failed], [2, 1]);
  assert.match((await items(run.id, "failed"))[0]?.error ?? "", /has had 1000 attempts/);
  await clearQueue();
});

test("a job that the database will not have is put aside by itself, and all the others go on", async () => {
  const { ids, fingerprint } = await deadJobs(30);
  await world.superuser.query(
    `ALTER TABLE jobs ADD CONSTRAINT poison CHECK (id <> '${ids[17]}' OR state = 'dead') NOT VALID`,
  );
  try {
    const run = await carried((await start(groupOf(fingerprint))).id);
    assert.deepEqual([run.state, run.done, run.failed], ["completed", 29, 1]);
    const [item] = await items(run.id, "failed");
    assert.equal(item?.jobId, ids[17]);
    assert.match(item?.error ?? "", /PostgreSQL refused it/);
  } finally {
    await world.superuser.query("ALTER TABLE jobs DROP CONSTRAINT poison");
    await clearQueue();
  }
});

test("an aborted run touches no further job, and can be neither resumed nor started again", async () => {
  const { ids, fingerprint } = await deadJobs(300);
  const run = await start(groupOf(fingerprint), { ratePerMinute: 600 });
  await advanceRuns(world.workerRole, 200);
  const aborted = await controlRun(ada, { id: run.id, control: "abort", reason: "wrong group" });
  assert.equal(aborted.state, "aborted");
  assert.ok(aborted.done > 0 && aborted.done < 300, String(aborted.done));
  await advanceRuns(world.workerRole, 200);
  assert.equal((await states(ids)).filter((state) => state === "queued").length, aborted.done);
  await assert.rejects(controlRun(ada, { id: run.id, control: "resume" }), { code: "conflict" });
  await assert.rejects(startRequeue(ada, { ...OPTIONS, run: run.id }), { code: "conflict" });
  await clearQueue();
});

test("a paused run stands still until it is resumed", async () => {
  const { ids, fingerprint } = await deadJobs(3);
  const run = await start(groupOf(fingerprint));
  await controlRun(ada, { id: run.id, control: "pause" });
  await advanceRuns(world.workerRole, 200);
  assert.deepEqual(await states(ids), ["dead", "dead", "dead"]);
  await assert.rejects(controlRun(ada, { id: run.id, control: "pause" }), { code: "conflict" });
  await controlRun(grace, { id: run.id, control: "resume" });
  assert.equal((await carried(run.id)).done, 3);
  await clearQueue();
});

test("a run goes no faster than it was told", async () => {
  const { fingerprint } = await deadJobs(50);
  const run = await start(groupOf(fingerprint), { ratePerMinute: 600 });
  const began = performance.now();
  const { done } = await carried(run.id);
  // Ten a second, the first ten at once, and two seconds of what was missed may be made up for.
  assert.ok(performance.now() - began > 2_000, `${performance.now() - began} ms`);
  assert.equal(done, 50);
  await clearQueue();
});

test("a run leaves room in the queue, says that it is held up, and goes on when there is room", async () => {
  const { fingerprint } = await deadJobs(1_300);
  const run = await start(groupOf(fingerprint));
  const full = await eventually("the queue is full", async () => {
    await advanceRuns(world.workerRole, 300);
    const now = await getRun(ada, { id: run.id });
    return now.heldUp && now;
  });
  assert.deepEqual([full.done, full.state], [1_000, "running"]);
  await clearQueue();
  const over = await carried(run.id);
  assert.deepEqual([over.done, over.heldUp], [1_300, false]);
  await clearQueue();
});

test("a run with a canary sends the others only when the first have succeeded", async () => {
  const { ids, fingerprint } = await deadJobs(20, { function: "echo" });
  const run = await start(groupOf(fingerprint), { canary: 3 });
  const waiting = await eventually("the canary is under way", async () => {
    await advanceRuns(world.workerRole, 300);
    const now = await getRun(ada, { id: run.id });
    return now.canaryState === "waiting" && now;
  });
  assert.equal(waiting.done, 3);
  const worker = await world.worker();
  const over = await carried(run.id);
  assert.deepEqual([over.state, over.canaryState, over.done], ["completed", "passed", 20]);
  await eventually("all have succeeded", async () =>
    (await states(ids)).every((state) => state === "succeeded"),
  );
  await eventually("the run knows it", async () => (await getRun(ada, { id: run.id })).succeeded === 20);
  await worker.stop();
});

test("a run whose canary dies again stops and leaves the others alone", async () => {
  const { ids, fingerprint } = await deadJobs(10, { function: "fails" });
  const worker = await world.worker();
  const over = await carried((await start(groupOf(fingerprint), { canary: 2, stopAfter: null })).id);
  assert.deepEqual(
    [over.state, over.stopReason, over.canaryState, over.done],
    ["stopped", "canary_failed", "failed", 2],
  );
  assert.equal((await states(ids)).filter((state) => state === "dead").length, 10);
  await worker.stop();
});

test("a run stops by itself when the same error comes back, and not for another one", async () => {
  const worker = await world.worker();
  const dies = await world.enqueue("fails", { maxAttempts: 1 });
  const { error_fingerprint: same } = await world.reaches(dies, "dead");
  const back = await deadJobs(40, { function: "fails", fingerprint: same as string });
  const over = await carried((await start({ by: "ids", ids: back.ids }, { stopAfter: 3 })).id);
  assert.deepEqual([over.state, over.stopReason], ["stopped", "same_error"]);
  // Two may have come back, and three be under way, when the last that may fail does.
  assert.ok(over.returned >= 3 && over.done <= 5, JSON.stringify([over.returned, over.done]));
  const other = await deadJobs(8, { function: "fails", fingerprint: "another" });
  const through = await carried((await start({ by: "ids", ids: other.ids }, { stopAfter: 1 })).id);
  assert.deepEqual([through.state, through.done, through.returned], ["completed", 8, 0]);
  await eventually(
    "the run knows that they died",
    async () => (await getRun(ada, { id: through.id })).died === 8,
    30_000,
  );
  await worker.stop();
});

test("a run that is to stop by itself goes faster as its jobs succeed, and says what it waits for", async () => {
  const { fingerprint } = await deadJobs(60, { function: "echo" });
  const run = await start(groupOf(fingerprint), { stopAfter: 2 });
  await advanceRuns(world.workerRole, 1_000);
  const waiting = await getRun(ada, { id: run.id });
  assert.deepEqual([waiting.state, waiting.done, waiting.heldUp], ["running", 2, false]);
  assert.equal(roomForUnproven(waiting), 0);
  const worker = await world.worker();
  const over = await carried(run.id);
  assert.deepEqual([over.state, over.done], ["completed", 60]);
  await worker.stop();
});

test("a canary that leaves nobody to follow is refused, and the run can still be started", async () => {
  const { fingerprint } = await deadJobs(3);
  const prepared = await prepareRun(ada, { action: "requeue", selection: groupOf(fingerprint) });
  await assert.rejects(startRequeue(ada, { ...OPTIONS, canary: 3, run: prepared.id }), {
    code: "invalid_input",
    details: [{ path: "canary", message: "must be less than 3, or all of these jobs are sent at once" }],
  });
  const run = await startRequeue(ada, { ...OPTIONS, canary: 2, run: prepared.id });
  assert.equal(run.canary, 2);
  await controlRun(ada, { id: run.id, control: "abort" });
});

test("a run waits while its tenant is deleted, and goes on by itself once it is restored", async () => {
  const { ids, fingerprint } = await deadJobs(4);
  const run = await start(groupOf(fingerprint));
  const setDeleted = (at: string) =>
    world.superuser.query(`UPDATE tenants SET deleted_at = ${at} WHERE id = $1`, [world.tenantId]);
  await setDeleted("now()");
  await advanceRuns(world.workerRole, 1_000);
  assert.deepEqual(await states(ids), ["dead", "dead", "dead", "dead"]);
  await setDeleted("NULL");
  assert.deepEqual([(await getRun(ada, { id: run.id })).state, (await carried(run.id)).done], ["running", 4]);
  await clearQueue();
});

test("a worker that is killed in the middle of a run loses nothing and does nothing twice", async (context) => {
  const { ids, fingerprint } = await deadJobs(200);
  const doomed = () => {
    const child = spawn(
      process.execPath,
      ["tests/harness/doomed-worker.ts", world.database.workerUrl, world.functions],
      { stdio: "ignore" },
    );
    context.after(() => child.kill("SIGKILL"));
    return child;
  };
  const run = await start(groupOf(fingerprint), { ratePerMinute: 6_000, stopAfter: null });
  let child = doomed();
  for (const part of [40, 90, 140]) {
    await eventually("the run goes on", async () => (await getRun(ada, { id: run.id })).done >= part, 30_000);
    child.kill("SIGKILL");
    child = doomed();
  }
  const over = await eventually(
    "the run is over",
    async () => {
      const now = await getRun(ada, { id: run.id });
      return now.state === "completed" && now.succeeded + now.died === 200 && now;
    },
    60_000,
  );
  assert.deepEqual([over.done, over.skipped, over.failed], [200, 0, 0]);
  const { rows } = await world.superuser.query(
    "SELECT job_id FROM job_actions WHERE job_id = ANY($1) GROUP BY job_id HAVING count(*) = 1",
    [ids],
  );
  assert.equal(rows.length, 200);
});

test("a discard in bulk keeps its reason with each job and needs no room in the queue", async () => {
  const { ids, fingerprint } = await deadJobs(3);
  const prepared = await prepareRun(ada, { action: "discard", selection: groupOf(fingerprint) });
  await assert.rejects(startRequeue(ada, { ...OPTIONS, run: prepared.id }), { code: "invalid_input" });
  const run = await startDiscard(ada, { run: prepared.id, reason: "sent by mistake", ratePerMinute: null });
  assert.equal((await carried(run.id)).done, 3);
  assert.deepEqual(await states(ids), ["discarded", "discarded", "discarded"]);
  const { actions } = await getJob(ada, { id: ids[0] as string });
  assert.deepEqual(
    actions.map(({ action, reason }) => [action, reason]),
    [["discard", "sent by mistake"]],
  );
});

test("a preview counts what may have had its effect, functions that nobody has, and where the jobs come from", async () => {
  const { ids, fingerprint } = await deadJobs(3, { function: "echo" });
  await deadJobs(2, { function: "gone", fingerprint });
  await world.superuser.query("INSERT INTO functions (name) VALUES ('echo') ON CONFLICT DO NOTHING");
  await world.superuser.query(
    `INSERT INTO job_attempts (job_id, number, tenant_id, worker_id, started_at, outcome)
     VALUES ($1, 1, $3, $4, now(), 'lost'), ($2, 1, $3, $4, now(), 'failed')`,
    [ids[0], ids[1], world.tenantId, uuidv7()],
  );
  const { preview } = await prepareRun(ada, { action: "requeue", selection: groupOf(fingerprint) });
  assert.deepEqual(preview, {
    count: 5,
    leftOut: 0,
    breakdown: [
      { function: "echo", route: null, count: 3 },
      { function: "gone", route: null, count: 2 },
    ],
    more: 0,
    warnings: { doubtful: 1, pipelines: 0, missingFunctions: [{ function: "gone", count: 2 }] },
  });
});

test("what a filter of the list shows is what is frozen, of the dead", async () => {
  const { ids } = await deadJobs(2, { function: "slow" });
  await world.superuser.query("UPDATE jobs SET state = 'succeeded' WHERE id = $1", [ids[0]]);
  const filtered = await prepareRun(ada, {
    action: "requeue",
    selection: { by: "filter", filters: { function: "slow" } },
  });
  assert.equal(filtered.total, 1);
  await assert.rejects(
    prepareRun(ada, { action: "requeue", selection: { by: "filter", filters: { state: "succeeded" } } }),
    { code: "invalid_input" },
  );
});

test("a selection that is empty, was started or was prepared too long ago cannot be started", async () => {
  const empty = await prepareRun(ada, { action: "requeue", selection: groupOf("nothing") });
  assert.equal(empty.preview.count, 0);
  await assert.rejects(startRequeue(ada, { ...OPTIONS, run: empty.id }), { code: "conflict" });
  const { fingerprint } = await deadJobs(1);
  const old = await prepareRun(ada, { action: "requeue", selection: groupOf(fingerprint) });
  await world.superuser.query("UPDATE dead_letter_runs SET expires_at = now() WHERE id = $1", [old.id]);
  await assert.rejects(startRequeue(ada, { ...OPTIONS, run: old.id }), /frozen too long ago/);
  await assert.rejects(startRequeue(ada, { ...OPTIONS, run: uuidv7() }), { code: "not_found" });
});

test("nobody sees, starts or ends a run of another tenant, and a viewer starts none", async () => {
  const other = uuidv7();
  await world.superuser.query("INSERT INTO tenants (id, slug, name) VALUES ($1, 'globex', 'Globex')", [
    other,
  ]);
  const stranger = await personOf(world.superuser, other, "globex", "owner");
  const { ids, fingerprint } = await deadJobs(1);
  const run = await start(groupOf(fingerprint));
  await assert.rejects(getRun(stranger, { id: run.id }), { code: "not_found" });
  await assert.rejects(listRunItems(stranger, { id: run.id, limit: 1 }), { code: "not_found" });
  await assert.rejects(controlRun(stranger, { id: run.id, control: "abort" }), { code: "not_found" });
  assert.equal((await listRuns(stranger, { limit: 10 })).data.length, 0);
  const theirs = await prepareRun(stranger, { action: "requeue", selection: { by: "ids", ids } });
  assert.deepEqual([theirs.preview.count, theirs.preview.leftOut], [0, 1]);
  const viewer = await personOf(world.superuser, world.tenantId, "acme", "viewer");
  await assert.rejects(prepareRun(viewer, { action: "requeue", selection: groupOf(fingerprint) }), {
    code: "forbidden",
  });
  await carried(run.id);
  await clearQueue();
});
