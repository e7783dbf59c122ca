import { actorLabel } from "#lib/access/actor.ts";
import { type CommandContext, defineCommand } from "#lib/command/define.ts";
import type { AlertRuleKind } from "#lib/contract/alerts.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { conflict, invalid, notFound, staleVersion } from "#lib/errors/domain-error.ts";
import { readMasker } from "#lib/jobs/queries.ts";
import { type RuleRow, readRule, toAlertView, toRuleViews } from "./queries.ts";
import { MAX_RULES, whyNotAcknowledge, whyNotSnooze } from "./rules.ts";
import {
  type AlertRuleView,
  type AlertView,
  type EditedAlertRule,
  type NewAlertRule,
  numberProblems,
} from "./schema.ts";

const MINUTE_MS = 60_000;

const audited = (row: RuleRow) => ({
  name: row.name,
  threshold: row.threshold,
  windowMinutes: row.windowMinutes,
  maxAgeHours: row.maxAgeHours,
  quietDays: row.quietDays,
  repeatMinutes: row.repeatMinutes,
  enabled: row.enabled,
});

async function shown({ tx, actor }: CommandContext, row: RuleRow): Promise<AlertRuleView> {
  const [view] = await toRuleViews(tx, actor.tenant.id, [row]);
  return view as AlertRuleView;
}

/** Ends alerts without a message: a person did it, and knows. */
const endAlerts = ({ tx, actor }: CommandContext, of: { ruleId: string } | { endpointId: string }) =>
  tx.alert.updateMany({
    where: { tenantId: actor.tenant.id, resolvedAt: null, ...of },
    data: { resolvedAt: new Date() },
  });

/** Ends what was said of an endpoint that had been given up, because somebody has seen to it. */
export async function endEndpointAlert(context: CommandContext, endpointId: string): Promise<void> {
  await endAlerts(context, { endpointId });
}

/** Adds a rule; a worker looks at it within seconds. */
export const createAlertRule = defineCommand(
  "key.manage",
  async (context, input: NewAlertRule): Promise<AlertRuleView> => {
    const { tx, actor, audit } = context;
    const tenantId = actor.tenant.id;
    // Of many that come at once, the last ones see those before them.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`alerts ${tenantId}`}, 0))`;
    const count = await tx.alertRule.count({ where: { tenantId } });
    if (count >= MAX_RULES) throw conflict(`A tenant can have ${MAX_RULES} alert rules at most.`);
    const row = await tx.alertRule.create({
      data: {
        id: uuidv7(),
        tenantId,
        name: input.name,
        kind: input.kind,
        threshold: input.threshold ?? null,
        windowMinutes: input.windowMinutes ?? null,
        maxAgeHours: input.maxAgeHours ?? null,
        quietDays: input.quietDays ?? null,
        repeatMinutes: input.repeatMinutes,
        enabled: input.enabled,
        createdByLabel: actorLabel(actor),
      },
    });
    await audit({
      action: "alert.create",
      targetType: "alert",
      targetId: row.id,
      after: { ...audited(row), kind: row.kind },
    });
    return shown(context, row);
  },
);

