import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { enqueueJob } from "#data-plane/jobs/enqueue.ts";
import { dispatchId } from "#lib/contract/jobs.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { type JobsWorld, jobsWorld, silentLogger } from "#tests/harness/jobs.ts";
import { takeJobs } from "./ledger.ts";
import { createReconciler } from "./reconciler.ts";
import { deletePastRetention } from "./retention.ts";

let world: JobsWorld;
beforeEach(async () => {
  world = await jobsWorld();
});
afterEach(() => world.close());

const reconciler = () => createReconciler({ pool: world.workerRole, overdueMs: 1_000, logger: silentLogger });
const reconcile = () => reconciler()();
const sql = async (text: string, values: unknown[] = []) => (await world.superuser.query(text, values)).rows;
const repairs = async () => {
  const rows = await sql("SELECT kind, count, job_id FROM job_repairs WHERE tenant_id = $1 ORDER BY kind", [
    world.tenantId,
  ]);
  return Object.fromEntries(rows.map((row) => [row.kind, row.count]));
};
const overdue = (id: string) => sql("UPDATE jobs SET run_at = now() - interval '1 min' WHERE id = $1", [id]);
const queue = async () => (await sql("SELECT id FROM pgboss.job ORDER BY id")).map((row) => row.id);
const holder = (leaseMs = 60_000) => ({ pool: world.workerRole, workerId: uuidv7(), leaseMs });

test("what is in step is left alone, and nothing is reported", async () => {
  await world.enqueue("echo", { delaySeconds: 3_600 });
  await overdue(await world.enqueue("echo"));
  const before = await queue();
  await reconcile();
  await reconcile();
  assert.deepEqual(await queue(), before);
  assert.deepEqual(await repairs(), {});
});

test("a waiting job whose dispatch is gone gets it again, once, and the tenant is told", async () => {
  const id = await world.enqueue("echo");
  await sql("UPDATE jobs SET dispatch = 7 WHERE id = $1", [id]);
  await sql("DELETE FROM pgboss.job");
  await overdue(id);
  await Promise.all([reconcile(), reconcile(), reconcile()]);
  assert.deepEqual(await queue(), [dispatchId(id, 7)]);
  assert.deepEqual(await repairs(), { dispatch_missing: 1 });
  await world.worker();
  await world.reaches(id, "succeeded");
});

test("a dispatch that nobody can take is made anew: ended, blocked, or due long after its job", async () => {
  for (const change of [
    "state = 'completed'",
    "state = 'active'",
    "blocked = true",
    "start_after = now() + interval '1 day'",
  ]) {
    const id = await world.enqueue("echo");
    await sql(`UPDATE pgboss.job SET ${change} WHERE id = $1`, [id]);
    await overdue(id);
  }
  await reconcile();
  assert.deepEqual(await repairs(), { dispatch_stuck: 4 });
  await reconcile();
  assert.deepEqual(await repairs(), { dispatch_stuck: 4 }, "what was put right is not reported again");
  assert.equal((await takeJobs(holder(), 10)).jobs.length, 4);
});

test("a dispatch is dropped whose job is gone, has ended, runs, or waits for another dispatch; others stay", async () => {
  const kept = [await world.enqueue("echo"), await world.enqueue("echo", { delaySeconds: 60 })];
  const [gone, done, runs, stale] = await Promise.all([1, 2, 3, 4].map(() => world.enqueue("echo")));
  await sql("DELETE FROM jobs WHERE id = $1", [gone]);
  await sql("UPDATE jobs SET state = 'succeeded' WHERE id = $1", [done]);
  await sql(
    "UPDATE jobs SET state = 'running', lease_expires_at = now() + interval '1 min', worker_id = id WHERE id = $1",
    [runs],
  );
  await sql("UPDATE jobs SET dispatch = 2 WHERE id = $1", [stale]);
  await sql(
    "INSERT INTO pgboss.job (name, data) VALUES ('jobs', '{\"id\":\"nonsense\",\"dispatch\":1.5}'), ('jobs', 'null'), ('jobs', '[]')",
  );
  await reconcile();
  assert.deepEqual(await queue(), kept.sort());
  assert.deepEqual(await repairs(), { dispatch_orphaned: 4 });
});

