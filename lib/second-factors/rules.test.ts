import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { groupedRecoveryCode, plainCode, plainRecoveryCode, suggestedName, whyNoPasskeys } from "./rules.ts";
import { codeSchema, recoveryCodeSchema } from "./schema.ts";

test("a code may be pasted with its spaces, and is six digits of the ordinary kind", () => {
  for (const typed of ["123456", "123 456", " 123-456\n"]) assert.equal(codeSchema.parse(typed), "123456");
  for (const typed of ["12345", "1234567", "１２３４５６", "abcdef", "", "1".repeat(1_000_000)]) {
    assert.equal(codeSchema.safeParse(typed).success, false, typed.slice(0, 20));
  }
  assert.equal(plainCode("1 2"), "12");
});

test("a recovery code is known by any spelling that a person may give it", () => {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  const code = fc.string({ unit: fc.constantFrom(...alphabet), minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(code, (plain) => {
      const shown = groupedRecoveryCode(plain);
      assert.match(shown, /^(.{4}-){3}.{4}$/);
      for (const typed of [
        shown,
        shown.toUpperCase(),
        shown.replaceAll("-", " "),
        shown.replaceAll("0", "O"),
        shown.replaceAll("1", "l"),
      ]) {
        assert.equal(plainRecoveryCode(typed), plain);
        assert.equal(recoveryCodeSchema.parse(typed), plain);
      }
    }),
  );
  for (const typed of ["", "abcd", "u".repeat(16), "0".repeat(17), "é".repeat(16)]) {
    assert.equal(recoveryCodeSchema.safeParse(typed).success, false, typed);
  }
});

test("a console at an IP address, or without TLS elsewhere, says why it has no passkeys and what would help", () => {
  for (const url of [
    "https://gate.example",
    "http://localhost:3000",
    "http://gate.localhost",
    "https://10.example",
  ]) {
    assert.equal(whyNoPasskeys(url), null, url);
  }
  assert.match(
    whyNoPasskeys("http://127.0.0.1:3900") ?? "",
    /IP address 127\.0\.0\.1.*CONSOLE_URL=http:\/\/localhost:3900/,
  );
  assert.match(whyNoPasskeys("https://192.0.2.7") ?? "", /IP address 192\.0\.2\.7.*host name with HTTPS/);
  assert.match(whyNoPasskeys("http://[::1]:3000") ?? "", /localhost:3000/);
  assert.match(whyNoPasskeys("http://gate.example") ?? "", /HTTPS only/);
});

test("a passkey is called after the browser and the device that make it", () => {
  const names = {
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/26.0 Safari/605.1.15":
      "Safari on Mac",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0":
      "Edge on Windows",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) CriOS/140.0 Mobile Safari/604.1":
      "Chrome on iPhone",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox on Linux",
    curl: "Passkey",
  };
  for (const [agent, name] of Object.entries(names)) {
    assert.equal(suggestedName(agent), name);
  }
});
