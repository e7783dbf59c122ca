import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import test from "node:test";
import fc from "fast-check";
import { issuerSecretBinding, KeyringError, openSecret, readKeyring, sealSecret } from "./sealed-secret.ts";

const setting = () => randomBytes(32).toString("base64");
const HERE = issuerSecretBinding("tenant", "issuer");

test("what was sealed opens again, and the sealed bytes do not hold it", () => {
  const keyring = readKeyring(setting());
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 200 }), (secret) => {
      const sealed = sealSecret(keyring, secret, HERE);
      assert.equal(Buffer.from(sealed.sealed).includes(Buffer.from(secret)), false);
      assert.deepEqual(new Uint8Array(openSecret(keyring, sealed, HERE)), secret);
    }),
  );
});

test("one secret sealed twice looks different both times", () => {
  const keyring = readKeyring(setting());
  const secret = randomBytes(32);
  assert.notDeepEqual(sealSecret(keyring, secret, HERE).sealed, sealSecret(keyring, secret, HERE).sealed);
});

test("a sealed secret opens only where it belongs, and not after any bit of it changed", () => {
  const keyring = readKeyring(setting());
  const sealed = sealSecret(keyring, randomBytes(32), HERE);
  for (const elsewhere of [
    issuerSecretBinding("other", "issuer"),
    issuerSecretBinding("tenant", "other"),
    "",
  ]) {
    assert.throws(() => openSecret(keyring, sealed, elsewhere), KeyringError);
  }
  for (let at = 0; at < sealed.sealed.length; at++) {
    const changed = Uint8Array.from(sealed.sealed);
    changed[at] = (changed[at] as number) ^ 1;
    assert.throws(() => openSecret(keyring, { ...sealed, sealed: changed }, HERE), KeyringError);
  }
  for (const length of [0, 11, 27, 28]) {
    const cut = { ...sealed, sealed: sealed.sealed.slice(0, length) };
    assert.throws(() => openSecret(keyring, cut, HERE), KeyringError);
  }
});

test("a key in front takes over the sealing while the one behind it still opens", () => {
  const [old, next] = [setting(), setting()];
  const before = sealSecret(readKeyring(old), Buffer.from("s".repeat(32)), HERE);
  const both = readKeyring(`${next}, ${old}`);
  assert.equal(openSecret(both, before, HERE).toString(), "s".repeat(32));
  const after = sealSecret(both, Buffer.from("t".repeat(32)), HERE);
  assert.equal(openSecret(readKeyring(next), after, HERE).toString(), "t".repeat(32));
  assert.throws(() => openSecret(readKeyring(next), before, HERE), /another GATEHOUSE_ENCRYPTION_KEY/);
  assert.throws(() => openSecret([], before, HERE), /is not set/);
});

test("a setting that is no key is refused without being quoted", () => {
  assert.deepEqual(readKeyring(undefined), []);
  assert.deepEqual(readKeyring(" "), []);
  assert.equal(readKeyring(randomBytes(32).toString("base64url")).length, 1);
  for (const wrong of [
    "hunter2hunter2",
    setting().slice(1),
    `${setting()},`,
    `${setting()}x`,
    "é".repeat(43),
  ]) {
    assert.throws(
      () => readKeyring(wrong),
      (error: Error) => error instanceof KeyringError && !error.message.includes(wrong),
    );
  }
});
