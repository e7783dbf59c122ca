import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import test from "node:test";
import fc from "fast-check";
import { whyNotPassword } from "./password-policy.ts";
import { LONGEST_PASSWORD, SHORTEST_PASSWORD, whyNotLength } from "./rules.ts";

const ADA = { email: "ada.lovelace@analytical.example", name: "Ada Lovelace" };

test("what is common, stolen, repeated, a sequence or a row of keys is refused, in words that say which", async () => {
  for (const [password, words] of [
    ["password1234", /stolen/],
    ["P@ssw0rd!P@ssw0rd!", /repeats/],
    ["aaaaaaaaaaaaaaaa", /repeats/],
    ["abcdefghijklmnop", /sequence/],
    ["qwertyuiop1234", /stolen|keyboard/],
    ["summerwinter2026", /easy|stolen/],
    ["iloveyou2024!!", /stolen|easy/],
    ["password".repeat(100), /repeats/],
  ] as const) {
    assert.match((await whyNotPassword(password, ADA)) ?? "accepted", words, password);
  }
});

test("a phrase that everybody knows is refused however it is written, and separators make nothing harder", async () => {
  for (const [password, words] of [
    ["correct horse battery staple", /Everybody knows/],
    ["CorrectHorse-Battery-Staple1!", /Everybody knows/],
    ["the quick brown fox", /Everybody knows/],
    ["To be, or not to be", /Everybody knows/],
    ["p a s s w o r d 1 2 3", /stolen/],
    ["12345-67890-12345", /stolen|sequence/],
  ] as const) {
    assert.match((await whyNotPassword(password, ADA)) ?? "accepted", words, password);
  }
  assert.equal(await whyNotPassword("correct the horse, not my battery", ADA), null);
});

test("what is made of the person's name, address or of the product's name is refused", async () => {
  for (const password of [
    "ada.lovelace2026",
    "AdaLovelace1!",
    "lovelace-ada-1",
    "Gatehouse2024!",
    "analytical1234",
    ADA.email,
  ]) {
    assert.match((await whyNotPassword(password, ADA)) ?? "accepted", /your name/, password);
  }
});

test("length is what counts: no kind of character is asked for, in any script", async () => {
  for (const password of [
    "brindle walnut sextant quay",
    "!?!§%=&/)=(?+*#",
    "my dog ate my homework",
    "ключ от квартиры где деньги",
    "x7kp9vq2mz4t",
    `${"long passphrases are looked at only in part ".repeat(20)}`,
  ]) {
    assert.equal(await whyNotPassword(password, ADA), null, password);
  }
});

test("a generated password is always accepted", async () => {
  for (let i = 0; i < 20; i++) {
    assert.equal(await whyNotPassword(randomBytes(15).toString("base64url"), ADA), null);
  }
});

test("whatever is too short, too long or no text is refused, by the same rule that the page knows", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc
          .string({ unit: "grapheme", maxLength: SHORTEST_PASSWORD - 1 })
          .filter((text) => [...text].length < SHORTEST_PASSWORD),
        fc.string({ minLength: LONGEST_PASSWORD + 1, maxLength: LONGEST_PASSWORD + 50 }),
        fc.constant(`a lone surrogate ${"\ud800"}`),
      ),
      async (password) => {
        const reason = whyNotLength(password);
        assert.ok(reason);
        assert.equal(await whyNotPassword(password, ADA), reason);
      },
    ),
    { numRuns: 50 },
  );
});

test("of a long password only the beginning is looked at, so that no length makes it take long", async () => {
  for (const beginning of ["z9k".repeat(16), "1q2w3e4r".repeat(6), "\u00e9".repeat(48), "p".repeat(48)]) {
    const reason = await whyNotPassword(beginning, ADA);
    assert.equal(await whyNotPassword(`${beginning}${randomBytes(700).toString("base64url")}`, ADA), reason);
  }
});
