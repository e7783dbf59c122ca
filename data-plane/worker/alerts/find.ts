import type pg from "pg";
import { COUNT_DEAD, KNOW_ERRORS, NEW_ERRORS, OLDEST_DEAD, STILL_DEAD } from "#data-plane/sql/alerts.ts";
import type { AlertRuleKind } from "#lib/contract/alerts.ts";
import { type Finding, MOST_ERRORS, type NewError } from "./step.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Nothing is counted further than this, or than a rule needs. */
const COUNT_CAP = 10_000;
/** How far behind the last look the next one begins: groups of dead letters are counted a moment after the fact. */
const OVERLAP_MS = 10 * MINUTE_MS;

export type Rule = {
  id: string;
  tenantId: string;
  tenant: string;
  name: string;
  kind: AlertRuleKind;
  threshold: number | null;
  windowMinutes: number | null;
  maxAgeHours: number | null;
  quietDays: number | null;
  repeatMinutes: number | null;
  evaluatedAt: Date | null;
};

/** A time in whole hours, from two days on in whole days. */
const longText = (hours: number) => (hours < 48 ? many(hours, "hour") : many(Math.floor(hours / 24), "day"));

const many = (count: number, one: string, more = `${one}s`) =>
  `${count.toLocaleString("en")} ${count === 1 ? one : more}`;

async function growth(client: pg.PoolClient, rule: Rule, now: Date): Promise<Finding> {
  const threshold = rule.threshold ?? 0;
  const windowMinutes = rule.windowMinutes ?? 1;
  const cap = Math.max(COUNT_CAP, threshold + 1);
  const since = new Date(now.getTime() - windowMinutes * MINUTE_MS);
  const { rows } = await client.query<{ count: number }>(COUNT_DEAD, [rule.tenantId, since, now, cap]);
  const count = rows[0]?.count ?? 0;
  const counted = count < cap ? many(count, "dead letter") : `${cap.toLocaleString("en")}+ dead letters`;
  const summary = `${counted} in the last ${many(windowMinutes, "minute")}; more than ${threshold.toLocaleString("en")} is too many.`;
  return { holds: count > threshold, summary, fresh: [] };
}

async function age(client: pg.PoolClient, rule: Rule, now: Date): Promise<Finding> {
  const hours = rule.maxAgeHours ?? 1;
  const { rows } = await client.query<{ at: Date }>(OLDEST_DEAD, [rule.tenantId]);
  const oldest = rows[0]?.at;
  if (!oldest) return { holds: false, summary: "No dead letter waits.", fresh: [] };
  const waits = now.getTime() - oldest.getTime();
  const summary = `The oldest dead letter has waited for ${longText(Math.floor(waits / HOUR_MS))}; more than ${longText(hours)} is too long.`;
  return { holds: waits > hours * HOUR_MS, summary, fresh: [] };
}

/**
 * Errors that were not seen for so many days. The first look, and the first after so long a pause, only learns what
 * there is. `open` are those that the alert lists already: it holds while one of them has a dead letter.
 */
async function newError(
  client: pg.PoolClient,
  rule: Rule,
  now: Date,
  open: readonly NewError[],
): Promise<Finding> {
  const { tenantId, id, evaluatedAt } = rule;
  const days = rule.quietDays ?? 1;
  const learns = evaluatedAt === null || now.getTime() - evaluatedAt.getTime() > days * DAY_MS;
  const since = learns ? new Date(0) : new Date(evaluatedAt.getTime() - OVERLAP_MS);
  const fresh = learns
    ? []
    : (await client.query<NewError>(NEW_ERRORS, [tenantId, id, since, days, MOST_ERRORS])).rows;
  await client.query(KNOW_ERRORS, [tenantId, id, since]);
  const listed = [...fresh, ...open].map(({ fingerprint }) => fingerprint);
  const { rowCount } = await client.query(STILL_DEAD, [tenantId, listed]);
  const count = new Set(listed).size;
  const summary = `${many(count, "error has", "errors have")} led to a dead letter and had not been seen for ${many(days, "day")} before.`;
  return { holds: (rowCount ?? 0) > 0, summary, fresh };
}

/** What a rule finds at a moment. No jobs, no finding: silence is no news. */
export function find(
  client: pg.PoolClient,
  rule: Rule,
  now: Date,
  open: readonly NewError[],
): Promise<Finding> {
  switch (rule.kind) {
    case "growth":
      return growth(client, rule, now);
    case "age":
      return age(client, rule, now);
    case "new_error":
      return newError(client, rule, now, open);
  }
}
