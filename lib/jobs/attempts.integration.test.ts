import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { TenantActor } from "#lib/access/actor.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { closeDatabase } from "#lib/db/client.ts";
import { type JobsWorld, jobsWorld } from "#tests/harness/jobs.ts";
import { personOf } from "#tests/harness/person-of.ts";
import { getJob, listAttempts } from "./queries.ts";

const ATTEMPTS = 60;
let world: JobsWorld;
let actor: TenantActor;
let id: string;

before(async () => {
  world = await jobsWorld();
  process.env.CONSOLE_DATABASE_URL = world.database.consoleUrl;
  actor = await personOf(world.superuser, world.tenantId, "acme", "viewer");
  id = await world.enqueue("fails");
  await world.superuser.query(
    `INSERT INTO job_attempts (job_id, number, tenant_id, worker_id, started_at, finished_at, outcome, error, logs)
     SELECT $1, n, $2, $3, now() + n * interval '1 s', now() + n * interval '1 s',
       CASE WHEN n IN (2, 58) THEN 'lost' WHEN n = 3 THEN 'timed_out' ELSE 'failed' END,
       json_build_object('name', 'Error', 'message', 'no token=hunter2 of ' || n),
       json_build_object('lines', json_build_array(json_build_object('at', now(), 'level', 'info', 'message', 'password=hunter2')),
         'cut', false, 'dropped', 0, 'droppedAfter', 0)
     FROM generate_series(1, ${ATTEMPTS}) AS n`,
    [id, world.tenantId, uuidv7()],
  );
  await world.superuser.query(`UPDATE jobs SET state = 'dead', attempts = ${ATTEMPTS} WHERE id = $1`, [id]);
});
after(async () => {
  await closeDatabase();
  await world.close();
});

test("a job has its latest attempts with it, and the list goes on with all those before, masked, none twice", async () => {
  const job = await getJob(actor, { id });
  assert.deepEqual([job.attemptLog[0]?.number, job.attemptLog.at(-1)?.number], [36, 60]);
  const numbers = job.attemptLog.map(({ number }) => number);
  for (let cursor = job.earlierAttempts; cursor !== null; ) {
    const page = await listAttempts(actor, { id, limit: 10, cursor });
    assert.doesNotMatch(JSON.stringify(page), /hunter2/);
    numbers.unshift(...page.data.map(({ number }) => number).reverse());
    cursor = page.next_cursor;
  }
  assert.deepEqual(
    numbers,
    Array.from({ length: ATTEMPTS }, (_, index) => index + 1),
  );
});

test("a job warns of every attempt whose end nobody heard, also of those that it does not have with it", async () => {
  assert.deepEqual((await getJob(actor, { id })).doubtful, [
    { number: 2, outcome: "lost" },
    { number: 3, outcome: "timed_out" },
    { number: 58, outcome: "lost" },
  ]);
});

test("attempts of another tenant's job, of none, and after a cursor that is none, are refused", async () => {
  const other = uuidv7();
  await world.superuser.query("INSERT INTO tenants (id, slug, name) VALUES ($1, 'globex', 'Globex')", [
    other,
  ]);
  const stranger = await personOf(world.superuser, other, "globex", "owner");
  await assert.rejects(listAttempts(stranger, { id, limit: 10 }), { code: "not_found" });
  await assert.rejects(listAttempts(actor, { id: uuidv7(), limit: 10 }), { code: "not_found" });
  for (const value of ["1e9", "-1", "99999999999"]) {
    const cursor = Buffer.from(JSON.stringify([value])).toString("base64url");
    await assert.rejects(listAttempts(actor, { id, limit: 10, cursor }), { code: "invalid_input" });
  }
});
