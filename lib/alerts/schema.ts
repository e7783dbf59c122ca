import { z } from "zod";
import { ALERT_KINDS, ALERT_RULE_KINDS, type AlertRuleKind } from "#lib/contract/alerts.ts";
import { line } from "#lib/contract/text.ts";
import { MAX_SNOOZE_MINUTES, numbersOf, RULE_NUMBER_NAMES, RULE_NUMBERS, type RuleNumber } from "./rules.ts";

const time = z.iso.datetime();

export const alertRuleSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: z.enum(ALERT_RULE_KINDS),
  /** More dead letters than this … */
  threshold: z.int().nullable(),
  /** … within so many minutes. */
  windowMinutes: z.int().nullable(),
  maxAgeHours: z.int().nullable(),
  quietDays: z.int().nullable(),
  /** How often an open alert is repeated until somebody acknowledges it; null: it is told once. */
  repeatMinutes: z.int().nullable(),
  enabled: z.boolean(),
  /** When a worker last looked; null until one has. */
  evaluatedAt: time.nullable(),
  /** Whether nobody has looked for minutes although somebody should. */
  late: z.boolean(),
  /** Whether it has an alert now. */
  alerting: z.boolean(),
  createdAt: time,
  createdBy: z.string(),
  version: z.int(),
});
export type AlertRuleView = z.output<typeof alertRuleSchema>;

const number = (name: RuleNumber) => z.int().min(RULE_NUMBERS[name].min).max(RULE_NUMBERS[name].max);
const numbers = {
  threshold: number("threshold").optional(),
  windowMinutes: number("windowMinutes").optional(),
  maxAgeHours: number("maxAgeHours").optional(),
  quietDays: number("quietDays").optional(),
};
const name = line(1, 120);
const repeatMinutes = z.int().min(5).max(10_080).nullable();

/** Names each number that a kind of rule has not, or must have. */
export function numberProblems(
  kind: AlertRuleKind,
  given: { [Name in RuleNumber]?: number | undefined },
  complete: boolean,
): { path: RuleNumber; message: string }[] {
  const own = numbersOf(kind);
  return RULE_NUMBER_NAMES.flatMap((path) => {
    const there = given[path] !== undefined;
    if (own.includes(path)) return there || !complete ? [] : [{ path, message: "is required" }];
    return there ? [{ path, message: "does not belong to this kind of rule" }] : [];
  });
}

export const newAlertRuleSchema = z
  .strictObject({
    name,
    kind: z.enum(ALERT_RULE_KINDS),
    ...numbers,
    repeatMinutes: repeatMinutes.default(60),
    enabled: z.boolean().default(true),
  })
  .superRefine((rule, context) => {
    for (const { path, message } of numberProblems(rule.kind, rule, true)) {
      context.addIssue({ code: "custom", path: [path], message });
    }
  });
export type NewAlertRule = z.output<typeof newAlertRuleSchema>;

/** What may be changed; the kind stays. */
export const editedAlertRuleSchema = z.strictObject({
  name: name.optional(),
  ...numbers,
  repeatMinutes: repeatMinutes.optional(),
  enabled: z.boolean().optional(),
  version: z.int().optional(),
});
export type EditedAlertRule = z.output<typeof editedAlertRuleSchema>;

export const alertSchema = z.object({
  id: z.uuid(),
  /** Null for a webhook that was given up. */
  ruleId: z.uuid().nullable(),
  endpointId: z.uuid().nullable(),
  kind: z.enum(ALERT_KINDS),
  name: z.string(),
  summary: z.string(),
  /** Of new errors, the latest. */
  errors: z.array(z.object({ fingerprint: z.string(), name: z.string(), message: z.string() })),
  openedAt: time,
  resolvedAt: time.nullable(),
  acknowledgedAt: time.nullable(),
  acknowledgedBy: z.string().nullable(),
  /** Silent until then; null when it is not. */
  snoozedUntil: time.nullable(),
  lastToldAt: time.nullable(),
});
export type AlertView = z.output<typeof alertSchema>;

export const alertFilters = { state: z.enum(["open", "resolved"]).optional() };
export type AlertFilters = { state?: "open" | "resolved" | undefined };

export const acknowledgementSchema = z.strictObject({});
export const snoozeSchema = z.strictObject({ minutes: z.int().min(5).max(MAX_SNOOZE_MINUTES) });

/** What is open now, and whether anybody is looking. */
export const openAlertsSchema = z.object({
  alerts: z.array(alertSchema),
  /** How many rules are switched on. */
  rules: z.int(),
  /** When the one that waits longest was last looked at; null when there is none, or not yet. */
  evaluatedAt: time.nullable(),
  late: z.boolean(),
});
export type OpenAlertsView = z.output<typeof openAlertsSchema>;
