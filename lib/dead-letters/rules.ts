import type { Run, RunAction, RunItem, RunState, StopReason } from "./schema.ts";

export const RUN_CONTROLS = ["pause", "resume", "abort"] as const;
export type RunControl = (typeof RUN_CONTROLS)[number];

const OVER: Partial<Record<RunState, string>> = {
  prepared: "This run has not been started.",
  stopped: "This run has stopped by itself.",
  aborted: "This run was aborted.",
  completed: "This run is complete.",
};

/** Why a run cannot be paused, taken up again or aborted; null when it can. Page and server say the same words. */
export function whyNotControl(control: RunControl, state: RunState): string | null {
  const over = OVER[state];
  if (over) return over;
  if (control === "pause" && state === "paused") return "This run is paused already.";
  if (control === "resume" && state === "running") return "This run is going on.";
  return null;
}

/** Whether anything may still change: a run that is over can have jobs that have not ended. */
export const isMoving = (run: Run): boolean =>
  run.state === "running" ||
  run.state === "paused" ||
  (run.action === "requeue" && run.succeeded + run.died + run.otherEnds < run.done);

export const jobsText = (count: number): string =>
  `${count.toLocaleString("en")} ${count === 1 ? "job" : "jobs"}`;

export const ACTION_WORDS: Record<RunAction, { verb: string; noun: string; done: string }> = {
  requeue: { verb: "Requeue", noun: "Requeue", done: "requeued" },
  discard: { verb: "Discard", noun: "Discard", done: "discarded" },
};

/** Why a run stopped by itself, in a sentence. */
export function stopText(
  reason: StopReason,
  run: Pick<Run, "returned" | "died" | "succeeded" | "done">,
): string {
  switch (reason) {
    case "same_error":
      return `The same error came back in ${jobsText(run.returned)}, so the rest was left alone.`;
    case "canary_failed":
      return `Of the ${jobsText(run.done)} sent first, ${run.died.toLocaleString("en")} died again, so the rest was left alone.`;
    case "canary_unclear":
      return "None of the jobs sent first succeeded, so the rest was left alone.";
  }
}

/** Whether a run ended before it came to all of its jobs: these were left as they were. */
export const leavesJobs = ({ state }: Pick<Run, "state">): boolean =>
  state === "stopped" || state === "aborted";

/** What became of one job of a run, in a sentence without its end. */
export function itemText(item: RunItem, run: Pick<Run, "action" | "state">): string {
  const { outcome, code, by, foundState } = item;
  if (outcome === "waiting")
    return leavesJobs(run) ? "The run ended before it came to this job" : "Waits for its turn";
  if (outcome === "failed") return item.error ?? "Failed";
  if (outcome === "skipped") {
    const who = by ? ` by ${by}` : "";
    switch (code) {
      case "requeued":
        return `Requeued already${who}; ${foundState === "dead" ? "it had died again by then" : `it was ${foundState} then`}`;
      case "discarded":
        return `Discarded already${who}`;
      case "cancelled":
        return `Cancelled${who}`;
      case "not_found":
        return "There is no such job (any more)";
      default:
        return `Not dead: it was ${foundState ?? "gone"}`;
    }
  }
  if (run.action === "discard") return "Discarded";
  switch (item.verdict) {
    case "succeeded":
      return "It succeeded";
    case "died":
      return item.returned ? "It died of the same error" : "It died of another error";
    case "cancelled":
      return "Somebody cancelled it";
    case "deleted":
      return "It has been deleted since";
    default:
      return item.returned ? "The same error again; it is retried" : "It has not ended yet";
  }
}
