import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import test from "node:test";
import fc from "fast-check";
import { formatCredential } from "./credential.ts";
import { hashOf, isSecret, lookAt } from "./pasted-key.ts";

const key = formatCredential("apiKey", randomBytes(32));

test("a whole key is found in what was pasted around it", () => {
  for (const text of [key, ` ${key}\n`, `X-Api-Key: ${key}`, `curl -H 'X-Api-Key: ${key}' https://x`]) {
    assert.deepEqual(lookAt(text), { kind: "key", key });
  }
});

test("a key with any one character changed, missing or added is wrong, and is never taken for a search", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.nat(48),
      fc.constantFrom("a", "Z", "0", "-", ""),
      (bytes, at, other) => {
        const good = formatCredential("apiKey", bytes);
        const bad = good.slice(0, at + 3) + other + good.slice(at + 4);
        fc.pre(bad !== good);
        assert.equal(lookAt(bad).kind, "wrong");
        assert.equal(lookAt(`${good}x`).kind, "wrong");
      },
    ),
  );
});

test("prefixes, last fours, names and ids are looked for as they are", () => {
  for (const q of ["gh_", key.slice(0, 9), key.slice(-4), "Partner A/B (test)", "GH"]) {
    assert.deepEqual(lookAt(` ${q} `), { kind: "search", q });
    assert.equal(isSecret(q), false);
  }
  assert.deepEqual(lookAt("01A1FE17-c679-7830-b062-bb0406c3ff10"), {
    kind: "id",
    id: "01a1fe17-c679-7830-b062-bb0406c3ff10",
  });
  assert.equal(lookAt("  ").kind, "nothing");
});

test("other secrets, and most of a key, are said to be what they are and stay here", () => {
  for (const text of [
    formatCredential("accessToken", randomBytes(32)),
    formatCredential("claimLink", randomBytes(32)),
    `https://x/claim#${formatCredential("claimLink", randomBytes(32))}`,
    key.slice(0, 30),
    key.slice(3),
    key.slice(0, 10),
  ]) {
    assert.equal(lookAt(text).kind, "wrong", text.slice(0, 4));
    assert.equal(isSecret(text), true);
  }
});

test("the hash is the one that is stored, and there is none where the browser works none out", async () => {
  assert.equal(await hashOf(key), createHash("sha256").update(key).digest("hex"));
  assert.equal(await hashOf(key, undefined as never), await hashOf(key));
  assert.equal(await hashOf(key, null as never), null);
});
