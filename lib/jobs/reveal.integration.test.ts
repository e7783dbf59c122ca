import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { TenantActor } from "#lib/access/actor.ts";
import type { Role } from "#lib/access/permissions.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { closeDatabase } from "#lib/db/client.ts";
import { sessionProof } from "#tests/harness/session-proof.ts";
import { type JobsWorld, jobsWorld } from "../../tests/harness/jobs.ts";
import { revealJob, setMaskRules } from "./commands.ts";
import { getJob, getMaskRules, listJobs } from "./queries.ts";
import { jobDetailSchema, revealedJobSchema } from "./schema.ts";

const SECRETS = ["hunter2-hunter2", "ada@mail.example", "4111-1111"];
let world: JobsWorld;
let id: string;
const as = (role: Role): TenantActor => ({
  userId: null as never,
  email: `${role}@example.com`,
  name: "Someone",
  isOperator: false,
  proof: sessionProof(),
  requestId: "request-2",
  ip: "",
  tenant: { id: world.tenantId, slug: "acme", name: "Acme", role },
});
let owner: TenantActor;
let support: TenantActor;

before(async () => {
  world = await jobsWorld();
  process.env.CONSOLE_DATABASE_URL = world.database.consoleUrl;
  const people = [uuidv7(), uuidv7()];
  for (const person of people) {
    await world.superuser.query("INSERT INTO users (id, email, name) VALUES ($1, $2, 'Someone')", [
      person,
      `${person}@example.com`,
    ]);
  }
  owner = { ...as("owner"), userId: people[0] as string };
  support = { ...as("support"), userId: people[1] as string };
  const [password, email, card] = SECRETS;
  const payload = {
    password,
    customer: { email, name: "Ada" },
    body: JSON.stringify({ card: { number: card } }),
  };
  id = await world.enqueue("fails", { input: payload, enqueuedBy: "handler" });
  const error = {
    name: "Error",
    message: `no token=${password} for email=${email}`,
    stack: `at email=${email}`,
  };
  await world.superuser.query(
    `UPDATE jobs SET state = 'dead', error = $2, error_fingerprint = 'f', result = $3, attempts = 1,
       steps = '{fails,echo}', step = 1, step_attempts = 3, function = 'echo' WHERE id = $1`,
    [id, error, payload],
  );
  await world.superuser.query(
    `INSERT INTO job_attempts (job_id, number, tenant_id, worker_id, started_at, finished_at, outcome, error, logs)
     VALUES ($1, 1, $2, $3, now(), now(), 'failed', $4, $5)`,
    [
      id,
      world.tenantId,
      uuidv7(),
      error,
      {
        lines: [
          {
            at: new Date().toISOString(),
            level: "info",
            message: `mail to email=${email} password=${password}`,
          },
        ],
        cut: false,
        dropped: 0,
        droppedAfter: 0,
      },
    ],
  );
  await world.superuser.query(
    "INSERT INTO job_steps (job_id, step, tenant_id, result) VALUES ($1, 0, $2, $3)",
    [id, world.tenantId, payload],
  );
});
after(async () => {
  await closeDatabase();
  await world.close();
});

test("what a tenant masks by path is masked wherever a job shows it: payload, result, steps, errors, logs, told, list", async () => {
  await setMaskRules(owner, { rules: ["customer.email", "body.card.*"] });
  assert.deepEqual(await getMaskRules(support, undefined), { rules: ["body.card.*", "customer.email"] });
  const detail = jobDetailSchema.parse(await getJob(support, { id }));
  const seen = JSON.stringify([detail, await listJobs(support, { limit: 5 })]);
  for (const secret of SECRETS) assert.ok(!seen.includes(secret), secret);
  assert.ok(seen.includes("Ada"));
  assert.equal(detail.masked, true);
});

test("revealing gives everything as it is, and tells who did it and why, never what was seen", async () => {
  const revealed = revealedJobSchema.parse(await revealJob(support, { id, reason: "ticket 12" }));
  const seen = JSON.stringify(revealed);
  for (const secret of SECRETS) assert.ok(seen.includes(secret), secret);
  const { actions } = await getJob(owner, { id });
  assert.deepEqual(
    actions.map(({ action, actor, reason }) => [action, actor, reason]),
    [["reveal", support.email, "ticket 12"]],
  );
  const { rows } = await world.superuser.query(
    "SELECT to_json(audit_entries)::text AS entry FROM audit_entries WHERE action = 'job.reveal'",
  );
  assert.equal(rows.length, 1);
  for (const secret of SECRETS) assert.ok(!rows[0].entry.includes(secret), secret);
});

test("who may not reveal gets nothing and leaves no trace, and another tenant's job is not there", async () => {
  for (const role of ["viewer", "developer"] as const) {
    await assert.rejects(revealJob(as(role), { id, reason: "curious" }), { code: "forbidden" });
  }
  const elsewhere = { ...owner, tenant: { ...owner.tenant, id: uuidv7() } };
  await assert.rejects(revealJob(elsewhere, { id, reason: "curious" }), { code: "not_found" });
  assert.equal((await getJob(owner, { id })).actions.length, 1);
});

test("what an error's message masks cannot be felt for through the filter by its text", async () => {
  const found = async (error: string) => (await listJobs(support, { error, limit: 5 })).data.length;
  assert.equal(await found("no token="), 1);
  for (const guess of ["no token=hunt", "no token=xxxx", "for email=ada"])
    assert.equal(await found(guess), 1, guess);
  assert.equal(await found("hunter"), 0);
  assert.equal(await found("mail.example"), 0);
});
