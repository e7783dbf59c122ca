"use client";
import { Notice } from "#components/ui/notice.tsx";
import { jobsText } from "#lib/dead-letters/rules.ts";
import type { Run } from "#lib/dead-letters/schema.ts";

/** What a run would do to whom, and what to know before. */
export function RunPreview({ run }: { run: Run }) {
  const { preview, action, selection } = run;
  const { count, leftOut, breakdown, more, warnings } = preview;
  return (
    <div className="mb-4 space-y-3">
      <p>
        {count === 0 ? (
          "None of these jobs is dead (any more): there is nothing to do."
        ) : action === "requeue" ? (
          <>
            Exactly <strong className="font-medium">{jobsText(count)}</strong>, as they are now, each under
            its own ID and with its history. What dies from now on is not among them.
          </>
        ) : (
          <>
            Exactly <strong className="font-medium">{jobsText(count)}</strong>, as they are now, leave the
            dead letters for good; a client that asks reads “discarded”. They cannot be requeued afterwards.
          </>
        )}
        {leftOut > 0 && selection.by === "ids"
          ? ` ${jobsText(leftOut)} of those chosen ${leftOut === 1 ? "is" : "are"} not dead (any more); the run lists ${leftOut === 1 ? "it as" : "them as"} skipped.`
          : ""}
      </p>
      {breakdown.length > 0 ? (
        <ul className="rounded-md border bg-surface px-3 py-1.5" aria-label="Which jobs">
          {breakdown.slice(0, 8).map(({ function: name, route, count: jobs }) => (
            <li key={`${name} ${route?.id}`} className="flex items-baseline justify-between gap-3 py-0.5">
              <span className="min-w-0 truncate">
                {name}
                {route ? (
                  <span className="ml-2 font-mono text-muted text-xs">
                    {route.path === null ? "a deleted route" : `${route.method} ${route.path}`}
                  </span>
                ) : null}
              </span>
              <span className="tabular-nums">{jobs.toLocaleString("en")}</span>
            </li>
          ))}
          {more + Math.max(0, breakdown.length - 8) > 0 ? (
            <li className="py-0.5 text-muted">and {more + breakdown.length - 8} more functions and routes</li>
          ) : null}
        </ul>
      ) : null}
      {action === "requeue" && warnings.doubtful > 0 ? (
        <Notice
          tone="warn"
          title={`${jobsText(warnings.doubtful)} may have had ${warnings.doubtful === 1 ? "its" : "their"} effect already`}
        >
          An attempt was lost, timed out or was cancelled: nobody heard how it ended, and its work may be
          done. Requeue
          {warnings.doubtful === 1 ? " it" : " them"} only if doing it twice does no harm.
        </Notice>
      ) : null}
      {action === "requeue" && warnings.missingFunctions.length > 0 ? (
        <Notice
          tone="warn"
          title={
            warnings.missingFunctions.length === 1
              ? "A function is missing"
              : `${warnings.missingFunctions.length} functions are missing`
          }
        >
          No worker has {warnings.missingFunctions.map(({ function: name }) => name).join(", ")} at the
          moment: {jobsText(warnings.missingFunctions.reduce((sum, each) => sum + each.count, 0))} would die
          again.
        </Notice>
      ) : null}
      {action === "requeue" && warnings.pipelines > 0 ? (
        <p className="text-muted">
          {warnings.pipelines === 1
            ? "1 pipeline goes"
            : `${warnings.pipelines.toLocaleString("en")} pipelines go`}{" "}
          on with the step that failed; finished steps are not run again.
        </p>
      ) : null}
    </div>
  );
}
