import assert from "node:assert/strict";
import test from "node:test";
import { completeTrace, type TraceStep } from "#lib/contract/trace.ts";
import { differingSteps } from "./step-words.ts";

test("steps differ where both decisions came to another result, not where one of them had ended", () => {
  const passed = (step: TraceStep["step"], detail: string): TraceStep => ({
    step,
    outcome: "passed",
    detail,
  });
  const refused = completeTrace([
    passed("tenant", "acme"),
    passed("route", "ANY /v1/**"),
    { step: "auth", outcome: "refused", detail: "Send a key." },
  ]);
  const runs = completeTrace([
    passed("tenant", "acme"),
    passed("route", "GET /v1/users"),
    { step: "auth", outcome: "skipped", detail: "open to everybody" },
    passed("target", "function users"),
  ]);
  assert.deepEqual([...differingSteps(refused, runs)], ["route", "auth"]);
  assert.deepEqual([...differingSteps(runs, refused)], ["route", "auth"]);
  assert.equal(differingSteps(runs, runs).size, 0);
});
