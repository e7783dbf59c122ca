import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import type { TenantActor } from "#lib/access/actor.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { getJob } from "#lib/jobs/queries.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { holdJob, releaseJob, saveJobSettings } from "./commands.ts";
import { getJobSettings, listRepairs, previewRetention } from "./queries.ts";

let plane: ControlPlane;
let superuser: pg.Pool;
let actor: TenantActor;
let stranger: TenantActor;
before(async () => {
  plane = await controlPlane();
  superuser = new pg.Pool({ connectionString: plane.database.superuserUrl, max: 2 });
  ({ actor } = await plane.tenant("acme"));
  ({ actor: stranger } = await plane.tenant("globex"));
});
after(async () => {
  await superuser.end();
  await plane.close();
});

async function job(state: string, daysAgo: number | null, tenant = actor): Promise<string> {
  const id = uuidv7();
  await superuser.query(
    `INSERT INTO jobs (id, tenant_id, function, state, input, finished_at)
     VALUES ($1, $2, 'f', $3, '{}', now() - $4 * interval '1 day')`,
    [id, tenant.tenant.id, state, daysAgo],
  );
  return id;
}

test("a tenant keeps the defaults until it says otherwise, and then what it said", async () => {
  assert.deepEqual(await getJobSettings(actor, undefined), {
    retentionDays: { succeeded: 30, dead: 90, closed: 30 },
    version: 0,
  });
  const retentionDays = { succeeded: 7, dead: 365, closed: 1 };
  assert.deepEqual(await saveJobSettings(actor, { retentionDays, version: 0 }), {
    retentionDays,
    version: 1,
  });
  assert.deepEqual(await getJobSettings(actor, undefined), { retentionDays, version: 1 });
  assert.equal((await getJobSettings(stranger, undefined)).version, 0);
});

test("an edit of settings that somebody else changed meanwhile is refused, and one that changes nothing writes nothing", async () => {
  const current = await getJobSettings(stranger, undefined);
  assert.deepEqual(await saveJobSettings(stranger, current), current);
  const saved = await saveJobSettings(stranger, {
    ...current,
    retentionDays: { succeeded: 2, dead: 2, closed: 2 },
  });
  await assert.rejects(
    saveJobSettings(stranger, { ...current, retentionDays: { succeeded: 3, dead: 3, closed: 3 } }),
    {
      code: "conflict",
    },
  );
  const { rows } = await superuser.query(
    "SELECT before, after FROM audit_entries WHERE tenant_id = $1 AND action = 'job.settings'",
    [stranger.tenant.id],
  );
  assert.equal(rows.length, 1);
  assert.deepEqual(rows[0].after, { retentionDays: saved.retentionDays });
});

test("a job says when it is deleted: its end and the days for its state; one that has not ended does not", async () => {
  const { retentionDays } = await getJobSettings(actor, undefined);
  for (const [state, days] of [
    ["succeeded", retentionDays.succeeded],
    ["dead", retentionDays.dead],
    ["cancelled", retentionDays.closed],
    ["discarded", retentionDays.closed],
  ] as const) {
    const { deletesAt, finishedAt } = await getJob(actor, { id: await job(state, 0.5) });
    assert.equal(
      Date.parse(deletesAt as string) - Date.parse(finishedAt as string),
      days * 86_400_000,
      state,
    );
  }
  assert.equal((await getJob(actor, { id: await job("queued", null) })).deletesAt, null);
});

test("a held job has no day of deletion and says who holds it and why; released, it has one again", async () => {
  const id = await job("dead", 1);
  const held = await holdJob(actor, { id, reason: "evidence" });
  assert.equal(held.deletesAt, null);
  assert.equal(held.held?.reason, "evidence");
  const detail = await getJob(actor, { id });
  assert.deepEqual([detail.deletesAt, detail.held], [null, held.held]);
  await assert.rejects(holdJob(actor, { id, reason: "twice" }), { code: "conflict" });
  assert.ok((await releaseJob(actor, { id, reason: "done" })).deletesAt);
  await assert.rejects(releaseJob(actor, { id, reason: "twice" }), { code: "conflict" });
  const { actions } = await getJob(actor, { id });
  assert.deepEqual(
    actions.map(({ action, reason }) => [action, reason]),
    [
      ["hold", "evidence"],
      ["release", "done"],
    ],
  );
});

test("a job of another tenant, and one that does not exist, cannot be held", async () => {
  const id = await job("dead", 1, stranger);
  await assert.rejects(holdJob(actor, { id, reason: "mine?" }), { code: "not_found" });
  await assert.rejects(holdJob(actor, { id: uuidv7(), reason: "none" }), { code: "not_found" });
});

test("shortening says first how many jobs would go, held ones not among them", async () => {
  const { actor: third } = await plane.tenant("initech");
  const old = await job("dead", 40, third);
  await job("dead", 40, third);
  await job("succeeded", 40, third);
  await job("succeeded", 3, third);
  await job("discarded", 3, third);
  await holdJob(third, { id: old, reason: "keep" });
  const days = (succeeded: number, dead: number, closed: number) =>
    previewRetention(third, { succeeded, dead, closed });
  assert.deepEqual(await days(50, 90, 30), { count: 0, capped: false });
  assert.deepEqual(await days(30, 30, 30), { count: 2, capped: false });
  assert.deepEqual(await days(1, 90, 1), { count: 3, capped: false });
});

test("repairs of the last 24 hours are told by kind, and those of other tenants or days are not", async () => {
  const id = await job("queued", null);
  const note = (tenant: TenantActor, kind: string, count: number, hoursAgo: number) =>
    superuser.query(
      `INSERT INTO job_repairs (tenant_id, kind, hour, count, last_at, job_id)
       VALUES ($1, $2, date_trunc('hour', now() - $4 * interval '1 hour'), $3, now() - $4 * interval '1 hour', $5)`,
      [tenant.tenant.id, kind, count, hoursAgo, id],
    );
  await note(actor, "dispatch_missing", 2, 0);
  await note(actor, "dispatch_missing", 3, 5);
  await note(actor, "lease_missing", 1, 30);
  await note(stranger, "lease_missing", 1, 0);
  const repairs = await listRepairs(actor, undefined);
  assert.deepEqual(
    repairs.map(({ kind, count, jobId }) => ({ kind, count, jobId })),
    [{ kind: "dispatch_missing", count: 5, jobId: id }],
  );
});
