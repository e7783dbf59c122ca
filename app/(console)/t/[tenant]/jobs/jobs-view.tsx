"use client";
import { ListFilter, Pause, Play } from "lucide-react";
import { useMemo, useState } from "react";
import { DataTable } from "#components/table/data-table.tsx";
import { FilterBar } from "#components/table/filter-bar.tsx";
import { Pager } from "#components/table/pager.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import type { JobFilters } from "#lib/jobs/schema.ts";
import { countOf, countText } from "#lib/overview/rules.ts";
import { paths } from "#lib/paths.ts";
import { ChosenJobs } from "./chosen-jobs.tsx";
import { FilterChips } from "./filter-chips.tsx";
import { jobColumns } from "./job-columns.tsx";
import { JobRepairs } from "./job-repairs.tsx";
import {
  FURTHER,
  isNarrowed,
  type JobListFilters,
  SORT_OPTIONS,
  viewOf,
  WITHIN_OPTIONS,
} from "./list-filters.ts";
import { Refusal } from "./refusal.tsx";
import { SavedViews } from "./saved-views.tsx";
import { StateToggles } from "./state-toggles.tsx";
import { useChosen } from "./use-chosen.ts";
import { type JobListData, useJobList } from "./use-job-list.ts";

const RequeueDialog = fetchedAhead(() =>
  import("../dead-letters/requeue-dialog.tsx").then((module) => module.RequeueDialog),
);
const FurtherFilters = fetchedAhead(() =>
  import("./further-filters.tsx").then((module) => module.FurtherFilters),
);

type Props = {
  tenant: { slug: string; role: Role };
  filters: JobListFilters;
  /** Of the route and the key that the list is narrowed to. */
  names: { route?: string | undefined; key?: string | undefined };
  functions: readonly string[];
  /** Null when the server refused to ask this. */
  initial: JobListData | null;
};

/** Jobs, live: narrowed by filters that live in the address, chosen to be acted on, kept as views. */
export function JobsView({ tenant, filters, names, functions, initial }: Props) {
  const list = useJobList(tenant.slug, filters, initial);
  const { chosen, left, toggle, choosePage, clear } = useChosen(list.rows, JSON.stringify(viewOf(filters)));
  const columns = useMemo(() => jobColumns({ chosen, toggle }), [chosen, toggle]);
  const [filtering, setFiltering] = useState(false);
  const functionOptions = useMemo(() => {
    const known = new Set(functions);
    if (filters.function) known.add(filters.function);
    return [
      { value: "", label: "Every function" },
      ...[...known].sort().map((name) => ({ value: name, label: name })),
    ];
  }, [functions, filters.function]);
  const further = FURTHER.filter((name) => filters[name]).length;
  const narrowed = isNarrowed(filters);
  const untouched = list.rows.length === 0 && !narrowed && !filters.cursor && !list.error;
  return (
    <>
      <PageHeader
        title="Jobs"
        description="Work that routes and handlers handed over. Delivery is at least once, in no promised order."
        actions={
          untouched ? null : (
            <>
              {filters.state === "dead" && list.count && list.count.count > 0 ? (
                <RequeueAll tenant={tenant} filters={filters} count={countText(list.count)} />
              ) : null}
              <SavedViews tenant={tenant} filters={filters} />
            </>
          )
        }
      />
      <JobRepairs slug={tenant.slug} />
      {untouched ? (
        <NoJobs tenant={tenant.slug} />
      ) : (
        <>
          <FilterBar
            search="Job or request ID"
            filters={[
              { name: "within", label: "Created", options: WITHIN_OPTIONS, clears: ["from", "to"] },
              { name: "function", label: "Function", options: functionOptions },
              { name: "sort", label: "Order", options: SORT_OPTIONS },
            ]}
            also={["state", ...FURTHER]}
            beside={
              <Button
                icon={<ListFilter aria-hidden size={14} />}
                aria-haspopup="dialog"
                onClick={() => setFiltering(true)}
              >
                {further > 0 ? `More filters (${further})` : "More filters"}
              </Button>
            }
          >
            <Liveness list={list} />
          </FilterBar>
          <StateToggles state={filters.state ?? ""} />
          <FilterChips filters={filters} names={names} />
          {filtering ? (
            <FurtherFilters
              tenant={tenant.slug}
              filters={filters}
              names={names}
              open={filtering}
              onClose={() => setFiltering(false)}
            />
          ) : null}
          {list.error ? (
            <div className="mb-3">
              <Refusal error={list.error} />
            </div>
          ) : null}
          {list.rows.length > 0 ? (
            // biome-ignore lint/a11y/noStaticElementInteractions: it only holds the rows still while somebody is at them
            <div
              onPointerEnter={() => list.hold(true)}
              onPointerLeave={() => list.hold(false)}
              onFocus={() => list.hold(true)}
              onBlur={({ currentTarget, relatedTarget }) =>
                list.hold(currentTarget.contains(relatedTarget as Node | null))
              }
            >
              <DataTable
                label="Jobs"
                rows={list.rows}
                columns={columns}
                rowId={({ id }) => id}
                rowHref={({ id }) => paths.job(tenant.slug, id)}
                linkColumn="function"
              />
            </div>
          ) : list.error ? null : (
            <NoMatch tenant={tenant.slug} filters={filters} />
          )}
          <ChosenJobs tenant={tenant} chosen={chosen} left={left} onChoosePage={choosePage} onClear={clear} />
          <Pager
            nextCursor={list.nextCursor}
            {...(list.count ? { summary: countOf(list.count, "job") } : {})}
          />
        </>
      )}
    </>
  );
}

