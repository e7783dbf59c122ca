import { z } from "zod";
import {
  acknowledgeAlert,
  createAlertRule,
  deleteAlertRule,
  editAlertRule,
  snoozeAlert,
} from "#lib/alerts/commands.ts";
import { getAlertRule, getOpenAlerts, listAlertRules, listAlerts } from "#lib/alerts/queries.ts";
import {
  acknowledgementSchema,
  alertFilters,
  alertRuleSchema,
  alertSchema,
  editedAlertRuleSchema,
  newAlertRuleSchema,
  openAlertsSchema,
  snoozeSchema,
} from "#lib/alerts/schema.ts";
import { type Endpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf, pageOf, pageQuery } from "../page.ts";
import { editedVersion } from "./routes.ts";

const idOf = (params: Record<string, string>) => ({ id: params.id as string });

export const alertEndpoints: Endpoint[] = [
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/alert-rules",
    summary: "List the rules by which dead letters raise an alert",
    query: z.strictObject(pageQuery),
    response: pageOf(alertRuleSchema),
    handle: ({ actor, query }) => listAlertRules(actor, query),
  }),
  tenantEndpoint("key.manage", {
    method: "POST",
    path: "/tenants/{tenant}/alert-rules",
    summary: "Add a rule: growth, age of the oldest, or a new error",
    body: newAlertRuleSchema,
    response: dataOf(alertRuleSchema),
    status: 201,
    handle: async ({ actor, body }) => ({ data: await createAlertRule(actor, body) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/alert-rules/{id}",
    summary: "Read one rule",
    response: dataOf(alertRuleSchema),
    handle: async ({ actor, params }) => ({ data: await getAlertRule(actor, idOf(params)) }),
  }),
  tenantEndpoint("key.manage", {
    method: "PATCH",
    path: "/tenants/{tenant}/alert-rules/{id}",
    summary: "Change a rule, disable or enable it",
    body: editedAlertRuleSchema,
    response: dataOf(alertRuleSchema),
    async handle({ actor, params, body, ifMatch }) {
      const version = editedVersion(body.version, ifMatch);
      return { data: await editAlertRule(actor, { ...body, ...idOf(params), version }) };
    },
  }),
  tenantEndpoint("key.manage", {
    method: "DELETE",
    path: "/tenants/{tenant}/alert-rules/{id}",
    summary: "Delete a rule and its alerts",
    response: z.void(),
    status: 204,
    handle: ({ actor, params, ifMatch }) =>
      deleteAlertRule(actor, {
        ...idOf(params),
        version: ifMatch === null ? null : editedVersion(undefined, ifMatch),
      }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/alerts",
    summary: "List alerts, the latest first",
    query: z.strictObject({ ...pageQuery, ...alertFilters }),
    response: pageOf(alertSchema),
    handle: ({ actor, query }) => listAlerts(actor, query),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/alerts/open",
    summary: "What is open now, and whether the rules are being looked at",
    response: dataOf(openAlertsSchema),
    handle: async ({ actor }) => ({ data: await getOpenAlerts(actor, undefined) }),
  }),
  tenantEndpoint("job.act", {
    method: "POST",
    path: "/tenants/{tenant}/alerts/{id}/acknowledge",
    summary: "Say that somebody has seen an alert: no more reminders",
    body: acknowledgementSchema,
    response: dataOf(alertSchema),
    handle: async ({ actor, params }) => ({ data: await acknowledgeAlert(actor, idOf(params)) }),
  }),
  tenantEndpoint("job.act", {
    method: "POST",
    path: "/tenants/{tenant}/alerts/{id}/snooze",
    summary: "Silence an alert's reminders for a while",
    body: snoozeSchema,
    response: dataOf(alertSchema),
    handle: async ({ actor, params, body }) => ({
      data: await snoozeAlert(actor, { ...idOf(params), ...body }),
    }),
  }),
];