test("the dispatch that cancelling leaves behind is dropped without a word", async () => {
  const id = await world.enqueue("echo", { delaySeconds: 3_600 });
  await sql("UPDATE jobs SET state = 'cancelled' WHERE id = $1", [id]);
  await reconcile();
  assert.deepEqual(await queue(), []);
  assert.deepEqual(await repairs(), {});
});

test("a long queue is walked through page by page, and then from the beginning", async () => {
  await sql(`INSERT INTO pgboss.job (name, data, group_id)
    SELECT 'jobs', json_build_object('id', gen_random_uuid(), 'dispatch', 1), '${world.tenantId}'
    FROM generate_series(1, 2500)`);
  const pass = reconciler();
  for (const left of [1_500, 500, 0]) {
    await pass();
    assert.equal((await queue()).length, left);
  }
  assert.deepEqual(await repairs(), { dispatch_orphaned: 2_500 });
});

test("a running job without a lease, without a worker or with a lease for days is given back, and runs again", async () => {
  const ids = await Promise.all([1, 2, 3].map(() => world.enqueue("echo")));
  assert.equal((await takeJobs(holder(), 3)).jobs.length, 3);
  await sql("UPDATE jobs SET lease_expires_at = NULL WHERE id = $1", [ids[0]]);
  await sql("UPDATE jobs SET worker_id = NULL WHERE id = $1", [ids[1]]);
  await sql("UPDATE jobs SET lease_expires_at = now() + interval '3 days' WHERE id = $1", [ids[2]]);
  await reconcile();
  assert.deepEqual(await repairs(), { lease_missing: 3 });
  await world.worker();
  for (const id of ids) {
    await world.reaches(id, "succeeded", 20_000);
    assert.deepEqual(
      (await world.attempts(id)).map((attempt) => attempt.outcome),
      ["lost", "succeeded"],
    );
  }
});

test("an attempt left open by a job that does not run any more, or runs another, is closed; the one that runs is not", async () => {
  const [over, ahead, runs] = await Promise.all([1, 2, 3].map(() => world.enqueue("echo")));
  assert.equal((await takeJobs(holder(), 3)).jobs.length, 3);
  await sql("UPDATE jobs SET state = 'dead', lease_expires_at = NULL, worker_id = NULL WHERE id = $1", [
    over,
  ]);
  await sql("UPDATE jobs SET attempts = 2 WHERE id = $1", [ahead]);
  await reconcile();
  const outcomes = await Promise.all(
    [over, ahead, runs].map(async (id) => (await world.attempts(id as string))[0]?.outcome),
  );
  assert.deepEqual(outcomes, ["lost", "lost", "running"]);
  assert.deepEqual(await repairs(), { attempt_left_open: 2 });
});

test("old attempts are walked through in turns", async () => {
  const id = await world.enqueue("echo");
  await sql("UPDATE jobs SET state = 'succeeded', attempts = 6000 WHERE id = $1", [id]);
  await sql(
    `INSERT INTO job_attempts (job_id, number, tenant_id, worker_id, started_at, outcome)
     SELECT $1, n, $2, $1, now(), 'running' FROM generate_series(1, 6000) n`,
    [id, world.tenantId],
  );
  const open = async () =>
    (await sql("SELECT count(*)::int AS n FROM job_attempts WHERE outcome = 'running'"))[0].n;
  const pass = reconciler();
  const left: number[] = [];
  for (let n = 0; n < 4; n++) {
    await pass();
    left.push(await open());
  }
  assert.deepEqual(left, [4_000, 2_000, 0, 0]);
});

