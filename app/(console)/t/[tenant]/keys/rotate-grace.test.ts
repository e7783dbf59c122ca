import assert from "node:assert/strict";
import test from "node:test";
import { rotateKeySchema } from "#lib/keys/schema.ts";
import { GRACES, graceSecondsOf } from "./rotate-grace.ts";

test("every offered grace is one that the server takes", () => {
  for (const { value } of GRACES) {
    const graceSeconds = graceSecondsOf({ grace: value, amount: "90", unit: "days" });
    assert.ok(rotateKeySchema.safeParse({ graceSeconds }).success, value);
  }
});

test("a grace of one's own counts in its unit, and is refused when it is no whole number or too long", () => {
  assert.equal(graceSecondsOf({ grace: "custom", amount: " 36 ", unit: "hours" }), 129_600);
  for (const amount of ["", "1.5", "-1", "a", "91", "9".repeat(12)]) {
    const graceSeconds = graceSecondsOf({ grace: "custom", amount, unit: "days" });
    assert.equal(rotateKeySchema.safeParse({ graceSeconds }).success, false, amount);
  }
});
