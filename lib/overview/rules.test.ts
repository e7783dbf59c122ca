import assert from "node:assert/strict";
import test from "node:test";
import { countOf, countText } from "./rules.ts";

test("a count says when it is not exact", () => {
  assert.equal(countText({ count: 0, capped: false }), "0");
  assert.equal(countText({ count: 1_204, capped: false }), "1,204");
  assert.equal(countText({ count: 10_000, capped: true }), "10,000+");
});

test("one thing is singular, everything else is not", () => {
  assert.equal(countOf({ count: 1, capped: false }, "job"), "1 job");
  assert.equal(countOf({ count: 0, capped: false }, "job"), "0 jobs");
  assert.equal(countOf({ count: 10_000, capped: true }, "job"), "10,000+ jobs");
});
