import assert from "node:assert/strict";
import test from "node:test";
import { narrowingHint } from "./reach-words.ts";

test("a key that uses few of many routes is said to have wide rights", () => {
  assert.equal(narrowingHint({ opened: 41, unused: 38 }), "Opens 41 routes, used 3 in 30 days");
  assert.equal(narrowingHint({ opened: 5_000, unused: 4_000 }), "Opens 5,000 routes, used 1,000 in 30 days");
});

test("a key that uses most of what it opens, or has not been used at all, gets no such hint", () => {
  assert.equal(narrowingHint({ opened: 4, unused: 1 }), null);
  assert.equal(narrowingHint({ opened: 2, unused: 1 }), null);
  assert.equal(narrowingHint({ opened: 41, unused: 41 }), null);
  assert.equal(narrowingHint({ opened: 0, unused: 0 }), null);
});
