import type { AlertEvent } from "#lib/contract/webhooks.ts";

const MINUTE_MS = 60_000;
/** The cause must be gone for this long before an alert is over, so that one which comes and goes says so once. */
export const CLEAR_MS = 5 * MINUTE_MS;
/** A rule that is told once tells of a further new error all the same, no sooner than this after it last spoke. */
const FURTHER_ERROR_MS = 60 * MINUTE_MS;
/** Errors that one alert lists. */
export const MOST_ERRORS = 20;

export type NewError = { fingerprint: string; name: string; message: string };

/** What a rule finds at one moment. */
export type Finding = {
  holds: boolean;
  summary: string;
  /** Errors that the rule did not know until now. */
  fresh: readonly NewError[];
};

export type OpenAlert = {
  errors: NewError[];
  clearSince: Date | null;
  acknowledgedAt: Date | null;
  snoozedUntil: Date | null;
  lastToldAt: Date | null;
};

export type Step = {
  clearSince: Date | null;
  resolvedAt: Date | null;
  errors: NewError[];
  /** Whether somebody's "I have seen it" no longer covers what there is. */
  unseen: boolean;
  tell: AlertEvent | null;
};

/**
 * What becomes of an open alert: one message when it is over, and until somebody acknowledges it a reminder every
 * `repeatMinutes` (none when null). An error that is new while it is open takes the acknowledgement back.
 */
export function nextStep(alert: OpenAlert, finding: Finding, now: Date, repeatMinutes: number | null): Step {
  const { clearSince, acknowledgedAt, snoozedUntil, lastToldAt } = alert;
  if (!finding.holds) {
    const since = clearSince ?? now;
    const over = now.getTime() - since.getTime() >= CLEAR_MS;
    return {
      clearSince: since,
      resolvedAt: over ? now : null,
      errors: alert.errors,
      unseen: false,
      tell: over ? "alert.resolved" : null,
    };
  }
  const fresh = finding.fresh.filter(
    ({ fingerprint }) => !alert.errors.some((known) => known.fingerprint === fingerprint),
  );
  const unseen = fresh.length > 0 && (acknowledgedAt !== null || snoozedUntil !== null);
  const quiet =
    !unseen && (acknowledgedAt !== null || (snoozedUntil !== null && snoozedUntil.getTime() > now.getTime()));
  const everyMs =
    repeatMinutes !== null ? repeatMinutes * MINUTE_MS : fresh.length > 0 ? FURTHER_ERROR_MS : Infinity;
  const sinceTold = lastToldAt ? now.getTime() - lastToldAt.getTime() : Infinity;
  return {
    clearSince: null,
    resolvedAt: null,
    errors: [...fresh, ...alert.errors].slice(0, MOST_ERRORS),
    unseen,
    tell: !quiet && sinceTold >= everyMs ? "alert.reminder" : null,
  };
}
