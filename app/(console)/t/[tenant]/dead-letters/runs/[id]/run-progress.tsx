"use client";
import { cx } from "#components/ui/cx.ts";
import { Notice } from "#components/ui/notice.tsx";
import { roomForUnproven } from "#lib/contract/run-window.ts";
import { ACTION_WORDS, isMoving, jobsText, leavesJobs, stopText } from "#lib/dead-letters/rules.ts";
import type { Run } from "#lib/dead-letters/schema.ts";

/** How far a run is, in a bar and in numbers, and what it waits for. */
export function RunProgress({ run }: { run: Run }) {
  const { total, done, skipped, failed } = run;
  const dealt = done + skipped + failed;
  const share = (part: number) => (total === 0 ? 0 : (part / total) * 100);
  const said = ACTION_WORDS[run.action].done;
  return (
    <div className="space-y-3">
      <div>
        <div
          role="progressbar"
          aria-label="Jobs dealt with"
          aria-valuemin={0}
          aria-valuemax={total}
          aria-valuenow={dealt}
          aria-valuetext={`${dealt.toLocaleString("en")} of ${total.toLocaleString("en")}`}
          className="flex h-2 overflow-hidden rounded-full bg-hover"
        >
          <span className="bg-accent" style={{ width: `${share(done)}%` }} />
          <span className="bg-warn" style={{ width: `${share(skipped)}%` }} />
          <span className="bg-bad" style={{ width: `${share(failed)}%` }} />
        </div>
        <p className="mt-1.5 flex flex-wrap gap-x-4 gap-y-1 text-muted tabular-nums">
          <Amount of={done} word={said} mark="bg-accent" />
          <Amount of={skipped} word="skipped" mark="bg-warn" />
          <Amount of={failed} word="failed" mark="bg-bad" />
          <span>
            {(total - dealt).toLocaleString("en")} {leavesJobs(run) ? "left alone" : "to go"}
          </span>
        </p>
      </div>
      {run.action === "requeue" && done > 0 ? (
        <p className="tabular-nums">
          Of those requeued, <strong className="font-medium">{run.succeeded.toLocaleString("en")}</strong>{" "}
          succeeded, <strong className="font-medium">{run.died.toLocaleString("en")}</strong> died again
          {run.otherEnds > 0 ? `, ${run.otherEnds.toLocaleString("en")} were cancelled or deleted` : ""}
          {done > run.succeeded + run.died + run.otherEnds
            ? ` and ${(done - run.succeeded - run.died - run.otherEnds).toLocaleString("en")} have not ended yet`
            : ""}
          .{run.returned > 0 ? ` The same error came back in ${jobsText(run.returned)}.` : ""}
        </p>
      ) : null}
      <Waiting run={run} />
      <OfSupport run={run} />
    </div>
  );
}

/** What members should know of a run that an operator has started: nobody of support need be there for it to go on. */
function OfSupport({ run }: { run: Run }) {
  if (run.support === null || (run.state !== "running" && run.state !== "paused")) return null;
  if (run.support === "removed" && run.state === "paused")
    return (
      <Notice tone="warn" title="Paused when its operator was put out">
        Support started this run, and this tenant has ended their session since. The rest stays as it is until
        somebody here resumes or aborts the run.
      </Notice>
    );
  if (run.state === "paused") return null;
  return (
    <Notice title={run.support === "inside" ? "Started by support" : "Started by support, who is gone"}>
      It goes on {run.support === "inside" ? "when their session is over" : "by itself"} until it is done.
      Whoever may requeue jobs here can pause or abort it
      {run.support === "inside" ? "; ending the operator's session pauses it." : "."}
    </Notice>
  );
}

function Amount({ of, word, mark }: { of: number; word: string; mark: string }) {
  return (
    <span className="flex items-center gap-1.5">
      <span aria-hidden className={cx("size-2 rounded-sm", mark)} />
      {of.toLocaleString("en")} {word}
    </span>
  );
}

function Waiting({ run }: { run: Run }) {
  if (run.stopReason)
    return (
      <Notice tone="warn" title="Stopped by itself">
        {stopText(run.stopReason, run)} Once the cause is mended, requeue what is still dead anew.
      </Notice>
    );
  if (run.state === "prepared")
    return (
      <Notice title="Not started">This selection is frozen, and nothing has been done to its jobs.</Notice>
    );
  if (run.canaryState === "waiting" && run.state === "running")
    return (
      <Notice title={`${jobsText(run.done)} sent first`}>
        The others follow when these have succeeded. A job that fails is retried with its backoff, so this can
        take a while.
      </Notice>
    );
  if (run.state === "running" && run.done > 0 && roomForUnproven(run) === 0)
    return (
      <Notice
        title={`Waits for the ${jobsText(run.done - run.succeeded - run.died - run.otherEnds)} under way`}
      >
        It sends no more than may fail before it has to stop, and goes faster as they succeed. A job that
        fails is retried with its backoff, so this can take a while.
      </Notice>
    );
  if (run.heldUp && run.state === "running")
    return (
      <Notice title="The queue is full">
        1,000 jobs of this tenant wait for their turn; the run goes on as soon as workers have taken some.
      </Notice>
    );
  if (run.state === "completed" && isMoving(run))
    return (
      <p className="text-muted">Every job was dealt with; some of them are still running or being retried.</p>
    );
  return null;
}
