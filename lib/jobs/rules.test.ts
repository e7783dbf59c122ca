import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { JOB_STATES, JOB_TRANSITIONS, type JobState } from "#lib/contract/jobs.ts";
import {
  MAX_TOTAL_ATTEMPTS,
  maxAttemptsAfterRetry,
  statesFor,
  stepsOf,
  timelineOf,
  whyNotAct,
  whyNotRetry,
} from "./rules.ts";
import { JOB_ACTIONS, type JobAction } from "./schema.ts";

const LEADS_TO: Record<JobAction, JobState> = { retry: "queued", cancel: "cancelled", discard: "discarded" };

test("an action is allowed only where the ledger has a way, and every refusal has its words", () => {
  for (const action of JOB_ACTIONS) {
    for (const state of JOB_STATES) {
      const refusal = whyNotAct(action, state);
      if (refusal === null)
        assert.ok(JOB_TRANSITIONS[state].includes(LEADS_TO[action]), `${action} ${state}`);
      else assert.match(refusal, /^[A-Z].*\.$/);
    }
  }
  assert.deepEqual(statesFor("retry"), ["dead"]);
  assert.deepEqual(statesFor("cancel"), ["queued", "running", "retrying"]);
  assert.deepEqual(statesFor("discard"), ["dead"]);
});

test("each retry gives as many attempts again as the job was first allowed", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 9 }), (allowance, retries) => {
      let maxAttempts = allowance;
      for (let earlier = 0; earlier < retries; earlier++) {
        maxAttempts = maxAttemptsAfterRetry({ attempts: maxAttempts, maxAttempts, pipeline: null }, earlier);
        assert.equal(maxAttempts, allowance * (earlier + 2));
      }
    }),
  );
});

test("no retry leads past what the ledger can hold, and the job that is there says so", () => {
  assert.equal(
    maxAttemptsAfterRetry({ attempts: 990, maxAttempts: 990, pipeline: null }, 9),
    MAX_TOTAL_ATTEMPTS,
  );
  assert.match(
    whyNotRetry({ state: "dead", attempts: MAX_TOTAL_ATTEMPTS, pipeline: null }) ?? "",
    /1000 attempts/,
  );
});

test("a pipeline's step has an allowance of its own, however often the steps before it were tried", () => {
  const pipeline = { functions: ["a", "b"], step: 2, attemptsPerStep: 3, attemptsBefore: 2_000 };
  for (const earlier of [0, 1, 7]) {
    assert.equal(maxAttemptsAfterRetry({ attempts: 2_003, maxAttempts: 2_003, pipeline }, earlier), 2_006);
  }
  assert.equal(maxAttemptsAfterRetry({ attempts: 2_998, maxAttempts: 2_998, pipeline }, 9), 3_000);
  assert.equal(whyNotRetry({ state: "dead", attempts: 2_999, pipeline }), null);
  assert.match(whyNotRetry({ state: "dead", attempts: 3_000, pipeline }) ?? "", /step has had 1000 attempts/);
});

test("steps before the current one have succeeded, it stands as the job does, and the rest waits", () => {
  const pipeline = { functions: ["a", "b", "c"], step: 2, attemptsPerStep: 3, attemptsBefore: 1 };
  const at = (second: number) => new Date(second * 1_000).toISOString();
  const runs = [
    { step: 1, attempts: 1, startedAt: at(1), finishedAt: at(3) },
    { step: 2, attempts: 3, startedAt: at(3), finishedAt: at(9) },
  ];
  const steps = stepsOf({ state: "dead", pipeline, result: null }, runs, new Map([[1, "one"]]));
  assert.deepEqual(
    steps.map((step) => [
      step.number,
      step.function,
      step.state,
      step.attempts,
      step.durationMs,
      step.result,
    ]),
    [
      [1, "a", "succeeded", 1, 2_000, "one"],
      [2, "b", "dead", 3, 6_000, null],
      [3, "c", "waiting", 0, null, null],
    ],
  );
  const done = { ...pipeline, step: 3 };
  const last = stepsOf({ state: "succeeded", pipeline: done, result: "end" }, runs, new Map()).at(-1);
  assert.deepEqual([last?.state, last?.result], ["succeeded", "end"]);
  assert.deepEqual(stepsOf({ state: "succeeded", pipeline: null, result: 1 }, [], new Map()), []);
});

test("a job that was put off is due at its time, one that waits for its turn at none", () => {
  const at = (second: number) => new Date(second * 1_000).toISOString();
  const due = (runAt: number) =>
    timelineOf({ state: "queued", createdAt: at(0), runAt: at(runAt), enqueuedBy: "handler" }, [], []).filter(
      (entry) => entry.kind === "due",
    );
  assert.deepEqual(due(60), [{ kind: "due", at: at(60) }]);
  assert.deepEqual(due(0), []);
});

test("a timeline is in order, and ends with what is due", () => {
  const at = (second: number) => new Date(second * 1_000).toISOString();
  const attempt = {
    worker: null,
    logs: null,
    step: null,
    error: { name: "Error", message: "no" },
    outcome: "failed" as const,
  };
  const timeline = timelineOf(
    { state: "retrying", createdAt: at(0), runAt: at(9), enqueuedBy: "route" },
    [
      { ...attempt, number: 1, startedAt: at(1), finishedAt: at(2), durationMs: 1_000 },
      { ...attempt, number: 2, startedAt: at(5), finishedAt: at(6), durationMs: 1_000 },
    ],
    [
      {
        id: "1",
        action: "retry",
        runId: null,
        change: null,
        actor: "a@example.com",
        reason: "again",
        at: at(4),
      },
    ],
  );
  assert.deepEqual(
    timeline.map((entry) => entry.kind),
    ["enqueued", "started", "ended", "action", "started", "ended", "due"],
  );
});
