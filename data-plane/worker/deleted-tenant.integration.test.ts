import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { eventually } from "#tests/harness/eventually.ts";
import { type JobsWorld, jobsWorld, QUICK } from "#tests/harness/jobs.ts";

let world: JobsWorld;
beforeEach(async () => {
  world = await jobsWorld();
});
afterEach(() => world.close());

const setDeleted = (deletedAt: string) =>
  world.superuser.query(`UPDATE tenants SET deleted_at = ${deletedAt} WHERE id = $1`, [world.tenantId]);
const stateOf = async (id: string) =>
  (await world.superuser.query("SELECT state FROM jobs WHERE id = $1", [id])).rows[0].state;
const dispatches = async () => (await world.superuser.query("SELECT FROM pgboss.job_common")).rowCount;

test("a deleted tenant's jobs are not run, and run once it is restored, without anybody doing anything", async () => {
  await setDeleted("now()");
  const id = await world.enqueue("echo");
  await world.worker({ timing: { ...QUICK } });
  await eventually("its dispatch to be taken", async () => (await dispatches()) === 0);
  assert.equal(await stateOf(id), "queued");
  assert.deepEqual(await world.attempts(id), []);
  await setDeleted("NULL");
  await world.reaches(id, "succeeded", 20_000);
});

test("what runs while its tenant is deleted is ended, and waits", async () => {
  await world.worker({ timing: { ...QUICK } });
  const id = await world.enqueue("hangs");
  await world.reaches(id, "running");
  await setDeleted("now()");
  await eventually("it to be given back", async () => (await stateOf(id)) === "retrying", 20_000);
});
