import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatCredential, isWellFormedCredential } from "./credential.ts";

const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
const CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

test("a key that was made is well formed, and one with any one character changed is not", () => {
  fc.assert(
    fc.property(bytes, fc.nat(48), fc.constantFrom(...CHARACTERS), (secret, place, other) => {
      const key = formatCredential("apiKey", secret);
      assert.equal(isWellFormedCredential("apiKey", key), true);
      const at = "gh_".length + place;
      const mistyped = key.slice(0, at) + other + key.slice(at + 1);
      assert.equal(isWellFormedCredential("apiKey", mistyped), mistyped === key);
    }),
  );
});
