import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { createAttemptLog, type StoredLog } from "./attempt-log.ts";

const at = Date.UTC(2026, 0, 1);
const logOf = (texts: readonly string[]): StoredLog | null => {
  const log = createAttemptLog();
  for (const text of texts) log.add({ at, level: "info", text });
  const stored = log.stored();
  return stored === null ? null : JSON.parse(stored);
};

test("an attempt that writes nothing has no log", () => {
  assert.equal(logOf([]), null);
});

test("a few lines are kept as they are, with time and level", () => {
  assert.deepEqual(logOf(["one", "two"]), {
    lines: [
      { at: "2026-01-01T00:00:00.000Z", level: "info", message: "one" },
      { at: "2026-01-01T00:00:00.000Z", level: "info", message: "two" },
    ],
    cut: false,
    dropped: 0,
    droppedAfter: 2,
  });
});

test("of many lines the first and the last are kept, and how many are missing in between is said", () => {
  const log = logOf(Array.from({ length: 1_000 }, (_, index) => `line ${index}`)) as StoredLog;
  assert.equal(log.lines.length, 200);
  assert.equal(log.lines[99]?.message, "line 99");
  assert.equal(log.lines[100]?.message, "line 900");
  assert.deepEqual([log.cut, log.dropped, log.droppedAfter], [true, 800, 100]);
});

test("a long line is shortened and the log says so", () => {
  const log = logOf(["x".repeat(5_000)]) as StoredLog;
  assert.equal(log.lines[0]?.message.length, 2_001);
  assert.equal(log.cut, true);
});

test("whatever is written, the log stays small, keeps the last line and adds up", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "binary", maxLength: 4_000 }), { minLength: 1, maxLength: 400 }),
      (texts) => {
        const log = logOf(texts) as StoredLog;
        const bytes = log.lines.reduce((sum, line) => sum + Buffer.byteLength(line.message), 0);
        assert.ok(bytes <= 2 * 16_384 + 8_000, `${bytes} bytes`);
        assert.ok(log.lines.length <= 200);
        assert.equal(log.lines.length + log.dropped, texts.length);
        assert.ok(log.lines.every((line) => !line.message.includes("\0") && line.message.isWellFormed()));
      },
    ),
    { numRuns: 60 },
  );
});
