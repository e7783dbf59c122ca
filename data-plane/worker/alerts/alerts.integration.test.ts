import assert from "node:assert/strict";
import test, { after, before, beforeEach } from "node:test";
import type { ChoreContext } from "#data-plane/worker/chores.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { type JobsWorld, jobsWorld, silentLogger } from "#tests/harness/jobs.ts";
import {
  addEndpoint,
  addTenant,
  deliveriesOf,
  OUTBOUND,
  type TestEndpoint,
} from "#tests/harness/webhooks.ts";
import { evaluateAlerts } from "./evaluate.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const EVENTS = ["alert.opened", "alert.reminder", "alert.resolved"];

let world: JobsWorld;
before(async () => {
  world = await jobsWorld();
});
after(() => world.close());

let tenantId: string;
let chat: TestEndpoint;
let tenants = 0;
/** The test's own clock: nothing here waits. */
let now: Date;
beforeEach(async () => {
  tenants += 1;
  now = new Date();
  tenantId = await addTenant(world, `tenant-${tenants}`);
  chat = await addEndpoint(world, { tenantId, kind: "chat", url: "https://chat.example/x", events: EVENTS });
  await world.superuser.query("DELETE FROM alert_rules");
});

const context = (): ChoreContext => ({
  pool: world.workerRole,
  workerId: uuidv7(),
  logger: silentLogger,
  outbound: OUTBOUND,
  stopping: new AbortController().signal,
});
const pass = (ms: number) => {
  now = new Date(now.getTime() + ms);
};
/** Some time goes by, and a worker looks. */
async function look(ms = MINUTE): Promise<void> {
  pass(ms);
  await evaluateAlerts(context(), now);
}

async function addRule(fields: Record<string, unknown>): Promise<string> {
  const id = uuidv7();
  const columns = {
    id,
    tenant_id: tenantId,
    name: "A rule",
    created_by_label: "test",
    next_at: now,
    ...fields,
  };
  const names = Object.keys(columns);
  await world.superuser.query(
    `INSERT INTO alert_rules (${names.join(", ")}) VALUES (${names.map((_, index) => `$${index + 1}`).join(", ")})`,
    Object.values(columns),
  );
  return id;
}

async function die(count: number, at: Date, fingerprint = "f"): Promise<void> {
  await world.superuser.query(
    `INSERT INTO jobs (id, tenant_id, function, state, input, error, error_fingerprint, finished_at)
     SELECT gen_random_uuid(), $1, 'echo', 'dead', '{}', '{"name":"Error","message":"no"}', $4, $3
     FROM generate_series(1, $2)`,
    [tenantId, count, at, fingerprint],
  );
}
/** The group as the count of dead letters leaves it. */
const group = (fingerprint: string, dead: number, lastSeen: Date) =>
  world.superuser.query(
    `INSERT INTO dead_letter_groups (tenant_id, fingerprint, error_name, error_message, dead, deaths, first_seen, last_seen)
     VALUES ($1, $2, 'TypeError', '<!channel> cannot read', $3, $3, $4, $4)
     ON CONFLICT (tenant_id, fingerprint) DO UPDATE SET dead = $3, last_seen = $4`,
    [tenantId, fingerprint, dead, lastSeen],
  );

const said = async () => (await deliveriesOf(world, chat)).map((row) => row.event_type);
const alerts = async () =>
  (await world.superuser.query("SELECT * FROM alerts WHERE tenant_id = $1 ORDER BY opened_at", [tenantId]))
    .rows;

test("no jobs, no alert; the look itself is noted, so that its absence can be seen", async () => {
  for (const fields of [
    { kind: "growth", threshold: 0, window_minutes: 5 },
    { kind: "age", max_age_hours: 1 },
    { kind: "new_error", quiet_days: 1 },
  ]) {
    await addRule(fields);
  }
  for (let count = 0; count < 3; count++) await look();
  assert.deepEqual(await alerts(), []);
  assert.deepEqual(await said(), []);
  const { rows } = await world.superuser.query("SELECT DISTINCT evaluated_at FROM alert_rules");
  assert.deepEqual(rows, [{ evaluated_at: now }]);
});

