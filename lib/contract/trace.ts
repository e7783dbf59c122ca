/** The steps of a decision, in the order in which they are taken. */
export const TRACE_STEPS = [
  "tenant",
  "path",
  "preflight",
  "route",
  "version",
  "auth",
  "entitlement",
  "rate_limit",
  "body",
  "validation",
  "cache",
  "target",
] as const;
export type TraceStepName = (typeof TRACE_STEPS)[number];

/** One step of a decision, for people who ask why. `skipped`: it had nothing to say, or was not reached. */
export type TraceStep = { step: TraceStepName; outcome: "passed" | "refused" | "skipped"; detail: string };

/** Every step in its order: the noted ones as they are, those after a refusal or an answer as not reached. */
export function completeTrace(noted: readonly TraceStep[]): TraceStep[] {
  const byStep = new Map(noted.map((step) => [step.step, step]));
  return TRACE_STEPS.map((step) => byStep.get(step) ?? { step, outcome: "skipped", detail: "not reached" });
}
