import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { JOB_STATES, JOB_TRANSITIONS, type JobState } from "#lib/contract/jobs.ts";
import {
  MAX_TOTAL_ATTEMPTS,
  maxAttemptsAfterRetry,
  statesFor,
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
  assert.deepEqual(statesFor("cancel"), ["queued", "retrying"]);
  assert.deepEqual(statesFor("discard"), ["dead"]);
});

test("each retry gives as many attempts again as the job was first allowed", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 9 }), (allowance, retries) => {
      let maxAttempts = allowance;
      for (let earlier = 0; earlier < retries; earlier++) {
        maxAttempts = maxAttemptsAfterRetry({ attempts: maxAttempts, maxAttempts }, earlier);
        assert.equal(maxAttempts, allowance * (earlier + 2));
      }
    }),
  );
});

test("no retry leads past what the ledger can hold, and the job that is there says so", () => {
  assert.equal(maxAttemptsAfterRetry({ attempts: 990, maxAttempts: 990 }, 9), MAX_TOTAL_ATTEMPTS);
  assert.match(whyNotRetry({ state: "dead", attempts: MAX_TOTAL_ATTEMPTS }) ?? "", /1000 attempts/);
});

test("a timeline is in order, and ends with what is due", () => {
  const at = (second: number) => new Date(second * 1_000).toISOString();
  const attempt = { worker: null, error: { name: "Error", message: "no" }, outcome: "failed" as const };
  const timeline = timelineOf(
    { state: "retrying", createdAt: at(0), runAt: at(9), enqueuedBy: "route" },
    [
      { ...attempt, number: 1, startedAt: at(1), finishedAt: at(2), durationMs: 1_000 },
      { ...attempt, number: 2, startedAt: at(5), finishedAt: at(6), durationMs: 1_000 },
    ],
    [{ id: "1", action: "retry", actor: "a@example.com", reason: "again", at: at(4) }],
  );
  assert.deepEqual(
    timeline.map((entry) => entry.kind),
    ["enqueued", "started", "ended", "action", "started", "ended", "due"],
  );
});
