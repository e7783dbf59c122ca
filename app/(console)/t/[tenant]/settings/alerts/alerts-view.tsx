"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { DataTable } from "#components/table/data-table.tsx";
import { Pager } from "#components/table/pager.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import { LinkButton, TextLink } from "#components/ui/link-button.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { MAX_RULES, ruleText, USUAL_RULES } from "#lib/alerts/rules.ts";
import type { AlertRuleView, AlertView, OpenAlertsView } from "#lib/alerts/schema.ts";
import { api, type Page } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";
import type { EndpointView } from "#lib/webhooks/schema.ts";
import { OpenAlerts } from "../../open-alerts.tsx";
import { EndpointStatus } from "../webhooks/endpoint-status.tsx";
import { endpointName } from "../webhooks/webhook-columns.tsx";
import { pastColumns } from "./past-columns.tsx";
import { type RuleAction, ruleColumns } from "./rule-columns.tsx";

// Only those who may change something, and do, need a form.
const RulePanel = fetchedAhead(() => import("./rule-panel.tsx").then((module) => module.RulePanel));

type Props = {
  tenant: string;
  role: Role;
  cursor: string | null;
  /** The endpoints that are told of alerts. */
  told: readonly EndpointView[];
  initial: { rules: AlertRuleView[]; open: OpenAlertsView; past: Page<AlertView> };
};
type Open = { action: RuleAction | "add"; rule: AlertRuleView | null };

