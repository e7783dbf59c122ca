import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { PersonActor, TenantPerson } from "#lib/access/actor.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { controlRun, startRequeue } from "#lib/dead-letters/commands.ts";
import { getRun } from "#lib/dead-letters/queries.ts";
import type { Run } from "#lib/dead-letters/schema.ts";
import { enterTenant } from "#lib/tenants/queries.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import { endSupportStay, leaveSupportSession, setSupportAccess, startSupportSession } from "./commands.ts";

let plane: ControlPlane;
let owner: TenantPerson;
before(async () => {
  plane = await controlPlane();
  owner = (await plane.tenant("acme")).actor;
});
after(() => plane.close());

const REASON = "ticket 4711";

/** An operator inside, and a run over a dead job that they have started there. */
async function runOfSupport(): Promise<{ operator: PersonActor; session: string; run: Run }> {
  const operator = await plane.operator();
  const id = uuidv7();
  await withClient(plane.database.superuserUrl, (client) =>
    client.query(
      `INSERT INTO jobs (id, tenant_id, function, state, input, error, error_fingerprint, attempts, finished_at)
       VALUES ($1, $2, 'sync', 'dead', '{}', '{"name":"Error","message":"no"}', 'f', 5, now())`,
      [id, owner.tenant.id],
    ),
  );
  const session = await startSupportSession(operator, {
    tenant: "acme",
    mode: "requeue",
    reason: REASON,
    minutes: 30,
  });
  const inside = await enterTenant(operator, "acme");
  const run = await startRequeue(inside, {
    ids: [id],
    reason: REASON,
    ratePerMinute: 1,
    canary: null,
    stopAfter: null,
  });
  return { operator, session: session.id, run };
}
const standing = async ({ id }: Run) => {
  const { state, support } = await getRun(owner, { id });
  return [state, support];
};

test("a run that an operator started goes on when they have left, and says so", async () => {
  const { operator, session, run } = await runOfSupport();
  assert.deepEqual([run.state, run.support], ["running", "inside"]);
  await leaveSupportSession(operator, { id: session });
  assert.deepEqual(await standing(run), ["running", "left"]);
  await controlRun(owner, { id: run.id, control: "abort" });
});

test("a tenant that puts an operator out holds up what they have started, and may go on with it", async () => {
  const { session, run } = await runOfSupport();
  const other = await runOfSupport();
  await endSupportStay(owner, { id: session });
  assert.deepEqual(await standing(run), ["paused", "removed"]);
  assert.deepEqual(await standing(other.run), ["running", "inside"], "another operator's run is left alone");
  const ended = await withClient(plane.database.superuserUrl, (client) =>
    client.query("SELECT after FROM audit_entries WHERE action = 'support.end' AND target_id = $1", [
      session,
    ]),
  );
  assert.deepEqual(ended.rows[0].after.runsPaused, [run.id]);
  const resumed = await controlRun(owner, { id: run.id, control: "resume" });
  assert.deepEqual([resumed.state, resumed.support], ["running", "removed"]);
  for (const { id } of [run, other.run]) await controlRun(owner, { id, control: "abort" });
});

test("a run that another operator takes up again is held up when the tenant puts that one out", async () => {
  const { session, run } = await runOfSupport();
  await endSupportStay(owner, { id: session });
  const second = await plane.operator();
  const stay = await startSupportSession(second, {
    tenant: "acme",
    mode: "requeue",
    reason: REASON,
    minutes: 30,
  });
  await controlRun(await enterTenant(second, "acme"), { id: run.id, control: "resume" });
  assert.deepEqual(await standing(run), ["running", "inside"]);
  await endSupportStay(owner, { id: stay.id });
  assert.deepEqual(await standing(run), ["paused", "removed"]);
  await controlRun(owner, { id: run.id, control: "abort" });
});

test("an owner who keeps support out also holds up the runs of operators who had left before", async () => {
  const { operator, session, run } = await runOfSupport();
  const own = await runOfSupport();
  await leaveSupportSession(operator, { id: session });
  await setSupportAccess(owner, { allowed: false });
  assert.deepEqual(await standing(run), ["paused", "left"]);
  assert.deepEqual(await standing(own.run), ["paused", "removed"]);
  await setSupportAccess(owner, { allowed: true });
  assert.deepEqual(await standing(run), ["paused", "left"], "nothing goes on by itself");
});