const ended = async (state: string, days: number, tenantId = world.tenantId): Promise<string> => {
  const { jobId } = await enqueueJob(
    world.gateway,
    world.newJob("echo", { tenantId, idempotencyKey: uuidv7() }),
  );
  await sql("DELETE FROM pgboss.job");
  await sql("UPDATE jobs SET state = $2, finished_at = now() - $3 * interval '1 day' WHERE id = $1", [
    jobId,
    state,
    days,
  ]);
  return jobId;
};
const left = async () => (await sql("SELECT id FROM jobs ORDER BY id")).map((row) => row.id);
const deleteOld = () => deletePastRetention({ pool: world.workerRole, logger: silentLogger });

test("jobs go when their days are over, by how they ended, and with all that belongs to them", async () => {
  const kept = [await ended("succeeded", 29), await ended("dead", 89), await ended("cancelled", 29)];
  kept.push(await ended("discarded", 29), await world.enqueue("echo", { delaySeconds: 86_400 }));
  const gone = [await ended("succeeded", 31), await ended("dead", 91), await ended("cancelled", 31)];
  gone.push(await ended("discarded", 31));
  for (const id of gone) {
    await sql(
      "INSERT INTO job_attempts (job_id, number, tenant_id, worker_id, started_at, outcome) VALUES ($1, 1, $2, $1, now(), 'failed')",
      [id, world.tenantId],
    );
    await sql("INSERT INTO job_steps (job_id, step, tenant_id, result) VALUES ($1, 0, $2, '1')", [
      id,
      world.tenantId,
    ]);
    await sql(
      "INSERT INTO job_actions (id, job_id, tenant_id, action, actor_label, reason) VALUES ($1, $1, $2, 'retry', 'x', 'y')",
      [id, world.tenantId],
    );
  }
  assert.equal(await deleteOld(), 4);
  assert.deepEqual(await left(), kept.sort());
  for (const table of ["job_attempts", "job_steps", "job_actions"]) {
    assert.equal((await sql(`SELECT count(*)::int AS n FROM ${table}`))[0].n, 0, table);
  }
  const keys = await sql("SELECT job_id FROM job_idempotency");
  assert.ok(keys.every((key) => kept.includes(key.job_id)));
});

test("a tenant's own days count for it and for nobody else", async () => {
  const other = uuidv7();
  await sql("INSERT INTO tenants (id, slug, name) VALUES ($1, 'globex', 'Globex')", [other]);
  await sql("INSERT INTO job_settings VALUES ($1, 2, 3000, 5)", [world.tenantId]);
  const theirs = await ended("succeeded", 10, other);
  const dead = await ended("dead", 2_000);
  await ended("succeeded", 3);
  await ended("cancelled", 6);
  assert.equal(await deleteOld(), 2);
  assert.deepEqual(await left(), [theirs, dead].sort());
});

test("a held job is never deleted, and goes once it is released", async () => {
  const id = await ended("dead", 400);
  await sql("UPDATE jobs SET held_at = now() WHERE id = $1", [id]);
  assert.equal(await deleteOld(), 0);
  await sql("UPDATE jobs SET held_at = NULL WHERE id = $1", [id]);
  assert.equal(await deleteOld(), 1);
});

test("a job that somebody acts on at this moment is passed over", async () => {
  const id = await ended("dead", 400);
  const client = await world.superuser.connect();
  try {
    await client.query("BEGIN");
    await client.query("UPDATE jobs SET state = 'queued', finished_at = NULL WHERE id = $1", [id]);
    assert.equal(await deleteOld(), 0);
    await client.query("COMMIT");
  } finally {
    client.release();
  }
  assert.equal(await deleteOld(), 0);
  assert.deepEqual(await left(), [id]);
});

test("what refers to a job finds it by an index, so that deleting one reads no table", async () => {
  const missing = await sql(`
    SELECT conrelid::regclass::text AS table FROM pg_constraint
    WHERE contype = 'f' AND confrelid = 'jobs'::regclass AND NOT EXISTS (
      SELECT FROM pg_index WHERE indrelid = conrelid AND indkey[0] = conkey[1]
        AND COALESCE(pg_get_expr(indpred, indrelid) = '(job_id IS NOT NULL)', true))`);
  assert.deepEqual(missing, []);
});
