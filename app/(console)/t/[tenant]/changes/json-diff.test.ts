import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { diffJson } from "./json-diff.ts";

const shown = (before: unknown, after: unknown) =>
  diffJson(before, after).map(({ kind, text }) => ({ same: " ", removed: "-", added: "+" })[kind] + text);

test("only what differs is marked, whatever the order of members", () => {
  assert.deepEqual(shown({ a: 1, b: 2 }, { b: 3, a: 1 }), [
    " {",
    '   "a": 1,',
    '-  "b": 2',
    '+  "b": 3',
    " }",
  ]);
  assert.deepEqual(shown(null, { a: 1 }), ["+{", '+  "a": 1', "+}"]);
  assert.deepEqual(shown({ a: [1] }, null), ["-{", '-  "a": [', "-    1", "-  ]", "-}"]);
});

test("what is the same and removed gives the old document, what is the same and added the new one", () => {
  fc.assert(
    fc.property(fc.object(), fc.object(), (before, after) => {
      const lines = diffJson(before, after);
      const side = (kind: "removed" | "added") =>
        JSON.parse(
          lines
            .filter((line) => line.kind === "same" || line.kind === kind)
            .map(({ text }) => text)
            .join("\n"),
        );
      assert.deepEqual(side("removed"), JSON.parse(JSON.stringify(before)));
      assert.deepEqual(side("added"), JSON.parse(JSON.stringify(after)));
    }),
  );
});
