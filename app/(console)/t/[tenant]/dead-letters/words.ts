import type { Status } from "#components/ui/badge.tsx";
import type { DeadLetterGroup, Run, RunState } from "#lib/dead-letters/schema.ts";

/** A group's error in one line. */
export const errorText = ({ error }: Pick<DeadLetterGroup, "error">): string =>
  error.message ? `${error.name}: ${error.message}` : error.name || "An error without a message";

/** A trend of 24 hours in words, for those who do not see it. */
export function trendText(trend: readonly number[]): string {
  const total = trend.reduce((sum, deaths) => sum + deaths, 0);
  if (total === 0) return "No deaths in the last 24 hours";
  const lately = trend.slice(-6).reduce((sum, deaths) => sum + deaths, 0);
  return `${total.toLocaleString("en")} ${total === 1 ? "death" : "deaths"} in the last 24 hours, ${lately.toLocaleString("en")} in the last 6`;
}

export const RUN_STATUS: Record<RunState, { status: Status; word: string }> = {
  prepared: { status: "waiting", word: "Prepared" },
  running: { status: "running", word: "Running" },
  paused: { status: "waiting", word: "Paused" },
  stopped: { status: "failed", word: "Stopped by itself" },
  aborted: { status: "cancelled", word: "Aborted" },
  completed: { status: "succeeded", word: "Complete" },
};

/** What a run is about: "Requeue of 41 jobs of one group". */
export function runTitle({
  action,
  selection,
  preview,
}: Pick<Run, "action" | "selection" | "preview">): string {
  const jobs = `${preview.count.toLocaleString("en")} ${preview.count === 1 ? "job" : "jobs"}`;
  const of =
    selection.by === "groups"
      ? selection.fingerprints.length === 1
        ? " of one group"
        : ` of ${selection.fingerprints.length} groups`
      : selection.by === "filter"
        ? " that a filter showed"
        : "";
  return `${action === "requeue" ? "Requeue" : "Discard"} of ${jobs}${of}`;
}

/** How fast a run goes, in words. */
export const rateText = (rate: number | null): string =>
  rate === null ? "As fast as the queue takes them" : `${rate.toLocaleString("en")} a minute`;
