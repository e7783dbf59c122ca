import assert from "node:assert/strict";
import test from "node:test";
import type { JobAttempt } from "#lib/jobs/schema.ts";
import { errorText, linesText, storyOf } from "./story.ts";

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

const attempt = (number: number): JobAttempt => ({
  number,
  step: null,
  outcome: "failed",
  startedAt: at(number * 10),
  finishedAt: at(number * 10 + 1),
  durationMs: 1_000,
  error: null,
  worker: null,
  logs: null,
});

const retry = (second: number) => ({
  id: "0192a000-0000-7000-8000-000000000001",
  action: "retry" as const,
  actor: "sam@acme.example",
  reason: "mended",
  runId: null,
  change: null,
  at: at(second),
});

test("what a person did stands between the attempts it came between", () => {
  const story = storyOf(
    { createdAt: at(0), attempts: 2, attemptLog: [attempt(1), attempt(2)], actions: [retry(15)] },
    20,
  );
  assert.deepEqual(
    story.map(({ kind }) => kind),
    ["enqueued", "attempt", "action", "attempt"],
  );
});

test("of many attempts the latest are told and all others are counted, also those the server left out", () => {
  const attemptLog = Array.from({ length: 200 }, (_, index) => attempt(index + 51));
  const story = storyOf({ createdAt: at(0), attempts: 250, attemptLog, actions: [] }, 20);
  assert.deepEqual(
    story.slice(0, 3).map((entry) => (entry.kind === "left out" ? entry.attempts : entry.kind)),
    ["enqueued", 230, "attempt"],
  );
  assert.equal(story.length, 22);
});

test("an attempt's error is told with its whole message, also when its stack does not hold it", () => {
  const stack = "Error: no answer\n    at call (orders.mjs:3:9)";
  assert.equal(errorText({ name: "Error", message: "no answer", stack }), stack);
  assert.equal(
    errorText({ name: "OrderError", message: "order 7: no answer from stock", stack }),
    `OrderError: order 7: no answer from stock\n\n${stack}`,
  );
  assert.equal(errorText({ name: "Error", message: "plain text" }), "Error: plain text");
});

test("lines that were left out count as printed", () => {
  const line = { at: at(0), level: "info" as const, message: "x" };
  const logs = { lines: [line], cut: false, dropped: 0, droppedAfter: 0 };
  assert.equal(linesText(logs), "1 line printed");
  assert.equal(linesText({ ...logs, cut: true, dropped: 1_499, droppedAfter: 1 }), "1,500 lines printed");
});
