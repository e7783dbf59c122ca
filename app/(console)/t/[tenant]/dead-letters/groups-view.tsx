"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { DataTable } from "#components/table/data-table.tsx";
import { FilterBar } from "#components/table/filter-bar.tsx";
import { Pager } from "#components/table/pager.tsx";
import { Button, IconButton } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import type { OpenAlertsView } from "#lib/alerts/schema.ts";
import { api, type Page } from "#lib/api/client.ts";
import { jobsText } from "#lib/dead-letters/rules.ts";
import type { DeadLetterGroup, DeadLetterSummary, RunAction } from "#lib/dead-letters/schema.ts";
import { countOf } from "#lib/overview/rules.ts";
import { paths } from "#lib/paths.ts";
import { OpenAlerts } from "../open-alerts.tsx";
import { DeadLettersTabs } from "./dead-letters-tabs.tsx";
import { groupColumns } from "./group-columns.tsx";
import { OpenRuns } from "./open-runs.tsx";

const RequeueDialog = fetchedAhead(() =>
  import("./requeue-dialog.tsx").then((module) => module.RequeueDialog),
);

/** The server takes no more groups in one selection. */
const MOST_CHOSEN = 100;

export type GroupFilters = { q: string; function: string; sort: string; cursor: string };
export type GroupsData = { page: Page<DeadLetterGroup>; summary: DeadLetterSummary };

type Props = {
  tenant: string;
  role: Role;
  filters: GroupFilters;
  functions: readonly string[];
  initial: GroupsData & { alerts: OpenAlertsView };
};

const SORTS = [
  { value: "", label: "Latest first" },
  { value: "dead", label: "Most jobs first" },
  { value: "first_seen", label: "Newest cause first" },
];

/** Dead jobs by what went wrong: which cause is worst, since when, and where; and a way back for all of it at once. */
export function GroupsView({ tenant, role, filters, functions, initial }: Props) {
  const path = `/tenants/${encodeURIComponent(tenant)}/dead-letters`;
  const { data, error } = useQuery({
    queryKey: ["dead-letters", tenant, filters],
    queryFn: async ({ signal }): Promise<GroupsData> => {
      const { q, function: name, sort, cursor } = filters;
      const [page, summary] = await Promise.all([
        api.page<DeadLetterGroup>(`${path}/groups`, {
          query: { q, function: name, sort, cursor, limit: 25 },
          signal,
        }),
        api.get<DeadLetterSummary>(`${path}/summary`, { query: { q, function: name }, signal }),
      ]);
      return { page, summary };
    },
    initialData: initial,
    placeholderData: keepPreviousData,
    refetchInterval: 3_000,
  });
  const [chosen, setChosen] = useState<ReadonlyMap<string, number>>(new Map());
  const [acting, setActing] = useState<RunAction | null>(null);
  const refusal = whyNot(role, "job.act");
  const rows = data.page.data;
  const known = useMemo(() => new Map(rows.map(({ fingerprint, dead }) => [fingerprint, dead])), [rows]);
  const toggle = useCallback(
    (fingerprint: string) =>
      setChosen((before) => {
        const next = new Map(before);
        if (!next.delete(fingerprint)) next.set(fingerprint, known.get(fingerprint) ?? 0);
        return next;
      }),
    [known],
  );
  const columns = useMemo(
    () => groupColumns(refusal === null ? { has: (fingerprint) => chosen.has(fingerprint), toggle } : null),
    [chosen, toggle, refusal],
  );
  const functionOptions = useMemo(() => {
    const names = new Set(functions);
    if (filters.function) names.add(filters.function);
    return [
      { value: "", label: "Every function" },
      ...[...names].sort().map((name) => ({ value: name, label: name })),
    ];
  }, [functions, filters.function]);
  const narrowed = filters.q !== "" || filters.function !== "";
  const { summary } = data;
  const fingerprints = [...chosen.keys()];
  const jobs = fingerprints.reduce((sum, each) => sum + (known.get(each) ?? chosen.get(each) ?? 0), 0);
  return (
    <>
      <PageHeader
        title="Dead letters"
        description="Jobs whose attempts are used up, grouped by what went wrong. They wait here until somebody requeues or discards them."
        actions={
          <LinkButton href={paths.jobs(tenant, { state: "dead" })} prefetch={false}>
            See them one by one
          </LinkButton>
        }
      />
      <DeadLettersTabs tenant={tenant} current="Groups" />
      <OpenAlerts tenant={tenant} role={role} initial={initial.alerts} />
      <OpenRuns tenant={tenant} />
      {error ? (
        <div className="mb-3">
          <ErrorNotice error={error} />
        </div>
      ) : null}
      {rows.length === 0 && !narrowed && filters.cursor === "" ? (
        <EmptyState
          title="No dead letters"
          body="No job has used up its attempts. One that does waits here, beside the others with the same error, for somebody to requeue or discard it."
          action={<LinkButton href={paths.jobs(tenant)}>See all jobs</LinkButton>}
        />
      ) : (
        <>
          <FilterBar
            search="Search by message or function"
            filters={[
              { name: "function", label: "Function", options: functionOptions },
              { name: "sort", label: "Sort", options: SORTS },
            ]}
          />
          {rows.length > 0 ? (
            <DataTable
              label="Groups of dead letters"
              rows={rows}
              columns={columns}
              rowId={({ fingerprint }) => fingerprint}
              rowHref={({ fingerprint }) => paths.deadLetterGroup(tenant, fingerprint)}
              linkColumn="error"
            />
          ) : (
            <EmptyState
              title="No group matches"
              body="The search looks into error messages; a function is looked for by its whole name."
              action={<LinkButton href={paths.deadLetters(tenant)}>See all groups</LinkButton>}
            />
          )}
          <Pager
            nextCursor={data.page.nextCursor}
            summary={`${countOf(summary.groups, "group")}, ${jobsText(summary.dead)}`}
          />
        </>
      )}
      {fingerprints.length > 0 ? (
        <section
          aria-label="Chosen groups"
          className="sticky bottom-3 z-20 mt-3 flex flex-wrap items-center gap-2 rounded-lg border bg-raised px-3 py-2 shadow-popup"
        >
          <p role="status" className="mr-auto font-medium tabular-nums">
            {fingerprints.length === 1 ? "1 group" : `${fingerprints.length} groups`}, {jobsText(jobs)}
          </p>
          <Button
            size="small"
            disabledReason={
              fingerprints.length > MOST_CHOSEN ? `At most ${MOST_CHOSEN} groups at once.` : null
            }
            onClick={() => setActing("discard")}
          >
            Discard {jobs.toLocaleString("en")}…
          </Button>
          <Button
            size="small"
            variant="primary"
            disabledReason={
              fingerprints.length > MOST_CHOSEN ? `At most ${MOST_CHOSEN} groups at once.` : null
            }
            onClick={() => setActing("requeue")}
          >
            Requeue {jobs.toLocaleString("en")}…
          </Button>
          <IconButton
            label="Choose none"
            size="small"
            icon={<X aria-hidden size={14} />}
            onClick={() => setChosen(new Map())}
          />
        </section>
      ) : null}
      {acting ? (
        <RequeueDialog
          tenant={tenant}
          action={acting}
          selection={{ by: "groups", fingerprints }}
          onClose={() => setActing(null)}
        />
      ) : null}
    </>
  );
}
