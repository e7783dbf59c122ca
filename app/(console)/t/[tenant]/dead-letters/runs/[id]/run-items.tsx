"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Column, DataTable } from "#components/table/data-table.tsx";
import { FilterBar } from "#components/table/filter-bar.tsx";
import { Pager } from "#components/table/pager.tsx";
import { type Status, StatusBadge } from "#components/ui/badge.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { api, type Page } from "#lib/api/client.ts";
import { isMoving, itemText, leavesJobs } from "#lib/dead-letters/rules.ts";
import type { Run, RunItem } from "#lib/dead-letters/schema.ts";
import { paths } from "#lib/paths.ts";

type Kind = Pick<Run, "action" | "state">;

const look = (item: RunItem, run: Kind): { status: Status; word?: string } => {
  if (item.outcome === "waiting")
    return leavesJobs(run) ? { status: "dead", word: "Left alone" } : { status: "waiting" };
  if (item.outcome === "skipped") return { status: "disabled", word: "Skipped" };
  if (item.outcome === "failed") return { status: "failed" };
  if (run.action === "discard") return { status: "discarded" };
  if (item.verdict === "succeeded") return { status: "succeeded" };
  if (item.verdict === "died") return { status: "dead", word: "Died again" };
  if (item.verdict === "cancelled") return { status: "cancelled" };
  if (item.verdict === "deleted") return { status: "removed", word: "Deleted" };
  return { status: "queued", word: "Requeued" };
};

function columnsOf(run: Kind): Column<RunItem>[] {
  return [
    {
      id: "outcome",
      header: "Outcome",
      phone: "lead",
      cell: (item) => (
        <span className="inline-block sm:w-28">
          <StatusBadge {...look(item, run)} />
        </span>
      ),
    },
    {
      id: "job",
      header: "Job",
      mono: true,
      phone: "lead",
      cell: ({ jobId }) => <span title={jobId}>…{jobId.slice(-12)}</span>,
    },
    {
      id: "function",
      header: "Function",
      cell: (item) => item.function || <span className="text-muted">–</span>,
    },
    {
      id: "what",
      header: "What happened",
      grow: true,
      cell: (item) => {
        const text = itemText(item, run);
        return (
          <span title={text} className="max-sm:whitespace-normal">
            {text}
            {item.byAt ? (
              <span className="text-muted">
                , <RelativeTime at={item.byAt} />
              </span>
            ) : null}
          </span>
        );
      },
    },
    {
      id: "at",
      header: "When",
      cell: ({ at }) => <RelativeTime at={at} none={leavesJobs(run) ? "not at all" : "not yet"} />,
    },
  ];
}

type Props = {
  tenant: string;
  run: Run;
  /** When `run` was read, in Unix milliseconds: what is listed must not be older than its counts. */
  runReadAt: number;
  view: string;
  cursor: string;
  initial: Page<RunItem>;
};

/** What became of each job of a run; every skip and failure with its reason. */
export function RunItems({ tenant, run, runReadAt, view, cursor, initial }: Props) {
  const { data, error } = useQuery({
    queryKey: ["dead-letter-run", tenant, run.id, "items", view, cursor],
    queryFn: ({ signal }) =>
      api.page<RunItem>(`/tenants/${encodeURIComponent(tenant)}/dead-letters/runs/${run.id}/items`, {
        query: { view, cursor, limit: 25 },
        signal,
      }),
    initialData: initial,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => {
      if (isMoving(run)) return 2_000;
      return state.dataUpdatedAt < runReadAt ? 200 : false;
    },
  });
  const { action, state } = run;
  const columns = useMemo(() => columnsOf({ action, state }), [action, state]);
  const amount = (word: string, count: number) => `${word} (${count.toLocaleString("en")})`;
  const requeues = action === "requeue";
  const options = [
    { value: "", label: amount("Every outcome", run.total) },
    { value: "done", label: amount(requeues ? "Requeued" : "Discarded", run.done) },
    { value: "skipped", label: amount("Skipped", run.skipped) },
    { value: "failed", label: amount("Failed", run.failed) },
    {
      value: "waiting",
      label: amount(
        leavesJobs(run) ? "Left alone" : "Waiting",
        run.total - run.done - run.skipped - run.failed,
      ),
    },
    ...(requeues
      ? [
          { value: "succeeded", label: amount("Succeeded since", run.succeeded) },
          { value: "died", label: amount("Died again", run.died) },
          { value: "returned", label: amount("Same error again", run.returned) },
        ]
      : []),
  ];
  return (
    <Section title="Jobs">
      <FilterBar filters={[{ name: "view", label: "Outcome", options }]} />
      <ErrorNotice error={error} />
      {data.data.length > 0 ? (
        <DataTable
          label="Jobs of this run"
          rows={data.data}
          columns={columns}
          rowId={({ position }) => String(position)}
          rowHref={({ jobId }) => paths.job(tenant, jobId)}
          linkColumn="job"
        />
      ) : (
        <p className="border-y py-3 text-muted">
          {view ? "No job has this outcome." : "This run has no job."}
        </p>
      )}
      <Pager nextCursor={data.nextCursor} />
    </Section>
  );
}