test("growth: one message when it begins, reminders until acknowledged, one when it is over", async () => {
  await addRule({ kind: "growth", threshold: 5, window_minutes: 10, repeat_minutes: 30 });
  await die(5, now);
  await look();
  assert.deepEqual(await said(), [], "as many as are allowed");
  await die(1, now);
  await look();
  assert.deepEqual(await said(), ["alert.opened"]);
  const [message] = await deliveriesOf(world, chat);
  assert.match(
    JSON.parse(message?.body ?? "").text,
    /\*Alert: A rule\* .*\n6 dead letters in the last 10 minutes/,
  );
  for (let count = 0; count < 5; count++) await look();
  assert.deepEqual(await said(), ["alert.opened"], "it goes on, and nobody is told again");
  await die(6, new Date(now.getTime() + 29 * MINUTE));
  await look(30 * MINUTE);
  assert.deepEqual(await said(), ["alert.opened", "alert.reminder"]);
  await world.superuser.query(
    "UPDATE alerts SET acknowledged_at = now(), acknowledged_by = 'somebody' WHERE tenant_id = $1",
    [tenantId],
  );
  await die(6, new Date(now.getTime() + 40 * MINUTE));
  await look(40 * MINUTE);
  assert.deepEqual(await said(), ["alert.opened", "alert.reminder"]);
  await look(20 * MINUTE);
  assert.deepEqual(await said(), ["alert.opened", "alert.reminder"], "gone for less than some minutes");
  await look(5 * MINUTE);
  assert.deepEqual(await said(), ["alert.opened", "alert.reminder", "alert.resolved"]);
  assert.match((await alerts())[0].summary, /^6 dead letters/, "what was wrong is still to be read");
  await look(HOUR);
  assert.equal((await said()).length, 3);
  await die(6, now);
  await look();
  assert.equal((await alerts()).length, 2, "the next time is another alert");
  assert.deepEqual((await said()).at(-1), "alert.opened");
});

test("age: the oldest dead letter's, over when it has been seen to", async () => {
  await addRule({ kind: "age", max_age_hours: 24 });
  await die(1, new Date(now.getTime() - 24 * HOUR + 2 * MINUTE));
  await look();
  assert.deepEqual(await said(), []);
  await look(2 * MINUTE);
  assert.deepEqual(await said(), ["alert.opened"]);
  assert.match((await alerts())[0].summary, /has waited for 24 hours; more than 24 hours is too long/);
  await world.superuser.query("UPDATE jobs SET state = 'discarded' WHERE tenant_id = $1", [tenantId]);
  await look();
  await look(6 * MINUTE);
  assert.deepEqual(await said(), ["alert.opened", "alert.resolved"]);
});

test("an age of days is told in days", async () => {
  await addRule({ kind: "age", max_age_hours: 72 });
  await die(1, new Date(now.getTime() - 30 * 24 * HOUR));
  await look();
  assert.match((await alerts())[0].summary, /has waited for 30 days; more than 3 days is too long/);
});

test("new errors: what is there at first is known; each new one is told once, in one alert, as harmless text", async () => {
  await group("old", 1, now);
  await addRule({ kind: "new_error", quiet_days: 30, repeat_minutes: 60 });
  await look();
  await group("old", 2, now);
  await look();
  assert.deepEqual(await said(), []);
  await group("first", 1, now);
  await look();
  assert.deepEqual(await said(), ["alert.opened"]);
  const [message] = await deliveriesOf(world, chat);
  assert.match(JSON.parse(message?.body ?? "").text, /• TypeError: &lt;!channel&gt; cannot read/);
  for (let count = 0; count < 20; count++) {
    await group(`more-${count}`, 1, now);
    await look();
  }
  assert.deepEqual(await said(), ["alert.opened"], "a flood is one alert");
  await look(40 * MINUTE);
  assert.deepEqual(await said(), ["alert.opened", "alert.reminder"]);
  assert.equal((await alerts())[0].errors.length, 20);
  await world.superuser.query("UPDATE dead_letter_groups SET dead = 0 WHERE tenant_id = $1", [tenantId]);
  await look();
  await look(6 * MINUTE);
  assert.deepEqual((await said()).at(-1), "alert.resolved");
  await group("first", 1, now);
  await look();
  assert.equal((await said()).length, 3, "it has been seen lately");
  for (let days = 0; days < 31; days++) await look(24 * HOUR);
  await group("first", 1, now);
  await look();
  assert.deepEqual((await said()).at(-1), "alert.opened", "it had not been seen for 30 days");
});

