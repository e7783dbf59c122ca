import assert from "node:assert/strict";
import test from "node:test";
import { type Bar, scaleTop, summary } from "./bars-words.ts";

const bars = (...amounts: number[]): Bar[] =>
  amounts.map((amount, index) => ({
    at: `${index}`,
    time: `${index} h`,
    amount,
    marked: amount > 4 ? 2 : 0,
  }));

test("the scale ends at a round number that every bar fits under", () => {
  for (const [most, top] of [
    [0, 1],
    [1, 1],
    [3, 3],
    [10, 10],
    [11, 20],
    [650, 800],
    [1_000_001, 2_000_000],
  ] as const) {
    assert.equal(scaleTop(bars(0, most)), top);
  }
});

test("the chart in words: the sums and the highest bar", () => {
  assert.equal(
    summary(bars(1, 1_200, 3), "requests", "refused"),
    "1,204 requests, 2 refused, most of them in the bar of 1 h",
  );
  assert.equal(summary(bars(0, 0), "requests", "refused"), "no requests");
});
