import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { errorFingerprint } from "#lib/contract/jobs.ts";
import { eventually } from "../../tests/harness/eventually.ts";
import { interruptibleProxy } from "../../tests/harness/interruptible-proxy.ts";
import { type JobsWorld, jobsWorld, QUICK } from "../../tests/harness/jobs.ts";
import { endAttempts, takeJobs } from "./ledger.ts";
import { succeeded } from "./outcome.ts";

const DOOMED = fileURLToPath(new URL("../../tests/harness/doomed-worker.ts", import.meta.url));

let world: JobsWorld;
beforeEach(async () => {
  world = await jobsWorld();
});
afterEach(() => world.close());

const pipeline = (steps: [string, ...string[]], overrides: Parameters<JobsWorld["enqueue"]>[1] = {}) =>
  world.enqueue(steps[0], { steps, ...overrides });
/** No attempt is lost where a test does not ask for it, however busy the machine is. */
const STEADY = { ...QUICK, lease: 15_000 };
/** Each attempt as its step (from 0) and outcome. */
const runs = async (id: string) =>
  (await world.attempts(id)).map((attempt) => `${attempt.step} ${attempt.outcome}`);
const checkpoints = async (id: string) =>
  (await world.superuser.query("SELECT step, result FROM job_steps WHERE job_id = $1 ORDER BY step", [id]))
    .rows;
const hurry = (id: string) =>
  world.superuser.query(
    `WITH job AS (UPDATE jobs SET run_at = now() WHERE id = $1)
     UPDATE pgboss.job SET start_after = now() WHERE data->>'id' = $1::text`,
    [id],
  );
const handler = (name: string, code: string) =>
  writeFile(path.join(world.functions, `${name}.mjs`), `export const handler = ${code};`);
const holder = () => ({
  pool: world.workerRole,
  workerId: "00000000-0000-4000-8000-000000000001",
  leaseMs: 60_000,
});

test("each step gets the result of the one before it, and the last one's is the job's", async () => {
  await handler("double", "async (n) => n.n ? { n: n.n * 2 } : { n: 1 }");
  await world.worker({ timing: STEADY });
  const id = await pipeline(["double", "double", "double", "echo"]);
  const row = await world.reaches(id, "succeeded");
  const { event, context } = row.result as Record<string, Record<string, unknown>>;
  assert.deepEqual(event, { n: 4 });
  assert.deepEqual(context?.pipeline, {
    step: 4,
    steps: ["double", "double", "double", "echo"],
    input: { hello: "world" },
    results: [{ n: 1 }, { n: 2 }, { n: 4 }],
  });
  assert.deepEqual([context?.attempt, context?.maxAttempts], [1, 3]);
  assert.deepEqual(await runs(id), ["0 succeeded", "1 succeeded", "2 succeeded", "3 succeeded"]);
  assert.equal((await checkpoints(id)).length, 3);
  assert.ok(row.finished_at);
  const left = await world.superuser.query("SELECT count(*)::int AS n FROM pgboss.job");
  assert.equal(left.rows[0].n, 0);
});

test("odd text, null and nothing at all pass from step to step as they are", async () => {
  await handler("nothing", "async () => {}");
  await world.worker({ timing: STEADY });
  const odd = await pipeline(["odd", "echo"]);
  const { event } = (await world.reaches(odd, "succeeded")).result as { event: unknown };
  assert.deepEqual(event, { nul: "a\u0000b", half: "\ud800" });
  const none = await pipeline(["nothing", "echo"]);
  const told = (await world.reaches(none, "succeeded")).result as {
    event: unknown;
    context: { pipeline: { results: unknown[] } };
  };
  assert.deepEqual([told.event, told.context.pipeline.results], [null, [null]]);
});

test("every step has retries of its own, with the backoff from the beginning", async () => {
  await handler(
    "second-time",
    "async (event, context) => { if (context.attempt < 2) throw new Error('not yet'); return context.maxAttempts; }",
  );
  await world.worker({ timing: STEADY });
  const id = await pipeline(["second-time", "second-time"], { maxAttempts: 2 });
  await world.reaches(id, "retrying");
  await hurry(id);
  const waiting = await eventually("the second step to fail once", async () => {
    const row = await world.job(id);
    return row?.state === "retrying" && row.step === 1 ? row : null;
  });
  const delay = Number(waiting.run_at) - Number((await world.attempts(id)).at(-1)?.finished_at);
  assert.ok(delay >= 790 && delay <= 1_010, `the second step's first backoff was ${delay} ms`);
  await hurry(id);
  assert.equal((await world.reaches(id, "succeeded")).result, 2);
  assert.deepEqual(await runs(id), ["0 failed", "0 succeeded", "1 failed", "1 succeeded"]);
});