/** Sends round again what the list shows, all of its pages; the server freezes and counts it first. */
function RequeueAll({ tenant, filters, count }: Pick<Props, "tenant" | "filters"> & { count: string }) {
  const [asking, setAsking] = useState(false);
  const { sort: _, ...narrowing } = viewOf(filters);
  return (
    <>
      <Button disabledReason={whyNot(tenant.role, "job.act")} onClick={() => setAsking(true)}>
        Requeue all {count}…
      </Button>
      {asking ? (
        <RequeueDialog
          tenant={tenant.slug}
          selection={{ by: "filter", filters: narrowing as JobFilters }}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </>
  );
}

function Liveness({ list }: { list: ReturnType<typeof useJobList> }) {
  const { paused, waiting } = list;
  return (
    <>
      <span role="status" className="whitespace-nowrap">
        {waiting > 0 ? `${waiting} new` : ""}
      </span>
      {paused ? (
        <span className="whitespace-nowrap">
          as of <RelativeTime at={list.readAt} />
        </span>
      ) : null}
      <Button
        icon={paused ? <Play aria-hidden size={14} /> : <Pause aria-hidden size={14} />}
        onClick={() => list.setPaused(!paused)}
      >
        {paused ? "Resume" : "Pause"}
        <span className="sr-only"> live updates</span>
      </Button>
    </>
  );
}

function NoJobs({ tenant }: { tenant: string }) {
  return (
    <EmptyState
      title="No job yet"
      body="A route with a job target answers 202 at once and leaves the work to a worker. Handlers can enqueue jobs too. What became of each is told here."
      action={
        <LinkButton variant="primary" href={paths.newRoute(tenant)}>
          Create route
        </LinkButton>
      }
    />
  );
}

function NoMatch({ tenant, filters }: { tenant: string; filters: JobListFilters }) {
  if (filters.cursor) {
    return (
      <EmptyState
        title="Nothing further"
        body="The jobs that were on this page have moved on."
        action={<LinkButton href={paths.jobs(tenant, viewOf(filters))}>First page</LinkButton>}
      />
    );
  }
  if (viewOf(filters).state === "dead" && Object.keys(viewOf(filters)).length === 1) {
    return (
      <EmptyState
        title="No dead job"
        body="No job has used up its attempts. One that does waits for somebody to retry or discard it."
        action={<LinkButton href={paths.jobs(tenant)}>See all jobs</LinkButton>}
      />
    );
  }
  return (
    <EmptyState
      title="No job matches"
      body={`Every filter must fit. A job or request ID and a payload's value are looked for whole.${
        filters.payload && !filters.from && !filters.within
          ? " Payloads were searched in the last 7 days."
          : ""
      }`}
      action={<LinkButton href={paths.jobs(tenant)}>See all jobs</LinkButton>}
    />
  );
}
