import assert from "node:assert/strict";
import test from "node:test";
import { signInError } from "./sign-in-error.ts";

test("a wrong password, too many attempts, a crowd and a broken server read differently", () => {
  assert.match(signInError("CredentialsSignin").message, /do not belong together/);
  assert.deepEqual(signInError("slowed_down:30"), { message: "Too many attempts.", seconds: 30 });
  assert.deepEqual(signInError("busy:3"), {
    message: "Very many people are signing in right now.",
    seconds: 3,
  });
  for (const code of [null, "unavailable", "slowed_down:", "Configuration"]) {
    assert.match(signInError(code).message, /not possible right now/);
  }
});
