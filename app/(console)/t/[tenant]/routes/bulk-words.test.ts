import assert from "node:assert/strict";
import test from "node:test";
import { buttonOf, doneOf, listOf } from "./bulk-words.ts";

test("a bulk button says what it does to how many routes, and the note afterwards says it as done", () => {
  const auth = { auth: { mode: "none" } } as const;
  assert.equal(buttonOf(auth, 41), "Change auth on 41 routes");
  assert.equal(doneOf(auth, 1), "Changed auth on 1 route");
  assert.equal(buttonOf({ delete: true }, 1_204), "Delete 1,204 routes");
  assert.equal(doneOf({ enabled: false }, 2), "Disabled 2 routes");
  assert.equal(doneOf({ rateLimit: null, addTags: ["a"] }, 2), "Made 2 changes on 2 routes");
});

test("a list is read from commas or lines, each entry once", () => {
  assert.deepEqual(listOf(" a, b\n\nb ,c d,"), ["a", "b", "c d"]);
});
