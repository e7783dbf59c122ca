import assert from "node:assert/strict";
import test from "node:test";
import { splitItems, withItems } from "./split-items.ts";

test("several items pasted at once become several, however they were separated", () => {
  const pasted = `https://a.example, "https://b.example"\n'https://c.example';https://d.example\t`;
  assert.deepEqual(splitItems(pasted, "words"), [
    "https://a.example",
    "https://b.example",
    "https://c.example",
    "https://d.example",
  ]);
  assert.deepEqual(splitItems("two words, three\n", "lines"), ["two words", "three"]);
  assert.deepEqual(splitItems(" , ", "words"), []);
});

test("an item that is there already is not added again", () => {
  assert.deepEqual(withItems(["a", "b"], ["b", "c", "c"]), ["a", "b", "c"]);
});