/** What dead letters raise an alert, who is told, what is open and what was. */
export function AlertsView({ tenant, role, cursor, told, initial }: Props) {
  const client = useQueryClient();
  const base = `/tenants/${encodeURIComponent(tenant)}`;
  const path = `${base}/alert-rules`;
  const rulesQuery = useQuery({
    queryKey: ["alert-rules", tenant],
    queryFn: async ({ signal }) =>
      (await api.page<AlertRuleView>(path, { query: { limit: 100 }, signal })).data,
    initialData: initial.rules,
    refetchInterval: 10_000,
  });
  const past = useQuery({
    queryKey: ["alerts", tenant, "past", cursor],
    queryFn: ({ signal }) =>
      api.page<AlertView>(`${base}/alerts`, { query: { state: "resolved", cursor, limit: 25 }, signal }),
    initialData: initial.past,
  });
  const [open, setOpen] = useState<Open | null>(null);
  const [adding, setAdding] = useState(false);
  const refusal = whyNot(role, "key.manage");
  const refresh = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ["alert-rules", tenant] }),
      client.invalidateQueries({ queryKey: ["alerts", tenant] }),
    ]);
  const enable = async (rule: AlertRuleView) => {
    try {
      await api.patch(`${path}/${rule.id}`, { enabled: true, version: rule.version });
      toast.success(`${rule.name} is looked at again`);
    } catch (error) {
      toast.error(error, "Not enabled");
    }
    await refresh();
  };
  const list = useRef<HTMLDivElement>(null);
  const added = useRef(false);
  const some = rulesQuery.data.length > 0;
  // The button that added the usual rules is gone then; who uses the keyboard goes on from the rules.
  useEffect(() => {
    if (some && added.current) list.current?.focus();
    added.current = false;
  }, [some]);
  const addUsual = async () => {
    setAdding(true);
    added.current = true;
    try {
      for (const rule of USUAL_RULES) await api.post(path, rule);
      toast.success("Three rules added");
    } catch (error) {
      toast.error(error, "Not all were added");
    }
    await refresh();
    setAdding(false);
  };
  const act = (action: RuleAction, rule: AlertRuleView) => {
    if (action === "enable") void enable(rule);
    else setOpen({ action, rule });
  };
  const latest = useRef(act);
  latest.current = act;
  const columns = useMemo(
    () => ruleColumns({ refusal, onAct: (action, rule) => latest.current(action, rule) }),
    [refusal],
  );
  const rules = rulesQuery.data;
  const full = rules.length >= MAX_RULES ? `A tenant can have ${MAX_RULES} alert rules at most.` : null;
  const add = (
    <Button
      icon={<Plus aria-hidden size={14} />}
      variant={rules.length > 0 ? "primary" : "secondary"}
      disabledReason={refusal ?? full}
      onClick={() => setOpen({ action: "add", rule: null })}
    >
      Add alert rule
    </Button>
  );
  const ending = open?.action === "disable" || open?.action === "delete" ? open.action : null;
  const rule = open?.rule ?? null;
  return (
    <>
      <PageHeader
        up={{ href: paths.settings(tenant), label: "Settings" }}
        title="Alerts"
        description="Who is woken when dead letters pile up, are forgotten, or bring a new error."
        actions={rules.length > 0 ? add : null}
      />
      <ErrorNotice error={rulesQuery.error} />
      <OpenAlerts tenant={tenant} role={role} initial={initial.open} />
      {rules.length > 0 ? (
        <>
          <div ref={list} tabIndex={-1} className="outline-none">
            <Section title="Rules">
              <DataTable label="Alert rules" rows={rules} columns={columns} rowId={({ id }) => id} />
            </Section>
          </div>
          <Section
            title="Who is told"
            actions={
              <LinkButton size="small" href={paths.webhooks(tenant)}>
                Manage webhooks
              </LinkButton>
            }
          >
            <Told tenant={tenant} told={told} />
          </Section>
          <Section title="Past alerts">
            <ErrorNotice error={past.error} />
            {past.data.data.length > 0 ? (
              <DataTable
                label="Past alerts"
                rows={past.data.data}
                columns={pastColumns}
                rowId={({ id }) => id}
              />
            ) : (
              <p className="border-y py-3 text-muted">None in the last 90 days.</p>
            )}
            <Pager nextCursor={past.data.nextCursor} />
          </Section>
        </>
      ) : (
        <EmptyState
          title="No alert rules yet"
          body="A rule looks at the dead letters twice a minute. It says once that something began, reminds until somebody acknowledges it, and says once that it is over. With no jobs it is silent."
          action={
            <div className="flex flex-wrap gap-2">
              <Button variant="primary" loading={adding} disabledReason={refusal} onClick={addUsual}>
                Add the usual three rules
              </Button>
              {add}
            </div>
          }
        >
          <ul className="list-disc pl-5 text-muted">
            {USUAL_RULES.map((usual) => (
              <li key={usual.name}>
                {ruleText({
                  threshold: null,
                  windowMinutes: null,
                  maxAgeHours: null,
                  quietDays: null,
                  ...usual,
                })}
              </li>
            ))}
          </ul>
        </EmptyState>
      )}
      {open?.action === "add" || open?.action === "edit" ? (
        <RulePanel
          tenant={tenant}
          rule={open.action === "edit" ? rule : null}
          onClose={() => setOpen(null)}
          onSaved={(saved) => {
            setOpen(null);
            toast.success(`${saved.name} saved`);
            void refresh();
          }}
        />
      ) : null}
      <ConfirmDialog
        open={ending !== null}
        onClose={() => setOpen(null)}
        title={`${ending === "delete" ? "Delete" : "Disable"} ${rule?.name ?? "rule"}?`}
        blastRadius={
          ending === "delete"
            ? "Nobody is told of this any more. Its alerts, also past ones, go with it."
            : rule?.alerting
              ? "Nobody is told of this any more, and its open alert ends without a message."
              : "Nobody is told of this until the rule is enabled again."
        }
        confirmLabel={ending === "delete" ? "Delete rule" : "Disable rule"}
        onConfirm={async () => {
          if (!rule) return;
          if (ending === "delete") await api.delete(`${path}/${rule.id}`, { ifMatch: rule.version });
          else await api.patch(`${path}/${rule.id}`, { enabled: false, version: rule.version });
          await refresh();
          toast.success(`${rule.name} ${ending === "delete" ? "deleted" : "disabled"}`);
        }}
      />
    </>
  );
}

function Told({ tenant, told }: { tenant: string; told: readonly EndpointView[] }) {
  if (told.length === 0) {
    return (
      <Notice tone="warn" title="Nobody is told">
        Alerts are seen in this console only. <TextLink href={paths.webhooks(tenant)}>Add a webhook</TextLink>{" "}
        for a Slack channel or a service of yours that is told of alerts.
      </Notice>
    );
  }
  return (
    <ul className="border-t">
      {told.map((endpoint) => (
        <li key={endpoint.id} className="flex flex-wrap items-center gap-x-3 border-b py-2">
          <EndpointStatus endpoint={endpoint} />
          <TextLink href={paths.webhook(tenant, endpoint.id)}>{endpointName(endpoint)}</TextLink>
          {endpoint.description ? (
            <span className="truncate font-mono text-muted text-xs">{endpoint.url}</span>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
