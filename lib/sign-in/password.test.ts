import assert from "node:assert/strict";
import test from "node:test";
import { DomainError } from "#lib/errors/domain-error.ts";
import { assertRoom, hashPassword, verifyPassword } from "./password.ts";

test("a password is its hash's, however its accents were typed, and another one is not", async () => {
  const stored = await hashPassword("caf\u00e9 au lait, s'il vous pla\u00eet");
  assert.equal(await verifyPassword(stored, "cafe\u0301 au lait, s'il vous plai\u0302t"), true);
  assert.equal(await verifyPassword(stored, "cafe au lait, s'il vous plait"), false);
  assert.equal(await verifyPassword(null, "there is no account with this password"), false);
});

test("a flood is answered at once that it has to come back, and those who already wait are served", async () => {
  const stored = await hashPassword("the right one");
  const flood = Array.from({ length: 400 }, () => verifyPassword(stored, "a wrong one"));
  assert.throws(assertRoom, (error: DomainError) => error.code === "unavailable");
  const outcomes = await Promise.allSettled(flood);
  const refused = outcomes.filter(
    (one) =>
      one.status === "rejected" &&
      one.reason instanceof DomainError &&
      one.reason.code === "unavailable" &&
      Number(one.reason.headers["retry-after"]) > 0,
  );
  const served = outcomes.filter((one) => one.status === "fulfilled" && one.value === false);
  assert.equal(refused.length + served.length, 400);
  assert.ok(
    refused.length > 100 && served.length >= 256,
    `${refused.length} refused, ${served.length} served`,
  );
  assert.doesNotThrow(assertRoom);
  assert.equal(await verifyPassword(stored, "the right one"), true);
});
