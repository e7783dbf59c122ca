import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { afterEach, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { eventually } from "../../tests/harness/eventually.ts";
import { interruptibleProxy } from "../../tests/harness/interruptible-proxy.ts";
import { type JobsWorld, jobsWorld, QUICK } from "../../tests/harness/jobs.ts";
import { takeJobs } from "./ledger.ts";

const DOOMED = fileURLToPath(new URL("../../tests/harness/doomed-worker.ts", import.meta.url));

let world: JobsWorld;
beforeEach(async () => {
  world = await jobsWorld();
});
afterEach(() => world.close());

const enqueue: JobsWorld["enqueue"] = (...job) => world.enqueue(...job);
const outcomes = async (id: string) => (await world.attempts(id)).map((attempt) => attempt.outcome);
/** Puts the retry that is waiting for its backoff at the front, so that the test does not sit it out. */
const hurry = (id: string) =>
  world.superuser.query(
    `WITH job AS (UPDATE jobs SET run_at = now() WHERE id = $1)
     UPDATE pgboss.job SET start_after = now() WHERE data->>'id' = $1::text`,
    [id],
  );

test("a job runs with its input and context, and its result is recorded", async () => {
  await world.worker();
  const id = await enqueue("echo", { revision: 7 });
  const row = await world.reaches(id, "succeeded");
  const { event, context } = row.result as Record<string, Record<string, unknown>>;
  assert.deepEqual(event, { hello: "world" });
  assert.deepEqual([context?.jobId, context?.attempt, context?.maxAttempts], [id, 1, 3]);
  assert.equal(context?.tenant, "acme");
  assert.equal(context?.tenantId, world.tenantId);
  assert.equal(context?.requestId, "request-1");
  assert.equal(context?.revision, 7);
  assert.ok(row.started_at && row.finished_at);
  assert.equal(row.lease_expires_at, null);
  assert.deepEqual(await outcomes(id), ["succeeded"]);
  const left = await world.superuser.query("SELECT count(*)::int AS n FROM pgboss.job");
  assert.equal(left.rows[0].n, 0, "the dispatcher keeps nothing of a job that was taken");
});

test("racing workers run every job exactly once", async () => {
  // No attempt is to be lost here, however busy the machine is.
  const timing = { ...QUICK, lease: 15_000 };
  await Promise.all([world.worker({ timing }), world.worker({ timing }), world.worker({ timing })]);
  const ids = await Promise.all(Array.from({ length: 120 }, () => enqueue("echo")));
  await Promise.all(ids.map((id) => world.reaches(id, "succeeded", 60_000)));
  const { rows } = await world.superuser.query("SELECT job_id FROM job_attempts");
  assert.equal(rows.length, ids.length);
  const holders = await world.superuser.query("SELECT DISTINCT worker_id FROM job_attempts");
  assert.ok(holders.rows.length > 1, "more than one worker had a share");
});

test("a failing job backs off, and is dead with a fingerprint after its last attempt", async () => {
  await world.worker();
  const id = await enqueue("fails", { maxAttempts: 2 });
  const waiting = await world.reaches(id, "retrying");
  assert.equal(waiting.dispatch, 2);
  const delay = Number(waiting.run_at) - Number((await world.attempts(id))[0]?.finished_at);
  assert.ok(delay >= 790 && delay <= 1_010, `first backoff was ${delay} ms`);
  const dead = await world.reaches(id, "dead");
  assert.deepEqual(await outcomes(id), ["failed", "failed"]);
  assert.equal((dead.error as { name: string }).name, "TypeError");
  assert.equal((dead.error as { message: string }).message, "cannot read row 2");
  assert.equal(
    dead.error_fingerprint,
    waiting.error_fingerprint,
    "attempt numbers do not make another error",
  );
  assert.ok(dead.finished_at);
});

test("a job that recovers keeps its id and the record of what failed", async () => {
  await world.worker();
  const id = await enqueue("recovers");
  await world.reaches(id, "retrying");
  await hurry(id);
  const row = await world.reaches(id, "succeeded");
  assert.equal(row.result, "done");
  assert.equal(row.error, null);
  const [first, second] = await world.attempts(id);
  assert.deepEqual((first?.error as { message?: string } | undefined)?.message, "not yet");
  assert.equal(second?.outcome, "succeeded");
});

test("a handler past its time is recorded as timed out", async () => {
  await world.worker();
  const id = await enqueue("hangs", { timeoutMs: 200, maxAttempts: 1 });
  await world.reaches(id, "dead");
  assert.deepEqual(await outcomes(id), ["timed_out"]);
});

test("a function that does not exist fails its job with that reason", async () => {
  await world.worker();
  const id = await enqueue("nowhere", { maxAttempts: 1 });
  const row = await world.reaches(id, "dead");
  assert.match((row.error as { message: string }).message, /nowhere/);
});

test("a result too large is stored as its beginning and marked; odd text is stored as it is", async () => {
  await world.worker();
  const large = await world.reaches(await enqueue("large"), "succeeded");
  const { $truncated, bytes, preview } = large.result as Record<string, unknown>;
  assert.deepEqual([$truncated, bytes], [true, 600_002]);
  assert.ok((preview as string).length < 5_000);
  const odd = await world.reaches(await enqueue("odd"), "succeeded");
  assert.deepEqual(odd.result, { nul: "a\u0000b", half: "\ud800" });
});

test("a worker killed in the middle of an attempt gives its job back, and the attempt reads lost", async () => {
  const id = await enqueue("slow", { input: { ms: 60_000 }, timeoutMs: 120_000 });
  const doomed = spawn(process.execPath, [DOOMED, world.database.workerUrl, world.functions], {
    stdio: "inherit",
  });
  try {
    await world.reaches(id, "running");
  } finally {
    doomed.kill("SIGKILL");
  }
  await world.superuser.query("UPDATE jobs SET input = '{\"ms\":1}' WHERE id = $1", [id]);
  const killed = performance.now();
  await world.worker();
  const row = await world.reaches(id, "succeeded", 20_000);
  assert.ok(performance.now() - killed < 10_000);
  assert.deepEqual(await outcomes(id), ["lost", "succeeded"]);
  assert.equal(row.attempts, 2);
});

test("a lost last attempt makes the job dead", async () => {
  const id = await enqueue("echo", { maxAttempts: 1 });
  const holder = { pool: world.workerRole, workerId: "00000000-0000-4000-8000-000000000001", leaseMs: 1 };
  assert.equal((await takeJobs(holder, 1)).jobs.length, 1);
  await world.worker();
  const row = await world.reaches(id, "dead");
  assert.equal((row.error as { name: string }).name, "WorkerLost");
  assert.deepEqual(await outcomes(id), ["lost"]);
});

test("a running job's lease is extended for as long as it runs", async () => {
  const timing = { ...QUICK, lease: 2_000 };
  await Promise.all([world.worker({ timing }), world.worker({ timing })]);
  const id = await enqueue("slow", { input: { ms: 4_000 }, timeoutMs: 30_000 });
  await world.reaches(id, "succeeded", 30_000);
  assert.deepEqual(await outcomes(id), ["succeeded"]);
});

test("a stale dispatch is dropped: only the one the ledger names may run the job", async () => {
  const id = await enqueue("echo");
  await world.superuser.query("UPDATE jobs SET dispatch = 2 WHERE id = $1", [id]);
  const holder = { pool: world.workerRole, workerId: "00000000-0000-4000-8000-000000000001", leaseMs: 1_000 };
  const taken = await takeJobs(holder, 5);
  assert.deepEqual({ fetched: taken.fetched, jobs: taken.jobs }, { fetched: 1, jobs: [] });
  assert.equal((await world.job(id)).state, "queued");
  assert.deepEqual(await world.attempts(id), []);
});

test("a job whose dispatch is missing is dispatched again", async () => {
  const id = await enqueue("echo");
  await world.superuser.query("DELETE FROM pgboss.job");
  await world.worker();
  await world.reaches(id, "succeeded");
});

test("connections cut while a job runs cost nothing: it ends recorded, and later jobs run", async () => {
  const worker = await world.worker();
  const running = await enqueue("slow", { input: { ms: 600 } });
  await world.reaches(running, "running");
  const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND application_name LIKE 'gatehouse worker%'`;
  await world.superuser.query(cut);
  await world.reaches(running, "succeeded");
  assert.deepEqual(await outcomes(running), ["succeeded"]);
  await eventually("listening again", async () => {
    const { rows } = await world.superuser.query(
      "SELECT FROM pg_stat_activity WHERE application_name = 'gatehouse worker (listen)' AND datname = current_database()",
    );
    return rows.length === 1;
  });
  await world.reaches(await enqueue("echo"), "succeeded");
  const { rows } = await world.superuser.query("SELECT * FROM gateway_instances WHERE id = $1", [worker.id]);
  assert.equal(rows[0].kind, "worker");
});

test("a database that is away for a while is waited for, and what ended meanwhile is recorded", async () => {
  const proxy = await interruptibleProxy(world.database.workerUrl);
  try {
    await world.worker({ connectionString: proxy.url, timing: { ...QUICK, lease: 15_000 } });
    const running = await enqueue("slow", { input: { ms: 500 } });
    await world.reaches(running, "running");
    proxy.interrupt();
    await eventually("attempts to come back", () => proxy.refused() >= 5);
    const meanwhile = await enqueue("echo");
    proxy.resume();
    await world.reaches(running, "succeeded");
    assert.deepEqual(await outcomes(running), ["succeeded"]);
    await world.reaches(meanwhile, "succeeded");
  } finally {
    await proxy.close();
  }
});

test("a stopping worker lets running jobs end, takes no more, and says that it stopped", async () => {
  const worker = await world.worker({ concurrency: 1 });
  const running = await enqueue("slow", { input: { ms: 400 } });
  await world.reaches(running, "running");
  const stopping = worker.stop();
  const later = await enqueue("echo");
  await stopping;
  assert.equal((await world.job(running)).state, "succeeded");
  assert.equal((await world.job(later)).state, "queued");
  const { rows } = await world.superuser.query("SELECT stopped_at FROM gateway_instances");
  assert.ok(rows[0].stopped_at);
});

test("a job that outlasts the drain goes back at once", async () => {
  const worker = await world.worker({ timing: { ...QUICK, drain: 100 } });
  const id = await enqueue("slow", { input: { ms: 60_000 }, timeoutMs: 120_000 });
  await world.reaches(id, "running");
  await worker.stop();
  assert.equal((await world.job(id)).state, "retrying");
  assert.deepEqual(await outcomes(id), ["lost"]);
});
