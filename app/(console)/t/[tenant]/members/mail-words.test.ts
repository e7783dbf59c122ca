import assert from "node:assert/strict";
import test from "node:test";
import type { MailState } from "#lib/invitations/schema.ts";
import { mailWords } from "./mail-words.ts";

const of = (...states: MailState[]) =>
  mailWords(states.map((mail, n) => ({ mail, email: `p${n}@x.example` })));

test("only when every mail went out does it say so, and else whose did not", () => {
  assert.match(of("sent").text, /on its way/);
  assert.match(of("sent", "sent").text, /^All mails/);
  assert.deepEqual(of("none").tone, "warn");
  assert.match(of("none", "none").text, /^No mail was sent/);
  const mixed = of("sent", "failed", "limited", "sent").text;
  assert.match(
    mixed,
    /did not take the mail to p1@x\.example\. No mail went to p2@x\.example.* 2 went out\. Copy/,
  );
});
