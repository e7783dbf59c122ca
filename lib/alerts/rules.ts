import type { AlertRuleKind } from "#lib/contract/alerts.ts";

/** More than anybody can tell apart; every one is looked at twice a minute. */
export const MAX_RULES = 20;
export const MAX_SNOOZE_MINUTES = 10_080;

/** The numbers that a kind of rule has, with what each may be. */
export const RULE_NUMBERS = {
  threshold: { kind: "growth", min: 0, max: 100_000 },
  windowMinutes: { kind: "growth", min: 1, max: 10_080 },
  maxAgeHours: { kind: "age", min: 1, max: 8_760 },
  quietDays: { kind: "new_error", min: 1, max: 365 },
} as const satisfies Record<string, { kind: AlertRuleKind; min: number; max: number }>;
export type RuleNumber = keyof typeof RULE_NUMBERS;
export const RULE_NUMBER_NAMES = Object.keys(RULE_NUMBERS) as RuleNumber[];
export const numbersOf = (kind: AlertRuleKind): RuleNumber[] =>
  RULE_NUMBER_NAMES.filter((name) => RULE_NUMBERS[name].kind === kind);

type Numbers = Record<RuleNumber, number | null>;

const many = (count: number | null, one: string) =>
  `${(count ?? 0).toLocaleString("en")} ${count === 1 ? one : `${one}s`}`;

/** What a rule looks for, as one sentence. */
export function ruleText(rule: { kind: AlertRuleKind } & Numbers): string {
  switch (rule.kind) {
    case "growth":
      return `More than ${many(rule.threshold, "dead letter")} within ${many(rule.windowMinutes, "minute")}`;
    case "age":
      return `A dead letter waits for longer than ${many(rule.maxAgeHours, "hour")}`;
    case "new_error":
      return `A dead letter with an error that was not seen for ${many(rule.quietDays, "day")}`;
  }
}

/** The rules that most tenants begin with. */
export const USUAL_RULES = [
  { name: "Dead letters pile up", kind: "growth", threshold: 10, windowMinutes: 10, repeatMinutes: 60 },
  { name: "A dead letter is forgotten", kind: "age", maxAgeHours: 24, repeatMinutes: 1_440 },
  { name: "A new error", kind: "new_error", quietDays: 30, repeatMinutes: 240 },
] as const;

type Standing = { resolvedAt: string | null; acknowledgedAt: string | null; acknowledgedBy: string | null };

/** Why an alert cannot be acknowledged; null when it can. */
export function whyNotAcknowledge({ resolvedAt, acknowledgedAt, acknowledgedBy }: Standing): string | null {
  if (resolvedAt !== null) return "This alert is over.";
  return acknowledgedAt === null ? null : `${acknowledgedBy} has acknowledged it already.`;
}

/** Why an alert cannot be silenced for a while; null when it can. */
export const whyNotSnooze = whyNotAcknowledge;
