"use client";
import type { Column } from "#components/table/data-table.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { workOf } from "#lib/jobs/rules.ts";
import type { JobSummary } from "#lib/jobs/schema.ts";

/** What one sees of a group's jobs: all of them are dead, and of the same error. */
export const EXAMPLE_COLUMNS: readonly Column<JobSummary>[] = [
  { id: "function", header: "Function", phone: "lead", grow: true, cell: (job) => workOf(job) },
  { id: "id", header: "Job", cell: (job) => <CopyId value={job.id} label="job ID" short /> },
  { id: "attempts", header: "Attempts", align: "end", cell: (job) => job.attempts.toLocaleString("en") },
  { id: "created", header: "Created", cell: (job) => <RelativeTime at={job.createdAt} /> },
  { id: "died", header: "Died", cell: (job) => <RelativeTime at={job.finishedAt} none="–" /> },
];
