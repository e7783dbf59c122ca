import assert from "node:assert/strict";
import test, { after, before, beforeEach } from "node:test";
import type { TenantActor } from "#lib/access/actor.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import {
  acknowledgeAlert,
  createAlertRule,
  deleteAlertRule,
  editAlertRule,
  snoozeAlert,
} from "./commands.ts";
import { getOpenAlerts, listAlertRules, listAlerts } from "./queries.ts";
import { MAX_RULES, USUAL_RULES } from "./rules.ts";
import { editedAlertRuleSchema, newAlertRuleSchema } from "./schema.ts";

let plane: ControlPlane;
let actor: TenantActor;
let tenants = 0;
before(async () => {
  plane = await controlPlane();
});
after(() => plane.close());
beforeEach(async () => {
  tenants += 1;
  ({ actor } = await plane.tenant(`acme-${tenants}`));
});

const create = (fields: object = { kind: "age", maxAgeHours: 24 }) =>
  createAlertRule(actor, newAlertRuleSchema.parse({ name: "Rule", ...fields }));
const edit = (id: string, version: number, fields: object) =>
  editAlertRule(actor, { ...editedAlertRuleSchema.parse(fields), id, version });
const query = async (sql: string, values: unknown[] = []) =>
  (await withClient(plane.database.superuserUrl, (client) => client.query(sql, values))).rows;
async function raise(ruleId: string): Promise<string> {
  const id = uuidv7();
  await query(
    `INSERT INTO alerts (id, tenant_id, rule_id, kind, name, summary, opened_at)
     VALUES ($1, $2, $3, 'age', 'Rule', 'old', now())`,
    [id, actor.tenant.id, ruleId],
  );
  return id;
}
const fails = (code: string, work: Promise<unknown>, words = /./) =>
  assert.rejects(work, (error: DomainError) => {
    assert.ok(error instanceof DomainError, String(error));
    assert.equal(error.code, code);
    assert.match(`${error.message} ${error.details.map(({ path, message }) => `${path} ${message}`)}`, words);
    return true;
  });

test("a rule has the numbers of its kind, all of them, and no others", async () => {
  for (const rule of USUAL_RULES) assert.ok(newAlertRuleSchema.parse(rule));
  for (const [fields, path] of [
    [{ kind: "growth", threshold: 5 }, "windowMinutes"],
    [{ kind: "growth", threshold: -1, windowMinutes: 5 }, "threshold"],
    [{ kind: "growth", threshold: 1.5, windowMinutes: 5 }, "threshold"],
    [{ kind: "growth", threshold: 5, windowMinutes: 0 }, "windowMinutes"],
    [{ kind: "growth", threshold: 5, windowMinutes: 5, quietDays: 1 }, "quietDays"],
    [{ kind: "age", maxAgeHours: 9_000 }, "maxAgeHours"],
    [{ kind: "new_error", quietDays: 366 }, "quietDays"],
    [{ kind: "new_error", quietDays: 1, repeatMinutes: 1 }, "repeatMinutes"],
    [{ kind: "weather" }, "kind"],
  ] as const) {
    const parsed = newAlertRuleSchema.safeParse({ name: "n", ...fields });
    assert.ok(
      parsed.error?.issues.some((issue) => issue.path[0] === path),
      JSON.stringify(fields),
    );
  }
  const made = await create();
  await fails("invalid_input", edit(made.id, made.version, { threshold: 5 }), /threshold does not belong/);
});

test("thirty that come at once leave a tenant with twenty", async () => {
  const made = await Promise.allSettled(Array.from({ length: 30 }, () => create()));
  assert.equal(made.filter(({ status }) => status === "fulfilled").length, MAX_RULES);
});

test("an edit of an older version is refused; switched off, a rule ends its alert; deleted, it takes it along", async () => {
  const made = await create();
  const alert = await raise(made.id);
  assert.equal((await listAlertRules(actor, { limit: 25 })).data[0]?.alerting, true);
  assert.deepEqual(await edit(made.id, made.version, { maxAgeHours: 24 }), { ...made, alerting: true });
  const off = await edit(made.id, made.version, { enabled: false });
  await fails("conflict", edit(made.id, made.version, { enabled: true }), /current version is 2/);
  assert.deepEqual((await getOpenAlerts(actor, undefined)).alerts, []);
  assert.ok((await listAlerts(actor, { limit: 25 })).data[0]?.resolvedAt);
  await fails("conflict", acknowledgeAlert(actor, { id: alert }), /is over/);
  await deleteAlertRule(actor, { id: made.id, version: off.version });
  assert.deepEqual((await listAlerts(actor, { limit: 25 })).data, []);
});

test("an alert is acknowledged once, by name, and silenced for a while, and both are audited", async () => {
  const alert = await raise((await create()).id);
  const support = await plane.member(actor, "support");
  const snoozed = await snoozeAlert(support, { id: alert, minutes: 60 });
  assert.ok(snoozed.snoozedUntil);
  const acknowledged = await acknowledgeAlert(support, { id: alert });
  assert.deepEqual([acknowledged.acknowledgedBy, acknowledged.snoozedUntil], [support.email, null]);
  await fails(
    "conflict",
    acknowledgeAlert(actor, { id: alert }),
    new RegExp(`${support.email} has acknowledged`),
  );
  await fails("conflict", snoozeAlert(actor, { id: alert, minutes: 60 }));
  const viewer = await plane.member(actor, "viewer");
  await fails("forbidden", acknowledgeAlert(viewer, { id: alert }));
  const actions = await query("SELECT action FROM audit_entries WHERE target_id = $1 ORDER BY at", [alert]);
  assert.deepEqual(
    actions.map(({ action }) => action),
    ["alert.snooze", "alert.acknowledge"],
  );
});

test("the errors of an alert are shown masked, wherever it is shown", async () => {
  const alert = await raise((await create()).id);
  await query("UPDATE alerts SET errors = $2 WHERE id = $1", [
    alert,
    JSON.stringify([{ fingerprint: "f", name: "Error", message: "refused: password=hunter2" }]),
  ]);
  const shown = [
    (await getOpenAlerts(actor, undefined)).alerts[0],
    (await listAlerts(actor, { limit: 25 })).data[0],
    await snoozeAlert(actor, { id: alert, minutes: 60 }),
  ];
  for (const each of shown) assert.equal(each?.errors[0]?.message, "refused: password=•••");
});

test("rules that nobody looks at any more are said to be late", async () => {
  const made = await create();
  assert.deepEqual(await getOpenAlerts(actor, undefined), {
    alerts: [],
    rules: 1,
    evaluatedAt: null,
    late: false,
  });
  const set = (at: string) =>
    query(
      `UPDATE alert_rules SET evaluated_at = now() - interval '${at}', updated_at = now() - interval '1 day' WHERE id = $1`,
      [made.id],
    );
  await set("1 minute");
  assert.equal((await getOpenAlerts(actor, undefined)).late, false);
  await set("4 minutes");
  assert.equal((await getOpenAlerts(actor, undefined)).late, true);
  assert.equal((await listAlertRules(actor, { limit: 25 })).data[0]?.late, true);
  const { version } = await edit(made.id, made.version, { enabled: false });
  assert.equal((await getOpenAlerts(actor, undefined)).late, false);
  assert.equal((await edit(made.id, version, { enabled: true })).evaluatedAt, null);
});
