import assert from "node:assert/strict";
import test from "node:test";
import { createRouteCache } from "./route-cache.ts";

test("what was used longest ago makes room, counted in routes and not in entries", () => {
  const cache = createRouteCache<string>(10);
  cache.set("a", "A", 4);
  cache.set("b", "B", 4);
  assert.equal(cache.get("a"), "A");
  cache.set("c", "C", 4);
  assert.deepEqual([cache.get("a"), cache.get("b"), cache.get("c")], ["A", undefined, "C"]);
});

test("a value above the whole bound is kept alone, and a replaced one does not count twice", () => {
  const cache = createRouteCache<number>(10);
  cache.set("small", 1, 1);
  cache.set("huge", 2, 500);
  assert.deepEqual([cache.get("small"), cache.get("huge")], [undefined, 2]);
  cache.set("huge", 3, 2);
  cache.set("other", 4, 2);
  assert.deepEqual([cache.get("huge"), cache.get("other"), cache.size()], [3, 4, 2]);
});
