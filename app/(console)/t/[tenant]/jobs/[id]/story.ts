import type { JobActionEntry, JobAttempt, JobDetail } from "#lib/jobs/schema.ts";

export type StoryEntry =
  | { kind: "enqueued"; at: string }
  | { kind: "attempt"; at: string; attempt: JobAttempt }
  | { kind: "action"; at: string; entry: JobActionEntry }
  | { kind: "left out"; at: string; attempts: number };

/** What an attempt ended with, whole: a stack that was taken before the message was written does not hold it. */
export function errorText({ name, message, stack }: NonNullable<JobAttempt["error"]>): string {
  const told = `${name}: ${message}`;
  if (!stack) return told;
  return stack.includes(message) ? stack : `${told}\n\n${stack}`;
}

/** How much an attempt printed, what was left out included. */
export function linesText({ lines, dropped }: NonNullable<JobAttempt["logs"]>): string {
  const printed = lines.length + dropped;
  return printed === 1 ? "1 line printed" : `${printed.toLocaleString("en")} lines printed`;
}

/**
 * What happened to a job in order of time: how it began, its attempts and what people did. Of many attempts only
 * the latest `shown` are told one by one; the others are counted.
 */
export function storyOf(
  job: Pick<JobDetail, "createdAt" | "attempts" | "attemptLog" | "actions">,
  shown: number,
): StoryEntry[] {
  const attempts = job.attemptLog.slice(-shown);
  const leftOut = Math.max(0, job.attempts - attempts.length);
  const entries: StoryEntry[] = [
    ...(leftOut > 0 && attempts[0]
      ? [{ kind: "left out" as const, at: attempts[0].startedAt, attempts: leftOut }]
      : []),
    ...attempts.map((attempt) => ({ kind: "attempt" as const, at: attempt.startedAt, attempt })),
    ...job.actions.map((entry) => ({ kind: "action" as const, at: entry.at, entry })),
  ];
  // The sort is stable, so what bears the same millisecond keeps the order above.
  entries.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return [{ kind: "enqueued", at: job.createdAt }, ...entries];
}
