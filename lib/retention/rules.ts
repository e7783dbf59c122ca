import type { RepairKind } from "./schema.ts";

/** Why a job cannot be held, or released; null when it can. Page and server say the same words. */
export function whyNotHold(job: { held: unknown }): string | null {
  return job.held ? "This job is held already." : null;
}
export function whyNotRelease(job: { held: unknown }): string | null {
  return job.held ? null : "This job is not held.";
}

/** What was repaired, in a person's words. */
export const REPAIR_WORDS: Record<RepairKind, (count: number) => string> = {
  dispatch_missing: (n) =>
    n === 1 ? "1 job had lost its place in the queue" : `${n} jobs had lost their place in the queue`,
  dispatch_stuck: (n) => (n === 1 ? "1 job was stuck in the queue" : `${n} jobs were stuck in the queue`),
  dispatch_orphaned: (n) =>
    n === 1
      ? "1 entry of the queue had no job that waits"
      : `${n} entries of the queue had no job that waits`,
  lease_missing: (n) => (n === 1 ? "1 job ran without a worker" : `${n} jobs ran without a worker`),
  attempt_left_open: (n) =>
    n === 1
      ? "1 attempt read as running after its job had gone on"
      : `${n} attempts read as running after their job had gone on`,
};
