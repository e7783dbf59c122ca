import assert from "node:assert/strict";
import test from "node:test";
import { minutesLeft } from "./rules.ts";

test("the last minute reads 1 until it is over", () => {
  const end = "2026-11-21T12:00:00.000Z";
  const at = (ms: number) => minutesLeft(end, Date.parse(end) - ms);
  assert.deepEqual([at(60_000 * 42), at(60_001), at(60_000), at(1), at(0), at(-5)], [42, 2, 1, 1, 0, 0]);
});
