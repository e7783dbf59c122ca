import assert from "node:assert/strict";
import { test } from "node:test";
import { runTitle, trendText } from "./words.ts";

test("a trend says how many died, and how many of them lately", () => {
  const trend = Array.from({ length: 24 }, (_, hour) => (hour < 18 ? 0 : 2));
  assert.equal(trendText(trend), "12 deaths in the last 24 hours, 12 in the last 6");
  assert.equal(trendText(trend.map(() => 0)), "No deaths in the last 24 hours");
});

test("a run's title says what is done to how many of what", () => {
  const preview = {
    count: 1_204,
    leftOut: 0,
    breakdown: [],
    more: 0,
    warnings: { doubtful: 0, pipelines: 0, missingFunctions: [] },
  };
  assert.equal(
    runTitle({ action: "requeue", preview, selection: { by: "groups", fingerprints: ["a"] } }),
    "Requeue of 1,204 jobs of one group",
  );
  assert.equal(
    runTitle({ action: "discard", preview: { ...preview, count: 1 }, selection: { by: "ids", ids: [] } }),
    "Discard of 1 job",
  );
});