/** Changes a rule. One that is switched off ends its alert; one that is switched on learns anew what there is. */
export const editAlertRule = defineCommand(
  "key.manage",
  async (context, input: EditedAlertRule & { id: string; version: number }): Promise<AlertRuleView> => {
    const { tx, actor, audit } = context;
    const tenantId = actor.tenant.id;
    const before = await readRule(tx, tenantId, input.id);
    if (before.version !== input.version) throw staleVersion(before.version);
    const problems = numberProblems(before.kind as AlertRuleKind, input, false);
    if (problems.length > 0) throw invalid(problems);
    const after = {
      name: input.name ?? before.name,
      threshold: input.threshold ?? before.threshold,
      windowMinutes: input.windowMinutes ?? before.windowMinutes,
      maxAgeHours: input.maxAgeHours ?? before.maxAgeHours,
      quietDays: input.quietDays ?? before.quietDays,
      repeatMinutes: input.repeatMinutes === undefined ? before.repeatMinutes : input.repeatMinutes,
      enabled: input.enabled ?? before.enabled,
    };
    if (JSON.stringify(after) === JSON.stringify(audited(before))) return shown(context, before);
    const begins = after.enabled && !before.enabled;
    const changed = {
      ...after,
      ...(begins ? { evaluatedAt: null } : {}),
      nextAt: new Date(),
      updatedAt: new Date(),
      version: before.version + 1,
    };
    const { count } = await tx.alertRule.updateMany({
      where: { id: before.id, tenantId, version: before.version },
      data: changed,
    });
    if (count === 0) throw staleVersion(before.version + 1);
    if (!after.enabled) await endAlerts(context, { ruleId: before.id });
    await audit({
      action: "alert.edit",
      targetType: "alert",
      targetId: before.id,
      before: audited(before),
      after,
    });
    return shown(context, { ...before, ...changed });
  },
);

/** Takes a rule away, with its alerts. */
export const deleteAlertRule = defineCommand(
  "key.manage",
  async ({ tx, actor, audit }, input: { id: string; version: number | null }): Promise<void> => {
    const tenantId = actor.tenant.id;
    const before = await readRule(tx, tenantId, input.id);
    const version = input.version ?? before.version;
    const { count } = await tx.alertRule.deleteMany({ where: { id: before.id, tenantId, version } });
    if (count === 0) throw staleVersion(before.version);
    await audit({
      action: "alert.delete",
      targetType: "alert",
      targetId: before.id,
      before: { ...audited(before), kind: before.kind },
    });
  },
);

/** The alert, held until the transaction ends: no worker says anything of it meanwhile. */
async function lockAlert({ tx, actor }: CommandContext, id: string): Promise<AlertView> {
  const tenantId = actor.tenant.id;
  await tx.$executeRaw`SELECT FROM alerts WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid FOR UPDATE`;
  const row = await tx.alert.findFirst({ where: { id, tenantId } });
  if (!row) throw notFound("alert");
  return toAlertView(row, await readMasker(tx, tenantId));
}

/** Says that somebody has seen it: no more reminders. Throws `conflict` when it is over or somebody was faster. */
export const acknowledgeAlert = defineCommand(
  "job.act",
  async (context, input: { id: string }): Promise<AlertView> => {
    const { tx, actor, audit } = context;
    const alert = await lockAlert(context, input.id);
    const refusal = whyNotAcknowledge(alert);
    if (refusal) throw conflict(refusal);
    const acknowledgedAt = new Date();
    const acknowledgedBy = actorLabel(actor);
    await tx.alert.updateMany({
      where: { id: input.id, tenantId: actor.tenant.id },
      data: { acknowledgedAt, acknowledgedBy, snoozedUntil: null },
    });
    await audit({ action: "alert.acknowledge", targetType: "alert", targetId: input.id });
    return { ...alert, acknowledgedAt: acknowledgedAt.toISOString(), acknowledgedBy, snoozedUntil: null };
  },
);

/** Silences its reminders for a while. Throws `conflict` when there is nothing to silence. */
export const snoozeAlert = defineCommand(
  "job.act",
  async (context, input: { id: string; minutes: number }): Promise<AlertView> => {
    const { tx, actor, audit } = context;
    const alert = await lockAlert(context, input.id);
    const refusal = whyNotSnooze(alert);
    if (refusal) throw conflict(refusal);
    const snoozedUntil = new Date(Date.now() + input.minutes * MINUTE_MS);
    await tx.alert.updateMany({ where: { id: input.id, tenantId: actor.tenant.id }, data: { snoozedUntil } });
    await audit({
      action: "alert.snooze",
      targetType: "alert",
      targetId: input.id,
      after: { until: snoozedUntil.toISOString() },
    });
    return { ...alert, snoozedUntil: snoozedUntil.toISOString() };
  },
);
