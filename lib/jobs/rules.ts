import { attemptsUsedUp } from "#lib/contract/job-retry.ts";
import { JOB_STATES, type JobState } from "#lib/contract/jobs.ts";
import type { JobAction, JobActionEntry, JobAttempt, JobStep, Pipeline, TimelineEntry } from "./schema.ts";

export { attemptsNow, MAX_TOTAL_ATTEMPTS, maxAttemptsAfterRetry } from "#lib/contract/job-retry.ts";

/** Why a person cannot do this to a job in that state; null when they can. Page and server say the same words. */
const REFUSALS: Record<JobAction, Record<JobState, string | null>> = {
  retry: {
    queued: "This job is waiting for its turn already.",
    running: "This job is running.",
    retrying: "This job will be retried by itself.",
    succeeded: "This job has succeeded; there is nothing to retry.",
    dead: null,
    cancelled: "This job was cancelled; enqueue it anew.",
    discarded: "This job was discarded; enqueue it anew.",
  },
  cancel: {
    queued: null,
    running: null,
    retrying: null,
    succeeded: "This job has succeeded already.",
    dead: "This job is dead; discard it instead.",
    cancelled: "This job is cancelled already.",
    discarded: "This job was discarded.",
  },
  discard: {
    queued: "Only a dead job can be discarded; cancel this one instead.",
    running: "Only a dead job can be discarded, and this one is running.",
    retrying: "Only a dead job can be discarded; cancel this one instead.",
    succeeded: "Only a dead job can be discarded, and this one has succeeded.",
    dead: null,
    cancelled: "Only a dead job can be discarded, and this one was cancelled.",
    discarded: "This job is discarded already.",
  },
};

/** Why `action` is refused in `state`; null when it is allowed. */
export const whyNotAct = (action: JobAction, state: JobState): string | null => REFUSALS[action][state];

/** The states in which `action` is allowed; for filters and for the statement that acts. */
export const statesFor = (action: JobAction): JobState[] =>
  JOB_STATES.filter((state) => whyNotAct(action, state) === null);

type Counted = { attempts: number; pipeline: Pick<Pipeline, "attemptsBefore" | "attemptsPerStep"> | null };

/** How many attempts the job, or the step that a pipeline is at, may have. */
export const maxAttemptsNow = ({ maxAttempts, pipeline }: Counted & { maxAttempts: number }): number =>
  maxAttempts - (pipeline?.attemptsBefore ?? 0);

/** What the job is there to do: its function, or its pipeline from end to end. */
export const workOf = (job: { function: string; pipeline: Pipeline | null }): string =>
  job.pipeline ? `pipeline ${job.pipeline.functions.join(" → ")}` : job.function;

export function whyNotRetry(job: Counted & { state: JobState }): string | null {
  return whyNotAct("retry", job.state) ?? attemptsUsedUp(job);
}

/** Why the payload cannot be changed before a retry; null when it can. */
export function whyNotEdit({
  pipeline,
}: {
  pipeline: Pick<Pipeline, "step" | "functions"> | null;
}): string | null {
  if (!pipeline || pipeline.step === 1) return null;
  const now = pipeline.functions[pipeline.step - 1];
  return `Step 1 has succeeded and is not run again: step ${pipeline.step}, ${now}, is given what the step before it returned, so another payload would change nothing.`;
}

export const whyNotCancel = ({ state }: { state: JobState }): string | null => whyNotAct("cancel", state);
export const whyNotDiscard = ({ state }: { state: JobState }): string | null => whyNotAct("discard", state);

type StepRuns = { step: number; attempts: number; startedAt: string; finishedAt: string | null };

/** How each step of a pipeline stands. `runs` and `results` are of the steps, counted from 1, that have any. */
export function stepsOf(
  job: { state: JobState; pipeline: Pipeline | null; result: unknown },
  runs: readonly StepRuns[],
  results: ReadonlyMap<number, unknown>,
): JobStep[] {
  const { pipeline } = job;
  return (pipeline?.functions ?? []).map((name, index) => {
    const number = index + 1;
    const at = pipeline?.step ?? 0;
    const run = runs.find(({ step }) => step === number);
    const { startedAt = null, finishedAt = null } = run ?? {};
    return {
      number,
      function: name,
      state: number < at ? "succeeded" : number === at ? job.state : "waiting",
      attempts: run?.attempts ?? 0,
      startedAt,
      finishedAt,
      durationMs: startedAt && finishedAt ? Date.parse(finishedAt) - Date.parse(startedAt) : null,
      result: (number === at ? job.result : results.get(number)) ?? null,
    };
  });
}

/** What happened to a job, in order, and last what is due. */
export function timelineOf(
  job: { state: JobState; createdAt: string; runAt: string; enqueuedBy: "route" | "handler" },
  attempts: readonly JobAttempt[],
  actions: readonly JobActionEntry[],
): TimelineEntry[] {
  const entries: TimelineEntry[] = [{ kind: "enqueued", at: job.createdAt, by: job.enqueuedBy }];
  for (const { number: attempt, startedAt, finishedAt, outcome, durationMs, error } of attempts) {
    entries.push({ kind: "started", at: startedAt, attempt });
    if (finishedAt === null) continue;
    const message = error?.message ?? null;
    entries.push({ kind: "ended", at: finishedAt, attempt, outcome, durationMs: durationMs ?? 0, message });
  }
  for (const { at, action, actor, reason } of actions)
    entries.push({ kind: "action", at, action, actor, reason });
  const last = entries
    .map(({ at }) => at)
    .sort()
    .at(-1) as string;
  // What only waits for a worker is due now, which says nothing.
  if (job.state === "retrying" || (job.state === "queued" && job.runAt > last)) {
    entries.push({ kind: "due", at: job.runAt });
  }
  // A stable sort: what bears the same millisecond keeps the order above.
  return entries.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
