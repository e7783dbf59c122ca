"use client";
import { ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { JsonValue } from "#components/code/json-rows.ts";
import { JsonView } from "#components/code/json-view.tsx";
import { StatusBadge } from "#components/ui/badge.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { durationText } from "#components/ui/relative-time-text.ts";
import type { JobDetail, JobStep } from "#lib/jobs/schema.ts";

/** A pipeline's steps in order: how each stands, how long it took and what it handed on. */
export function JobSteps({ job }: { job: JobDetail }) {
  return (
    <>
      <ol aria-label="Steps" className="border-t">
        {job.steps.map((step) => (
          <Step key={step.number} step={step} last={step.number === job.steps.length} />
        ))}
      </ol>
      <p className="mt-2 text-muted text-xs">
        Each step gets the result of the one before it. A step that has succeeded is never run again; a retry
        goes on with the one that failed.
      </p>
    </>
  );
}

function Step({ step, last }: { step: JobStep; last: boolean }) {
  if (step.state !== "succeeded") {
    return (
      <li className="flex items-start gap-2 border-b py-2">
        <span className="w-4 shrink-0" />
        <Line step={step} />
      </li>
    );
  }
  return (
    <li className="border-b">
      <Unfolding line={<Line step={step} />}>
        <JsonView
          value={(step.result ?? null) as JsonValue}
          label={last ? `Step ${step.number}: what it returned` : `Step ${step.number}: what it handed on`}
        />
      </Unfolding>
    </li>
  );
}

/** Its content is made when somebody wants to see it: results can be long, and steps many. */
function Unfolding({ line, children }: { line: ReactNode; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="group" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="flex list-none items-start gap-2 py-2 outline-offset-[-2px] hover:bg-surface [&::-webkit-details-marker]:hidden">
        <ChevronRight
          aria-hidden
          size={14}
          className="mt-1 w-4 shrink-0 text-muted transition-transform group-open:rotate-90"
        />
        {line}
      </summary>
      <div className="pb-3 pl-6">{open ? children : null}</div>
    </details>
  );
}

function Line({ step }: { step: JobStep }) {
  const { state, attempts, durationMs, startedAt } = step;
  return (
    <span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1">
      <StatusBadge status={state} />
      <span className="min-w-0 break-words font-medium">
        <span className="text-muted tabular-nums">{step.number}.</span> {step.function}
      </span>
      {durationMs === null ? null : (
        <span
          className="whitespace-nowrap text-muted"
          title="From the start of its first attempt to the end of its last"
        >
          {durationText(durationMs)}
        </span>
      )}
      {attempts > 1 ? <span className="whitespace-nowrap text-muted">{attempts} attempts</span> : null}
      {startedAt ? (
        <span className="ml-auto text-muted">
          <RelativeTime at={startedAt} />
        </span>
      ) : null}
    </span>
  );
}
