"use client";
import type { Column } from "#components/table/data-table.tsx";
import { StatusBadge } from "#components/ui/badge.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { durationText } from "#components/ui/relative-time-text.ts";
import { attemptsNow, maxAttemptsNow, workOf } from "#lib/jobs/rules.ts";
import type { JobSummary } from "#lib/jobs/schema.ts";

const between = (from: string, to: string) => Math.max(0, Date.parse(to) - Date.parse(from));

type Choosing = { chosen: ReadonlyMap<string, JobSummary>; toggle: (job: JobSummary) => void };

/** What one sees of a job in a list; `choosing` puts a box to choose it by before its state. */
export const jobColumns = (choosing: Choosing): readonly Column<JobSummary>[] => [
  {
    id: "chosen",
    header: "Chosen",
    hideHeader: true,
    phone: "lead",
    cell: (job) => (
      <label className="relative z-1 grid size-7 cursor-pointer place-items-center">
        <input
          type="checkbox"
          aria-label={`Choose ${workOf(job)}, ${job.id}`}
          checked={choosing.chosen.has(job.id)}
          onChange={() => choosing.toggle(job)}
          className="size-4 cursor-pointer accent-accent"
        />
      </label>
    ),
  },
  ...COLUMNS,
];

const COLUMNS: readonly Column<JobSummary>[] = [
  {
    id: "state",
    header: "State",
    phone: "lead",
    cell: (job) => (
      <span className="inline-block sm:w-24">
        <StatusBadge status={job.state} />
      </span>
    ),
  },
  {
    id: "function",
    header: "Function",
    phone: "lead",
    cell: (job) => (
      <span
        className="inline-block max-w-60 truncate align-middle sm:whitespace-nowrap"
        title={job.pipeline ? `${workOf(job)}, at step ${job.pipeline.step}, ${job.function}` : job.function}
      >
        {workOf(job)}
      </span>
    ),
  },
  { id: "id", header: "Job", cell: (job) => <CopyId value={job.id} label="job ID" short /> },
  {
    id: "attempts",
    header: "Attempts",
    align: "end",
    cell: (job) => (
      <span
        className="whitespace-nowrap"
        title={job.pipeline ? `In step ${job.pipeline.step}; ${job.attempts} in all` : undefined}
      >
        {attemptsNow(job)} <span className="text-muted">of {maxAttemptsNow(job)}</span>
      </span>
    ),
  },
  { id: "created", header: "Created", cell: (job) => <RelativeTime at={job.createdAt} /> },
  {
    id: "duration",
    header: "Duration",
    phone: "hide",
    align: "end",
    cell: (job) =>
      job.startedAt && job.finishedAt ? (
        <span
          className="whitespace-nowrap"
          title="From the start of the first attempt to the end of the last"
        >
          {durationText(between(job.startedAt, job.finishedAt))}
        </span>
      ) : (
        <span className="text-muted">
          <span aria-hidden>–</span>
          <span className="sr-only">not finished</span>
        </span>
      ),
  },
  {
    id: "error",
    header: "Last error",
    grow: true,
    cell: (job) =>
      job.error ? (
        <span className="max-sm:line-clamp-2 max-sm:break-words" title={job.error.message}>
          <span className="text-muted">{job.error.name}:</span> {job.error.message}
        </span>
      ) : (
        <span className="text-muted">none</span>
      ),
  },
];
