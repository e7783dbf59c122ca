import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import {
  backoffMs,
  clientStatus,
  dispatchId,
  JOB_STATES,
  JOB_TRANSITIONS,
  MAX_DELAY_MS,
  statesBefore,
} from "./jobs.ts";
import { isUuid, uuidv7 } from "./uuid.ts";

test("every state is reachable from queued, and only finished ones lead nowhere", () => {
  const seen = new Set<string>(["queued"]);
  for (const state of seen) for (const next of JOB_TRANSITIONS[state as "queued"]) seen.add(next);
  assert.deepEqual([...seen].sort(), [...JOB_STATES].sort());
  assert.deepEqual(
    JOB_STATES.filter((state) => JOB_TRANSITIONS[state].length === 0),
    ["succeeded", "cancelled", "discarded"],
  );
  assert.deepEqual(statesBefore("running"), ["queued", "retrying"]);
  assert.deepEqual(statesBefore("discarded"), ["dead"]);
});

test("backoff is 1 s, 2 s, 4 s … without jitter, never above 5 minutes", () => {
  assert.deepEqual(
    [1, 2, 3, 4].map((n) => backoffMs(n, 0)),
    [1_000, 2_000, 4_000, 8_000],
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (n, random) => {
        const delay = backoffMs(n, random);
        assert.ok(delay <= MAX_DELAY_MS && delay <= backoffMs(n, 0) && delay >= backoffMs(n, 0) * 0.79);
      },
    ),
  );
});

test("each dispatch of a job has an id of its own, the first the job's", () => {
  const id = uuidv7();
  assert.equal(dispatchId(id, 1), id);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 100_000 }), (a, b) => {
      assert.ok(isUuid(dispatchId(id, a)));
      assert.equal(dispatchId(id, a) === dispatchId(id, b), a === b);
    }),
  );
  const last = "0198c3f2-7b1a-7000-8000-ffffffffffff";
  assert.equal(dispatchId(last, 2), "0198c3f2-7b1a-7000-8000-000000000000");
});

test("a client is told the error and never its stack", () => {
  const facts = {
    id: uuidv7(),
    state: "dead" as const,
    attempts: 3,
    maxAttempts: 3,
    createdAt: "2026-01-01T00:00:00.000Z",
    startedAt: null,
    finishedAt: null,
    result: undefined,
    error: { name: "Error", message: "no", stack: "at secret.ts" },
  };
  const told = clientStatus(facts);
  assert.deepEqual(told.error, { name: "Error", message: "no" });
  assert.equal(told.result, null);
  assert.equal(JSON.stringify(told).includes("secret"), false);
});
