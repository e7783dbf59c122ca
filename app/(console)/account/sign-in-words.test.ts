import assert from "node:assert/strict";
import test from "node:test";
import { signInWords } from "./sign-in-words.ts";

test("a session says what was given for it", () => {
  const words = (
    method: "password" | "passkey" | "oidc",
    provider: string | null,
    secondFactor: "totp" | null,
  ) => signInWords({ method, provider, secondFactor }, [{ name: "corp", label: "Corp Ltd" }]);
  assert.equal(words("password", null, null), "with a password");
  assert.equal(words("password", null, "totp"), "with a password and an authenticator app");
  assert.equal(words("oidc", "corp", null), "with Corp Ltd");
  assert.equal(words("oidc", "gone", null), "with gone");
  assert.equal(words("passkey", null, null), "with a passkey");
});