test("a step whose attempts are used up makes the job dead, with the fingerprint of that function", async () => {
  await world.worker({ timing: STEADY });
  const id = await pipeline(["odd", "fails", "echo"], { maxAttempts: 1 });
  const row = await world.reaches(id, "dead");
  assert.deepEqual([row.function, row.step, row.attempts, row.result], ["fails", 1, 2, null]);
  assert.equal(
    row.error_fingerprint,
    errorFingerprint("fails", { name: "TypeError", message: "cannot read row 1" }),
  );
  assert.deepEqual(await runs(id), ["0 succeeded", "1 failed"]);
});

test("a worker killed in the middle of the second step costs that attempt, and the first is not run again", async () => {
  const id = await pipeline(["first", "slow"], { timeoutMs: 120_000 });
  await handler("first", "async () => ({ ms: 60_000 })");
  const doomed = spawn(process.execPath, [DOOMED, world.database.workerUrl, world.functions], {
    stdio: "inherit",
  });
  try {
    await eventually("the second step", async () => {
      const row = await world.job(id);
      return row?.state === "running" && row.step === 1;
    });
  } finally {
    doomed.kill("SIGKILL");
  }
  await world.superuser.query("UPDATE job_steps SET result = '{\"ms\":1}' WHERE job_id = $1", [id]);
  await world.worker();
  const row = await world.reaches(id, "succeeded", 20_000);
  assert.equal(row.result, "slow");
  assert.deepEqual(await runs(id), ["0 succeeded", "1 lost", "1 succeeded"]);
});

test("a worker that dies between two steps leaves the next one dispatched", async () => {
  const id = await pipeline(["first", "echo"]);
  const { jobs } = await takeJobs(holder(), 1);
  const [job] = jobs;
  assert.ok(job);
  await endAttempts(world.workerRole, [succeeded(job, holder().workerId, { kept: true })]);
  const between = await world.job(id);
  assert.deepEqual([between?.state, between?.step, between?.dispatch], ["queued", 1, 2]);
  assert.equal(between?.max_attempts, 4, "one attempt taken, and three for the second step");
  await world.worker({ timing: STEADY });
  const { event } = (await world.reaches(id, "succeeded")).result as { event: unknown };
  assert.deepEqual(event, { kept: true });
});

test("whoever reports a step after losing its lease changes nothing", async () => {
  const id = await pipeline(["first", "echo"]);
  const [job] = (await takeJobs(holder(), 1)).jobs;
  assert.ok(job);
  const ended = succeeded(job, holder().workerId, "mine");
  assert.deepEqual(await endAttempts(world.workerRole, [ended]), [id]);
  assert.deepEqual(await endAttempts(world.workerRole, [{ ...ended, result: '"again"' }]), []);
  assert.deepEqual(await checkpoints(id), [{ step: 0, result: "mine" }]);
});

test("a step past its time is timed out, and only that step", async () => {
  await world.worker({ timing: STEADY });
  const id = await pipeline(["odd", "hangs"], { timeoutMs: 2_000, maxAttempts: 1 });
  await world.reaches(id, "dead");
  assert.deepEqual(await runs(id), ["0 succeeded", "1 timed_out"]);
});

test("a result too large to hand over fails its step saying so; the last step's is cut", async () => {
  await world.worker({ timing: STEADY });
  const id = await pipeline(["large", "echo"], { maxAttempts: 1 });
  const error = (await world.reaches(id, "dead")).error as { name: string; message: string };
  assert.equal(error.name, "ResultTooLarge");
  assert.match(error.message, /600002 bytes/);
  const last = await world.reaches(await pipeline(["odd", "large"]), "succeeded");
  assert.equal((last.result as { $truncated: boolean }).$truncated, true);
});

test("an idempotency key names the pipeline whatever step it is at", async () => {
  const job = { idempotencyKey: "once", routeId: "0192a000-0000-7000-8000-000000000001" };
  const id = await pipeline(["odd", "echo"], job);
  await world.worker({ timing: STEADY });
  await world.reaches(id, "succeeded");
  assert.equal(await pipeline(["odd", "echo"], job), id);
  assert.equal((await runs(id)).length, 2);
});

test("a database that goes away while a step runs costs nothing", async () => {
  const proxy = await interruptibleProxy(world.database.workerUrl);
  try {
    await handler("first", "async () => ({ ms: 500 })");
    await world.worker({ connectionString: proxy.url, timing: STEADY });
    const id = await pipeline(["first", "slow", "echo"]);
    await eventually("the second step", async () => {
      const row = await world.job(id);
      return row?.state === "running" && row.step === 1;
    });
    proxy.interrupt();
    await eventually("attempts to come back", () => proxy.refused() >= 5);
    proxy.resume();
    await world.reaches(id, "succeeded");
    assert.deepEqual(await runs(id), ["0 succeeded", "1 succeeded", "2 succeeded"]);
  } finally {
    await proxy.close();
  }
});
