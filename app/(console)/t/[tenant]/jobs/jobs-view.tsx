"use client";
import { Pause, Play } from "lucide-react";
import { useMemo } from "react";
import { DataTable } from "#components/table/data-table.tsx";
import { FilterBar } from "#components/table/filter-bar.tsx";
import { Pager } from "#components/table/pager.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { JOB_STATES } from "#lib/contract/jobs.ts";
import { countOf } from "#lib/overview/rules.ts";
import { paths } from "#lib/paths.ts";
import { JOB_COLUMNS } from "./job-columns.tsx";
import { JobRepairs } from "./job-repairs.tsx";
import { type JobListData, type JobListFilters, useJobList } from "./use-job-list.ts";

type Props = {
  tenant: string;
  filters: JobListFilters;
  functions: readonly string[];
  initial: JobListData;
};

const sentenceCase = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

const STATE_OPTIONS = [
  { value: "", label: "Every state" },
  ...JOB_STATES.map((state) => ({ value: state, label: sentenceCase(state) })),
];

/** Jobs, newest first and live; with `state=dead` the dead letters. */
export function JobsView({ tenant, filters, functions, initial }: Props) {
  const list = useJobList(tenant, filters, initial);
  const dead = filters.state === "dead";
  const narrowed = filters.function !== "" || filters.q !== "" || (filters.state !== "" && !dead);
  const functionOptions = useMemo(() => {
    const names = new Set(functions);
    if (filters.function) names.add(filters.function);
    return [
      { value: "", label: "Every function" },
      ...[...names].sort().map((name) => ({ value: name, label: name })),
    ];
  }, [functions, filters.function]);
  const summary = countOf(list.count, dead ? "dead letter" : "job");
  const untouched = list.rows.length === 0 && !narrowed && !dead && filters.cursor === "";
  return (
    <>
      <PageHeader
        title={dead ? "Dead letters" : "Jobs"}
        description={
          dead
            ? "Jobs whose attempts are used up. They wait here until somebody retries or discards them."
            : "Work that routes and handlers handed over. Delivery is at least once, in no promised order."
        }
      />
      <JobRepairs slug={tenant} />
      {untouched ? (
        <NoJobs tenant={tenant} />
      ) : (
        <>
          <FilterBar
            search="Job or request ID"
            filters={[
              { name: "state", label: "State", options: STATE_OPTIONS },
              { name: "function", label: "Function", options: functionOptions },
            ]}
          >
            <Liveness list={list} />
          </FilterBar>
          {list.error ? (
            <div className="mb-3">
              <ErrorNotice error={list.error} />
            </div>
          ) : null}
          {list.rows.length > 0 ? (
            <div onPointerEnter={() => list.hold(true)} onPointerLeave={() => list.hold(false)}>
              <DataTable
                label={dead ? "Dead letters" : "Jobs"}
                rows={list.rows}
                columns={JOB_COLUMNS}
                rowId={({ id }) => id}
                rowHref={({ id }) => paths.job(tenant, id)}
                linkColumn="function"
              />
            </div>
          ) : (
            <NoMatch tenant={tenant} dead={dead && !narrowed} further={filters.cursor !== ""} />
          )}
          <Pager nextCursor={list.nextCursor} summary={summary} />
        </>
      )}
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

function NoMatch({ tenant, dead, further }: { tenant: string; dead: boolean; further: boolean }) {
  if (further) {
    return (
      <EmptyState
        title="Nothing further"
        body="The jobs that were on this page have moved on."
        action={<LinkButton href={paths.jobs(tenant)}>First page</LinkButton>}
      />
    );
  }
  return dead ? (
    <EmptyState
      title="No dead letters"
      body="No job has used up its attempts. One that does waits here for somebody to retry or discard it."
      action={<LinkButton href={paths.jobs(tenant)}>See all jobs</LinkButton>}
    />
  ) : (
    <EmptyState
      title="No job matches"
      body="A job or request ID is looked for whole. State and function must both fit."
      action={<LinkButton href={paths.jobs(tenant)}>See all jobs</LinkButton>}
    />
  );
}
