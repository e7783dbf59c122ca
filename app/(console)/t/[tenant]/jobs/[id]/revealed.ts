import type { JobAttempt, JobDetail, RevealedJob } from "#lib/jobs/schema.ts";

/** A job as it was read last, with what somebody has revealed in the place of what is masked. */
export function withRevealed(job: JobDetail, revealed: RevealedJob | null): JobDetail {
  if (!revealed) return job;
  const steps = new Map(revealed.steps.map((step) => [step.number, step.result]));
  return {
    ...job,
    input: revealed.input,
    result: revealed.result,
    error: job.error && revealed.error ? revealed.error : job.error,
    masked: false,
    steps: job.steps.map((step) =>
      steps.has(step.number) ? { ...step, result: steps.get(step.number) } : step,
    ),
    attemptLog: revealedAttempts(job.attemptLog, revealed),
  };
}

/** Attempts, with what somebody has revealed in the place of what is masked. */
export function revealedAttempts(
  attempts: readonly JobAttempt[],
  revealed: RevealedJob | null,
): JobAttempt[] {
  const whole = new Map(revealed?.attempts.map((attempt) => [attempt.number, attempt]));
  return attempts.map((attempt) => {
    const shown = whole.get(attempt.number);
    return shown
      ? { ...attempt, error: shown.error ?? attempt.error, logs: shown.logs ?? attempt.logs }
      : attempt;
  });
}

/** The body of a request's event when it is JSON: what people look for first. */
export function bodyOf(input: unknown): { body: unknown } | null {
  if (typeof input !== "object" || input === null || !("httpMethod" in input) || !("body" in input))
    return null;
  const { body } = input;
  if (typeof body !== "string" || !/^\s*[[{]/.test(body) || body.length > 4_000_000) return null;
  try {
    return { body: JSON.parse(body) };
  } catch {
    return null;
  }
}

/** What stands for a result that was too large to be kept: its size and its beginning. Null for any other. */
export function cutResult(result: unknown): { bytes: number; preview: string } | null {
  if (typeof result !== "object" || result === null || !("$truncated" in result)) return null;
  const { bytes, preview } = result as { bytes?: unknown; preview?: unknown };
  return typeof bytes === "number" && typeof preview === "string" ? { bytes, preview } : null;
}
