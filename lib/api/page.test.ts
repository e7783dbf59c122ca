import assert from "node:assert/strict";
import test from "node:test";
import { z } from "zod";
import { decodeCursor, encodeCursor } from "./page.ts";

const PARTS = [z.iso.datetime(), z.uuid()] as const;
const ID = "01a1fe3f-28d9-7090-bdf4-1f583ef3c719";

test("a cursor is read back as it was made", () => {
  const values = ["2026-11-21T13:00:00.000Z", ID];
  assert.deepEqual(decodeCursor(encodeCursor(values), PARTS), values);
  assert.equal(decodeCursor(undefined, PARTS), null);
});

test("a cursor that no list gave is refused, and never reaches the database", () => {
  const made = [
    ["0000-01-01T00:00:00Z", ID],
    ["yesterday", ID],
    ["2026-11-21T13:00:00.000Z", "\u0000"],
    ["2026-11-21T13:00:00.000Z"],
  ];
  for (const cursor of [...made.map(encodeCursor), "", "AAAA", "%"]) {
    assert.throws(() => decodeCursor(cursor, PARTS), { code: "invalid_input" }, cursor);
  }
});
