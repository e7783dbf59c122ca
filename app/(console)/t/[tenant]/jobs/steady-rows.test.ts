import assert from "node:assert/strict";
import test from "node:test";
import { steadyRows } from "./steady-rows.ts";

const row = (id: string, state: string) => ({ id, state });

test("a list that nobody points at shows what was read last", () => {
  const fresh = [row("b", "queued"), row("a", "succeeded")];
  assert.deepEqual(steadyRows([row("a", "running")], fresh, false), { rows: fresh, waiting: 0 });
});

test("a held list keeps every row in its place, with its new values, and counts the new ones", () => {
  const shown = [row("b", "running"), row("a", "running")];
  const fresh = [row("d", "queued"), row("c", "queued"), row("b", "succeeded")];
  assert.deepEqual(steadyRows(shown, fresh, true), {
    rows: [row("b", "succeeded"), row("a", "running")],
    waiting: 2,
  });
});
