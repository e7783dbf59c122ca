import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import type { TenantActor } from "#lib/access/actor.ts";
import { MASK } from "#lib/contract/masking.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { closeDatabase } from "#lib/db/client.ts";
import { sessionProof } from "#tests/harness/session-proof.ts";
import { eventually } from "../../tests/harness/eventually.ts";
import { type JobsWorld, jobsWorld, QUICK } from "../../tests/harness/jobs.ts";
import { cancelJob, retryJob } from "./commands.ts";
import { getJob, listJobs } from "./queries.ts";
import { jobDetailSchema, jobSummarySchema } from "./schema.ts";

let world: JobsWorld;
let actor: TenantActor;

before(async () => {
  world = await jobsWorld();
  process.env.CONSOLE_DATABASE_URL = world.database.consoleUrl;
  const userId = uuidv7();
  await world.superuser.query("INSERT INTO users (id, email, name) VALUES ($1, 'a@acme.example', 'A')", [
    userId,
  ]);
  actor = {
    userId,
    email: "a@acme.example",
    name: "A",
    isOperator: false,
    proof: sessionProof(),
    requestId: "request-2",
    ip: "",
    tenant: { id: world.tenantId, slug: "acme", name: "acme", role: "support" },
  };
  for (const [name, code] of Object.entries(HANDLERS)) {
    await writeFile(path.join(world.functions, `${name}.mjs`), `export const handler = ${code};`);
  }
});
after(async () => {
  await closeDatabase();
  await world.close();
});

const HANDLERS = {
  once: `async (event, context) => {
    if (context.attempt < 3) throw new Error("the index is read-only");
    return { event, attempt: context.attempt, maxAttempts: context.maxAttempts };
  }`,
  brief: "() => new Promise((done) => setTimeout(done, 1_000, 'late'))",
  tells: "async () => ({ token: 'abc', page: 3 })",
};
const pipeline = (...steps: [string, ...string[]]) =>
  world.enqueue(steps[0], { steps, maxAttempts: 1, timeoutMs: 120_000, input: { ms: 60_000 } });
const hurry = (id: string) =>
  world.superuser.query(
    `WITH job AS (UPDATE jobs SET run_at = now() WHERE id = $1)
     UPDATE pgboss.job SET start_after = now() WHERE data->>'id' = $1::text`,
    [id],
  );

test("a pipeline that is cancelled between two steps runs no further one", async () => {
  const id = await pipeline("echo", "echo");
  await world.superuser.query("UPDATE jobs SET step = 1, function = steps[2] WHERE id = $1", [id]);
  assert.equal((await cancelJob(actor, { id, reason: "not needed" })).state, "cancelled");
  await world.worker({ timing: { ...QUICK, lease: 15_000 } });
  await world.reaches(await world.enqueue("echo"), "succeeded");
  assert.deepEqual(await world.attempts(id), []);
  const { steps } = await getJob(actor, { id });
  assert.deepEqual(
    steps.map(({ state }) => state),
    ["succeeded", "cancelled"],
  );
});

test("a retry goes on with the step that failed, and finished ones are not run again", async () => {
  const id = await world.enqueue("echo", { steps: ["echo", "once", "odd"], maxAttempts: 2 });
  await world.reaches(id, "retrying");
  await hurry(id);
  await world.reaches(id, "dead");
  const dead = jobDetailSchema.parse(await getJob(actor, { id }));
  assert.deepEqual(
    dead.steps.map(({ function: name, state, attempts }) => [name, state, attempts]),
    [
      ["echo", "succeeded", 1],
      ["once", "dead", 2],
      ["odd", "waiting", 0],
    ],
  );
  const queued = jobSummarySchema.parse(await retryJob(actor, { id, reason: "writable again" }));
  assert.equal(queued.maxAttempts, 5);
  await world.reaches(id, "succeeded");
  const done = jobDetailSchema.parse(await getJob(actor, { id }));
  assert.deepEqual(
    done.attemptLog.map(({ number, step, outcome }) => [number, step, outcome]),
    [
      [1, 1, "succeeded"],
      [2, 2, "failed"],
      [3, 2, "failed"],
      [4, 2, "succeeded"],
      [5, 3, "succeeded"],
    ],
  );
  const [, second, third] = done.steps;
  const ran = second?.result as { event: { event: unknown }; attempt: number; maxAttempts: number };
  assert.deepEqual([ran.attempt, ran.maxAttempts, ran.event.event], [3, 4, { hello: "world" }]);
  assert.deepEqual(third?.result, done.result);
  assert.deepEqual(done.told.status.body.data.status, "succeeded");
});

test("a step that is cancelled while it runs is the last", async () => {
  const id = await pipeline("odd", "brief", "echo");
  await eventually("the second step", async () => {
    const row = await world.job(id);
    return row?.state === "running" && row.step === 1;
  });
  await cancelJob(actor, { id, reason: "stop" });
  await world.reaches(await world.enqueue("brief"), "succeeded");
  assert.equal((await world.job(id)).state, "cancelled");
  assert.deepEqual(
    (await world.attempts(id)).map(({ outcome }) => outcome),
    ["succeeded", "cancelled"],
  );
});

test("a list says where a pipeline stands, is narrowed by the function it is at, and results are masked", async () => {
  const id = await pipeline("tells", "fails");
  const row = await world.reaches(id, "dead");
  assert.equal(row.function, "fails", JSON.stringify(row.error));
  const [job] = (await listJobs(actor, { function: "fails", limit: 1 })).data;
  assert.equal(job?.id, id);
  assert.deepEqual(job?.pipeline, {
    functions: ["tells", "fails"],
    step: 2,
    attemptsPerStep: 1,
    attemptsBefore: 1,
  });
  const detail = await getJob(actor, { id });
  assert.deepEqual(detail.steps[0]?.result, { token: MASK, page: 3 });
  assert.equal(detail.masked, true);
  const plain = await getJob(actor, { id: await world.enqueue("echo") });
  assert.deepEqual([plain.pipeline, plain.steps], [null, []]);
});
