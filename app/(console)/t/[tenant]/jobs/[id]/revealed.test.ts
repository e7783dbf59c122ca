import assert from "node:assert/strict";
import test from "node:test";
import { cutResult } from "./revealed.ts";

test("a result that was too large is told from every other by what stands for it", () => {
  assert.deepEqual(cutResult({ $truncated: true, bytes: 10_485_762, preview: '"xx' }), {
    bytes: 10_485_762,
    preview: '"xx',
  });
  for (const other of [null, 7, "text", [], {}, { $truncated: true }, { bytes: 1, preview: "x" }]) {
    assert.equal(cutResult(other), null);
  }
});
