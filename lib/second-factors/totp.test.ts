import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import test from "node:test";
import { isOurChallenge, newChallenge } from "./challenge.ts";
import { matchingStep, newTotpSecret, totpText, totpUri } from "./totp.ts";

process.env.GATEHOUSE_SECRET = randomBytes(32).toString("hex");
process.env.CONSOLE_URL = "https://gate.example:8443";

test("codes are those of RFC 6238, in their step and the one on either side, and in no other", () => {
  const secret = Buffer.from("12345678901234567890");
  // Appendix B, the last six of its eight digits.
  const vectors: [seconds: number, code: string][] = [
    [59, "287082"],
    [1_111_111_109, "081804"],
    [1_111_111_111, "050471"],
    [1_234_567_890, "005924"],
    [2_000_000_000, "279037"],
    [20_000_000_000, "353130"],
  ];
  for (const [seconds, code] of vectors) {
    const step = Math.floor(seconds / 30);
    for (const late of [-30, 0, 30]) assert.equal(matchingStep(secret, code, (seconds + late) * 1_000), step);
    for (const late of [-60, 60]) assert.equal(matchingStep(secret, code, (seconds + late) * 1_000), null);
  }
});

test("an app learns from the QR code which console and which account the codes are for", () => {
  const secret = newTotpSecret();
  assert.equal(secret.length, 20);
  const uri = new URL(totpUri(secret, "a:b@example.com"));
  assert.equal(uri.protocol, "otpauth:");
  assert.equal(uri.searchParams.get("secret"), totpText(secret));
  assert.equal(uri.searchParams.get("issuer"), "Gatehouse gate.example");
  assert.equal(uri.searchParams.get("digits"), "6");
  assert.equal(uri.searchParams.get("period"), "30");
});

test("a challenge is good for its purpose, its session and five minutes, and in one spelling", () => {
  const challenge = Buffer.from(newChallenge("sign-in", "browser", 1_000)).toString("base64url");
  assert.ok(isOurChallenge(challenge, "sign-in", "browser", 1_000));
  assert.ok(isOurChallenge(challenge, "sign-in", "browser", 300_999));
  assert.ok(!isOurChallenge(challenge, "sign-in", "browser", 301_000), "too late");
  assert.ok(!isOurChallenge(challenge, "confirm", "browser", 1_000), "another purpose");
  assert.ok(!isOurChallenge(challenge, "sign-in", "another", 1_000), "another browser");
  for (const other of [
    `${challenge}=`,
    `${challenge} `,
    challenge.slice(0, -1),
    "",
    "A".repeat(72),
    "A".repeat(1_000_000),
  ]) {
    assert.ok(!isOurChallenge(other, "sign-in", "browser", 1_000), other.slice(0, 80));
  }
  for (let at = 0; at < challenge.length; at++) {
    const changed = challenge.slice(0, at) + (challenge[at] === "A" ? "B" : "A") + challenge.slice(at + 1);
    assert.ok(!isOurChallenge(changed, "sign-in", "browser", 1_000), `changed at ${at}`);
  }
});
