import { z } from "zod";
import { decodeCursor, toPage } from "#lib/api/page.ts";
import { defineQuery } from "#lib/command/define.ts";
import { type AlertRuleKind, EVALUATION_LATE_MS } from "#lib/contract/alerts.ts";
import type { Prisma, Transaction } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { type Masker, readMasker } from "#lib/jobs/queries.ts";
import type { AlertFilters, AlertRuleView, AlertView, OpenAlertsView } from "./schema.ts";

export type RuleRow = Prisma.AlertRuleGetPayload<object>;
type AlertRow = Prisma.AlertGetPayload<object>;
/** A rule has one open alert at most, and an endpoint too: this is more than there can be. */
const SHOWN_OPEN = 50;

/** Whether nobody has looked at the rule although somebody should have. */
const isLate = ({ enabled, evaluatedAt, updatedAt }: RuleRow, now: number): boolean =>
  enabled && now - Math.max(evaluatedAt?.getTime() ?? 0, updatedAt.getTime()) > EVALUATION_LATE_MS;

/** What is shown of stored rules. */
export async function toRuleViews(
  tx: Transaction,
  tenantId: string,
  rows: readonly RuleRow[],
): Promise<AlertRuleView[]> {
  const open = await tx.alert.findMany({
    where: { tenantId, resolvedAt: null, ruleId: { in: rows.map(({ id }) => id) } },
    select: { ruleId: true },
  });
  const alerting = new Set(open.map(({ ruleId }) => ruleId));
  const now = Date.now();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    kind: row.kind as AlertRuleKind,
    threshold: row.threshold,
    windowMinutes: row.windowMinutes,
    maxAgeHours: row.maxAgeHours,
    quietDays: row.quietDays,
    repeatMinutes: row.repeatMinutes,
    enabled: row.enabled,
    evaluatedAt: row.evaluatedAt?.toISOString() ?? null,
    late: isLate(row, now),
    alerting: alerting.has(row.id),
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdByLabel,
    version: row.version,
  }));
}

/** An alert as it is shown: error messages masked as with the jobs that died. */
export const toAlertView = (row: AlertRow, masker: Masker): AlertView => ({
  id: row.id,
  ruleId: row.ruleId,
  endpointId: row.endpointId,
  kind: row.kind as AlertView["kind"],
  name: row.name,
  summary: row.summary,
  errors: (row.errors as AlertView["errors"]).map((error) => ({
    ...error,
    message: masker.text(error.message),
  })),
  openedAt: row.openedAt.toISOString(),
  resolvedAt: row.resolvedAt?.toISOString() ?? null,
  acknowledgedAt: row.acknowledgedAt?.toISOString() ?? null,
  acknowledgedBy: row.acknowledgedBy,
  snoozedUntil:
    row.snoozedUntil && row.snoozedUntil.getTime() > Date.now() ? row.snoozedUntil.toISOString() : null,
  lastToldAt: row.lastToldAt?.toISOString() ?? null,
});

type PageInput = { limit: number; cursor?: string | undefined };
const cursorParts = [z.iso.datetime(), z.uuid()] as const;

/** One page of rules, newest first. */
export const listAlertRules = defineQuery("tenant.read", async ({ tx, actor }, input: PageInput) => {
  const tenantId = actor.tenant.id;
  const after = decodeCursor(input.cursor, cursorParts);
  const older = after && {
    OR: [{ createdAt: { lt: after[0] } }, { createdAt: after[0], id: { lt: after[1] } }],
  };
  const rows = await tx.alertRule.findMany({
    where: { tenantId, ...older },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: input.limit + 1,
  });
  const views = new Map((await toRuleViews(tx, tenantId, rows)).map((view) => [view.id, view]));
  return toPage(
    rows,
    input.limit,
    (row) => [row.createdAt.toISOString(), row.id],
    (row) => views.get(row.id) as AlertRuleView,
  );
});

/** Throws `not_found`. */
export async function readRule(tx: Transaction, tenantId: string, id: string): Promise<RuleRow> {
  const row = await tx.alertRule.findFirst({ where: { id, tenantId } });
  if (!row) throw notFound("alert rule");
  return row;
}

/** One rule. Throws `not_found`. */
export const getAlertRule = defineQuery("tenant.read", async ({ tx, actor }, input: { id: string }) => {
  const row = await readRule(tx, actor.tenant.id, input.id);
  const [view] = await toRuleViews(tx, actor.tenant.id, [row]);
  return view as AlertRuleView;
});

/** One page of alerts, the latest first. */
export const listAlerts = defineQuery(
  "tenant.read",
  async ({ tx, actor }, input: PageInput & AlertFilters) => {
    const after = decodeCursor(input.cursor, cursorParts);
    const older = after && {
      OR: [{ openedAt: { lt: after[0] } }, { openedAt: after[0], id: { lt: after[1] } }],
    };
    const state = input.state && { resolvedAt: input.state === "open" ? null : { not: null } };
    const rows = await tx.alert.findMany({
      where: { tenantId: actor.tenant.id, ...state, ...older },
      orderBy: [{ openedAt: "desc" }, { id: "desc" }],
      take: input.limit + 1,
    });
    const masker = await readMasker(tx, actor.tenant.id);
    return toPage(
      rows,
      input.limit,
      (row) => [row.openedAt.toISOString(), row.id],
      (row) => toAlertView(row, masker),
    );
  },
);

/** What is open now, and whether anybody is looking. */
export const getOpenAlerts = defineQuery("tenant.read", async ({ tx, actor }): Promise<OpenAlertsView> => {
  const tenantId = actor.tenant.id;
  const open = await tx.alert.findMany({
    where: { tenantId, resolvedAt: null },
    orderBy: [{ openedAt: "desc" }, { id: "desc" }],
    take: SHOWN_OPEN,
  });
  const rules = await tx.alertRule.findMany({ where: { tenantId, enabled: true } });
  const masker = await readMasker(tx, tenantId);
  const now = Date.now();
  const looks = rules.flatMap(({ evaluatedAt }) => (evaluatedAt ? [evaluatedAt.getTime()] : []));
  return {
    alerts: open.map((row) => toAlertView(row, masker)),
    rules: rules.length,
    evaluatedAt: looks.length > 0 ? new Date(Math.min(...looks)).toISOString() : null,
    late: rules.some((rule) => isLate(rule, now)),
  };
});
