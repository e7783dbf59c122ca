import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { whyNotEmailAddress } from "./email-address.ts";

test("ordinary addresses are taken, international domains as mail carries them", () => {
  for (const address of [
    "ada@example.com",
    "Ada.Lovelace+gate@mail.example.co.uk",
    "o'neil@example.org",
    "a_b-c@xn--bcher-kva.example",
    " padded@example.com ",
    `${"a".repeat(64)}@example.com`,
  ])
    assert.equal(whyNotEmailAddress(address), null, address);
});

test("what can pass for another address, break a header or be no address is refused", () => {
  for (const address of [
    "",
    "nobody",
    "@example.com",
    "a@b@example.com",
    "a@example",
    "a@.example.com",
    "a@-x.example",
    "a..b@example.com",
    ".a@example.com",
    "а@example.com", // Cyrillic
    "ada@exаmple.com", // Cyrillic in the domain
    "\u212aelvin@example.com", // the Kelvin sign, a k in lower case
    "ada\u200b@example.com",
    "ada\u202e@example.com",
    "ada@exam\u00adple.com",
    "ada@example.com\r\nBcc: all@example.com",
    "ada\n@example.com",
    "ada@example.com,eve@example.com",
    "Ada <ada@example.com>",
    '"ada eve"@example.com',
    "ada@[127.0.0.1]",
    "ada@127.0.0.1",
    `${"a".repeat(65)}@example.com`,
    `a@${"b.".repeat(130)}example`,
    "x".repeat(1_000_000),
  ])
    assert.notEqual(whyNotEmailAddress(address), null, address.slice(0, 40));
});

test("an international domain is refused with what to write in its place", () => {
  assert.match(whyNotEmailAddress("anna@bücher.example") ?? "", /xn--bcher-kva\.example/);
});

test("whatever is taken is one line of ASCII and no longer than mail carries", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.emailAddress()), (text) => {
      if (whyNotEmailAddress(text) !== null) return;
      assert.match(text.trim(), /^[\x21-\x7e]{3,254}$/);
      assert.equal(text.trim().toLowerCase().length, text.trim().length);
    }),
  );
});
