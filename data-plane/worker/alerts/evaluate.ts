import type pg from "pg";
import { inTransaction } from "#data-plane/jobs/transaction.ts";
import {
  CHANGE_ALERT,
  FORGET_ALERTS,
  MASK_RULES,
  NOTE_EVALUATION,
  OPEN_ALERT,
  PUT_OFF_RULE,
  RAISE_ALERT,
  TAKE_DUE_RULE,
} from "#data-plane/sql/alerts.ts";
import type { ChoreContext } from "#data-plane/worker/chores.ts";
import { EVALUATE_EVERY_MS } from "#lib/contract/alerts.ts";
import { maskerOf } from "#lib/contract/masking.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import type { AlertEvent } from "#lib/contract/webhooks.ts";
import { find, type Rule } from "./find.ts";
import { type Finding, type NewError, nextStep, type OpenAlert, type Step } from "./step.ts";
import { type Told, tell } from "./tell.ts";

/** A rule that could not be looked at is let alone for this long, so that it holds up no other. */
const PUT_OFF_MS = 5 * 60_000;
const KEPT_DAYS = 90;
const SWEPT = 1_000;

type Kept = OpenAlert & { id: string; openedAt: Date; told: number };

/** What leaves the house is masked as the console would show it, by what the tenant hides at this moment. */
async function masked(
  client: pg.PoolClient,
  tenantId: string,
  errors: readonly NewError[],
): Promise<readonly NewError[]> {
  if (errors.length === 0) return errors;
  const { rows } = await client.query<{ path: string }>(MASK_RULES, [tenantId]);
  const masker = maskerOf(rows.map(({ path }) => path));
  return errors.map((error) => ({ ...error, message: masker.text(error.message) }));
}

async function say(
  client: pg.PoolClient,
  rule: Rule,
  alert: Pick<Told, "alertId" | "count" | "openedAt" | "errors">,
  event: AlertEvent,
  summary: string,
  now: Date,
  consoleUrl: string | null,
): Promise<void> {
  await tell(client, {
    ...alert,
    errors: await masked(client, rule.tenantId, alert.errors),
    tenantId: rule.tenantId,
    tenant: rule.tenant,
    event,
    rule: { id: rule.id, name: rule.name, kind: rule.kind },
    summary,
    at: now,
    link: consoleUrl && `${consoleUrl}/t/${rule.tenant}/dead-letters`,
  });
}

async function raise(
  client: pg.PoolClient,
  rule: Rule,
  { summary, fresh }: Finding,
  now: Date,
  consoleUrl: string | null,
): Promise<void> {
  const alertId = uuidv7();
  await client.query(RAISE_ALERT, [
    alertId,
    rule.tenantId,
    rule.id,
    rule.kind,
    rule.name,
    summary,
    JSON.stringify(fresh),
    now,
  ]);
  const alert = { alertId, count: 1, openedAt: now, errors: fresh };
  await say(client, rule, alert, "alert.opened", summary, now, consoleUrl);
}

async function follow(
  client: pg.PoolClient,
  rule: Rule,
  alert: Kept,
  step: Step,
  finding: Finding,
  now: Date,
  consoleUrl: string | null,
): Promise<void> {
  const told = alert.told + (step.tell ? 1 : 0);
  await client.query(CHANGE_ALERT, [
    alert.id,
    // Afterwards it is to be read what was wrong, and not what was well again.
    finding.holds ? finding.summary : null,
    JSON.stringify(step.errors),
    step.clearSince,
    step.resolvedAt,
    step.tell ? now : alert.lastToldAt,
    told,
    step.unseen,
  ]);
  if (!step.tell) return;
  const about = { alertId: alert.id, count: told, openedAt: alert.openedAt, errors: step.errors };
  await say(client, rule, about, step.tell, finding.summary, now, consoleUrl);
}

/** Looks at one rule, in its transaction: what changes of its alert and what is told stand or fall together. */
async function evaluate(
  client: pg.PoolClient,
  rule: Rule,
  now: Date,
  consoleUrl: string | null,
): Promise<void> {
  const { rows } = await client.query<Kept>(OPEN_ALERT, [rule.id]);
  const [alert] = rows;
  const finding = await find(client, rule, now, alert?.errors ?? []);
  if (alert) {
    const step = nextStep(alert, finding, now, rule.repeatMinutes);
    await follow(client, rule, alert, step, finding, now, consoleUrl);
  } else if (finding.holds) await raise(client, rule, finding, now, consoleUrl);
  await client.query(NOTE_EVALUATION, [rule.id, now, new Date(now.getTime() + EVALUATE_EVERY_MS)]);
}

/**
 * Looks at every rule that is due at `now` (the database's clock when left out). Any number of workers share the
 * rules: each is held by whoever looks at it.
 */
export async function evaluateAlerts(
  { pool, outbound, logger, stopping }: ChoreContext,
  moment?: Date,
): Promise<void> {
  const now = moment ?? (await pool.query<{ now: Date }>("SELECT now() AS now")).rows[0]?.now ?? new Date();
  for (let more = true; more && !stopping.aborted; ) {
    let taken: Rule | undefined;
    try {
      more = await inTransaction(pool, async (client) => {
        const { rows } = await client.query<Rule>(TAKE_DUE_RULE, [now]);
        taken = rows[0];
        if (taken) await evaluate(client, taken, now, outbound.consoleUrl);
        return taken !== undefined;
      });
    } catch (error) {
      if (!taken) throw error;
      logger.warn({ err: error, ruleId: taken.id }, "an alert's rule could not be looked at; putting it off");
      await pool.query(PUT_OFF_RULE, [taken.id, new Date(now.getTime() + PUT_OFF_MS)]);
    }
  }
}

/** Puts away alerts that are long over. */
export async function tidyAlerts({ pool }: ChoreContext): Promise<void> {
  await pool.query(FORGET_ALERTS, [SWEPT, KEPT_DAYS]);
}
