/** What both planes must agree on when a dead job goes round again: a person's retry, and a run of many. */

/** More attempts than this no job, and no step of a pipeline, may have, however often somebody retries it. */
export const MAX_TOTAL_ATTEMPTS = 1_000;

type Counted = {
  attempts: number;
  pipeline: { attemptsBefore: number; attemptsPerStep: number } | null;
};

/** The attempts of the job, or of the step that a pipeline is at. */
export const attemptsNow = ({ attempts, pipeline }: Counted): number =>
  attempts - (pipeline?.attemptsBefore ?? 0);

/** Why a dead job cannot go round again; null when it can. */
export function attemptsUsedUp(job: Counted): string | null {
  const attempts = attemptsNow(job);
  if (attempts < MAX_TOTAL_ATTEMPTS) return null;
  const what = job.pipeline ? "step" : "job";
  return `This ${what} has had ${attempts} attempts, and no ${what} may have more; enqueue the job anew.`;
}

/**
 * The maximum of attempts after a retry: those it had, and as many again as it, or a pipeline's step, was first
 * allowed. A plain job dies at exactly its maximum, so every earlier retry added the same number, and the first
 * allowance can be told from their count.
 */
export function maxAttemptsAfterRetry(
  job: Counted & { maxAttempts: number },
  earlierRetries: number,
): number {
  const { attempts, maxAttempts, pipeline } = job;
  const allowance = pipeline?.attemptsPerStep ?? Math.max(1, Math.round(maxAttempts / (1 + earlierRetries)));
  return Math.min(MAX_TOTAL_ATTEMPTS + (pipeline?.attemptsBefore ?? 0), attempts + allowance);
}
