/** What both planes agree on about alerts on dead letters. Pure. */
export const ALERT_RULE_KINDS = ["growth", "age", "new_error"] as const;
export type AlertRuleKind = (typeof ALERT_RULE_KINDS)[number];
/** A rule's kinds, and what is said of a webhook that was given up. */
export const ALERT_KINDS = [...ALERT_RULE_KINDS, "webhook_disabled"] as const;

/** Every rule is looked at this often, in milliseconds. */
export const EVALUATE_EVERY_MS = 30_000;
/** A rule that was not looked at for this long is looked after by nobody: no worker runs, or it cannot keep up. */
export const EVALUATION_LATE_MS = 3 * 60_000;
