import assert from "node:assert/strict";
import { test } from "node:test";
import { itemText, leavesJobs, whyNotControl } from "./rules.ts";
import { RUN_STATES, type RunItem } from "./schema.ts";

const item = (about: Partial<RunItem>): RunItem => ({
  position: 1,
  jobId: "0192a000-0000-7000-8000-000000000001",
  function: "sync",
  outcome: "skipped",
  code: null,
  by: null,
  byAt: null,
  foundState: null,
  error: null,
  at: null,
  returned: false,
  verdict: null,
  ...about,
});

const REQUEUE = { action: "requeue", state: "running" } as const;

test("a skip names who was faster and what the job is now", () => {
  const by = "ada@acme.example";
  assert.equal(
    itemText(item({ code: "requeued", by, foundState: "running" }), REQUEUE),
    "Requeued already by ada@acme.example; it was running then",
  );
  assert.equal(
    itemText(item({ code: "requeued", by, foundState: "dead" }), REQUEUE),
    "Requeued already by ada@acme.example; it had died again by then",
  );
  assert.equal(itemText(item({ code: "discarded", by }), REQUEUE), "Discarded already by ada@acme.example");
  assert.equal(itemText(item({ code: "not_found" }), REQUEUE), "There is no such job (any more)");
  assert.equal(
    itemText(item({ code: "not_dead", foundState: "succeeded" }), REQUEUE),
    "Not dead: it was succeeded",
  );
});

test("a failure says why, and a requeued job what became of it", () => {
  assert.equal(itemText(item({ outcome: "failed", error: "used up" }), REQUEUE), "used up");
  const done = (about: Partial<RunItem>) => itemText(item({ outcome: "done", ...about }), REQUEUE);
  assert.equal(done({}), "It has not ended yet");
  assert.equal(done({ returned: true }), "The same error again; it is retried");
  assert.equal(done({ verdict: "died", returned: true }), "It died of the same error");
  assert.equal(done({ verdict: "died" }), "It died of another error");
});

test("only a run that goes on or is paused can be controlled, and each refusal has a reason", () => {
  for (const state of RUN_STATES) {
    const open = state === "running" || state === "paused";
    assert.equal(whyNotControl("abort", state) === null, open, state);
    assert.equal(whyNotControl("pause", state) === null, state === "running");
    assert.equal(whyNotControl("resume", state) === null, state === "paused");
  }
});

test("jobs that a run did not come to wait for their turn only as long as it can come", () => {
  for (const [state, words] of [
    ["running", "Waits for its turn"],
    ["paused", "Waits for its turn"],
    ["stopped", "The run ended before it came to this job"],
    ["aborted", "The run ended before it came to this job"],
  ] as const) {
    assert.equal(itemText(item({ outcome: "waiting" }), { action: "requeue", state }), words);
    assert.equal(leavesJobs({ state }), state === "stopped" || state === "aborted");
  }
});
