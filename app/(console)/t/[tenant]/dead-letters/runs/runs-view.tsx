"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type Column, DataTable } from "#components/table/data-table.tsx";
import { Pager } from "#components/table/pager.tsx";
import { StatusBadge } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { api, type Page } from "#lib/api/client.ts";
import type { Run } from "#lib/dead-letters/schema.ts";
import { paths } from "#lib/paths.ts";
import { DeadLettersTabs } from "../dead-letters-tabs.tsx";
import { RUN_STATUS, runTitle } from "../words.ts";

const COLUMNS: readonly Column<Run>[] = [
  {
    id: "state",
    header: "State",
    phone: "lead",
    cell: (run) => (
      <span className="inline-block sm:w-36">
        <StatusBadge {...RUN_STATUS[run.state]} />
      </span>
    ),
  },
  { id: "what", header: "What", phone: "lead", cell: (run) => runTitle(run) },
  {
    id: "progress",
    header: "Dealt with",
    align: "end",
    cell: ({ done, skipped, failed, total }) => (
      <span className="whitespace-nowrap">
        {(done + skipped + failed).toLocaleString("en")}{" "}
        <span className="text-muted">of {total.toLocaleString("en")}</span>
      </span>
    ),
  },
  {
    id: "skipped",
    header: "Skipped, failed",
    align: "end",
    cell: ({ skipped, failed }) => `${skipped.toLocaleString("en")}, ${failed.toLocaleString("en")}`,
  },
  {
    id: "by",
    header: "By",
    cell: ({ actor }) => <span className="max-sm:wrap-anywhere max-sm:whitespace-normal">{actor}</span>,
  },
  {
    id: "started",
    header: "Started",
    cell: ({ startedAt }) => <RelativeTime at={startedAt} none="not yet" />,
  },
  {
    id: "reason",
    header: "Reason",
    grow: true,
    phone: "hide",
    cell: ({ reason }) => <span title={reason ?? ""}>{reason}</span>,
  },
];

/** What was done about dead letters in bulk, by whom and why. */
export function RunsView({
  tenant,
  cursor,
  initial,
}: {
  tenant: string;
  cursor: string;
  initial: Page<Run>;
}) {
  const { data, error } = useQuery({
    queryKey: ["dead-letter-runs", tenant, "list", cursor],
    queryFn: ({ signal }) =>
      api.page<Run>(`/tenants/${encodeURIComponent(tenant)}/dead-letters/runs`, {
        query: { cursor, limit: 25 },
        signal,
      }),
    initialData: initial,
    placeholderData: keepPreviousData,
    refetchInterval: 3_000,
  });
  return (
    <>
      <PageHeader
        title="Dead letters"
        description="Runs: what was requeued or discarded in bulk, by whom, and what became of each job."
      />
      <DeadLettersTabs tenant={tenant} current="Runs" />
      <ErrorNotice error={error} />
      {data.data.length > 0 ? (
        <>
          <DataTable
            label="Runs"
            rows={data.data}
            columns={COLUMNS}
            rowId={({ id }) => id}
            rowHref={({ id }) => paths.deadLetterRun(tenant, id)}
            linkColumn="what"
          />
          <Pager nextCursor={data.nextCursor} />
        </>
      ) : (
        <EmptyState
          title="No run yet"
          body="A run requeues or discards many dead jobs at once: frozen and counted before, at a speed of your choice, with every skip listed. Choose groups of dead letters to start one."
          action={<LinkButton href={paths.deadLetters(tenant)}>See dead letters</LinkButton>}
        />
      )}
    </>
  );
}