test("what the tenant hides of its jobs is hidden in what is told of new errors too", async () => {
  const signed = await addEndpoint(world, { tenantId, url: "https://hooks.example/all", events: EVENTS });
  await world.superuser.query("INSERT INTO job_mask_rules (tenant_id, path, pattern) VALUES ($1, $2, '')", [
    tenantId,
    "body.customer",
  ]);
  await addRule({ kind: "new_error", quiet_days: 30 });
  await look();
  await group("leaks", 1, now);
  await world.superuser.query(
    `UPDATE dead_letter_groups SET error_message = E'no:\\n password=hunter2 customer=ada body {"token": "s3cret", "cut'
     WHERE tenant_id = $1 AND fingerprint = 'leaks'`,
    [tenantId],
  );
  await look();
  for (const endpoint of [chat, signed]) {
    const [{ body } = { body: "" }] = await deliveriesOf(world, endpoint);
    assert.match(body, /password=•••/);
    assert.doesNotMatch(body, /hunter2|ada|s3cret/);
  }
  const [message] = await deliveriesOf(world, chat);
  assert.match(JSON.parse(message?.body ?? "").text, /• TypeError: no: password=/, "one line for each error");
});

test("several workers that look at once tell it once", async () => {
  await addRule({ kind: "growth", threshold: 0, window_minutes: 10 });
  await die(1, now);
  pass(MINUTE);
  await Promise.all(Array.from({ length: 6 }, () => evaluateAlerts(context(), now)));
  assert.deepEqual(await said(), ["alert.opened"]);
  assert.equal((await alerts()).length, 1);
});

test("a rule that cannot be looked at holds up no other", async () => {
  const broken = await addRule({ kind: "growth", threshold: 0, window_minutes: 10 });
  await die(1, now);
  await world.superuser.query(
    `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN IF NEW.rule_id = '${broken}' THEN RAISE 'broken'; END IF; RETURN NEW; END $$;
     CREATE TRIGGER refuse BEFORE INSERT ON alerts FOR EACH ROW EXECUTE FUNCTION refuse()`,
  );
  pass(MINUTE);
  const good = await addRule({ kind: "age", max_age_hours: 1 });
  await die(1, new Date(now.getTime() - 2 * HOUR));
  await evaluateAlerts(context(), now);
  await world.superuser.query("DROP FUNCTION refuse CASCADE");
  assert.deepEqual(
    (await alerts()).map((alert) => alert.rule_id),
    [good],
  );
  await look(6 * MINUTE);
  assert.equal((await alerts()).length, 2);
});

test("nobody is told who did not ask, and a signed endpoint gets the facts as JSON", async () => {
  const jobsOnly = await addEndpoint(world, { tenantId, url: "https://hooks.example/jobs" });
  const signed = await addEndpoint(world, { tenantId, url: "https://hooks.example/all", events: EVENTS });
  const rule = await addRule({ kind: "growth", threshold: 0, window_minutes: 10 });
  await die(1, now);
  await look();
  assert.equal((await deliveriesOf(world, jobsOnly)).length, 0);
  const [delivery] = await deliveriesOf(world, signed);
  const { type, data } = JSON.parse(delivery?.body ?? "");
  assert.deepEqual([type, data.rule.id, data.rule.kind], ["alert.opened", rule, "growth"]);
  assert.equal(data.link, `https://console.example/t/tenant-${tenants}/dead-letters`);
});
