import assert from "node:assert/strict";
import test from "node:test";
import { newKeySchema } from "#lib/keys/schema.ts";
import { expiresAtOf } from "./expiry.ts";

const NOW = Date.parse("2026-11-21T10:00:00Z");

test("a preset counts whole days from now, and never is null", () => {
  assert.equal(expiresAtOf("30", "", NOW), "2026-12-21T10:00:00.000Z");
  assert.equal(expiresAtOf("none", "2030-01-01T00:00", NOW), null);
});

test("an exact time is read in the person's zone and sent with one", () => {
  const text = expiresAtOf("exact", "2030-01-01T08:30", NOW);
  assert.equal(text, new Date(2030, 0, 1, 8, 30).toISOString());
});

test("an exact time that was not chosen is refused by the server's schema, never read as never", () => {
  const parsed = newKeySchema.safeParse({ name: "a", expiresAt: expiresAtOf("exact", "", NOW) });
  assert.equal(parsed.success, false);
});
