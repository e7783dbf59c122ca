import assert from "node:assert/strict";
import test from "node:test";
import { absoluteText, durationText, relativeText } from "./relative-time-text.ts";

const now = Date.UTC(2026, 10, 21, 12, 0, 0);

test("a moment reads as the largest whole unit, past and future alike", () => {
  const cases: [number, string][] = [
    [0, "just now"],
    [-8, "8 s ago"],
    [-59, "59 s ago"],
    [-60, "1 min ago"],
    [-3_599, "59 min ago"],
    [-7_200, "2 h ago"],
    [-86_400 * 3, "3 d ago"],
    [30, "in 30 s"],
    [86_400 * 2, "in 2 d"],
    [86_400 * 7 - 1, "in 7 d"],
    [86_400 * 6.8, "in 6 d"],
    [86_400 - 1, "in 24 h"],
    [-86_400 * 7 + 1, "6 d ago"],
    [-86_400 * 40, "12 Oct 2026"],
  ];
  for (const [offset, text] of cases) assert.equal(relativeText(now + offset * 1_000, now, "UTC"), text);
});

test("the absolute moment names its zone", () => {
  assert.equal(absoluteText(now, "UTC"), "21 Nov 2026, 12:00:00 UTC");
});

test("a duration keeps the precision that matters", () => {
  assert.deepEqual([12.4, 3_400, 125_000].map(durationText), ["12 ms", "3.4 s", "2 min 5 s"]);
});
