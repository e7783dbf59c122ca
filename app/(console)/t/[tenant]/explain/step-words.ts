import type { TraceStep, TraceStepName } from "#lib/contract/trace.ts";

/** What each step of a decision is about, for people. */
export const STEP_NAMES: Record<TraceStepName, string> = {
  tenant: "Tenant",
  path: "Path",
  preflight: "Preflight",
  route: "Route",
  version: "Version",
  auth: "Credentials",
  entitlement: "Rights",
  rate_limit: "Rate limit",
  body: "Body size",
  validation: "Validation",
  cache: "Cache",
  target: "Target",
};

const NOT_REACHED = "not reached";

/** The steps in which two decisions differ. One that only one of them reached is a consequence, not a difference. */
export function differingSteps(a: readonly TraceStep[], b: readonly TraceStep[]): Set<TraceStepName> {
  const other = new Map(b.map((step) => [step.step, step]));
  return new Set(
    a
      .filter(({ step, outcome, detail }) => {
        const twin = other.get(step);
        if (!twin || detail === NOT_REACHED || twin.detail === NOT_REACHED) return false;
        return twin.outcome !== outcome || twin.detail !== detail;
      })
      .map(({ step }) => step),
  );
}
