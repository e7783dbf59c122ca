import assert from "node:assert/strict";
import test from "node:test";
import { dueNotice, type NoticedKey, noticeText } from "./rules.ts";

const DAY = 86_400_000;
const now = new Date(Date.UTC(2030, 5, 1));
const inDays = (days: number) => new Date(now.getTime() + days * DAY);
const key = (expiresIn: number, madeAgo = 365) => ({
  createdAt: inDays(-madeAgo),
  expiresAt: inDays(expiresIn),
  revokedAt: null,
  graceEndsAt: null,
});

test("a key is announced 30, 7 and 1 days before its end, and the shortest that has come is the one", () => {
  for (const [expiresIn, days] of [
    [30.1, null],
    [30, 30],
    [8, 30],
    [7, 7],
    [1.01, 7],
    [1, 1],
    [0.01, 1],
    [0, null],
    [-1, null],
  ] as const) {
    assert.equal(dueNotice(key(expiresIn), now), days, `${expiresIn}`);
  }
});

test("a key that was made to end soon is not announced at a moment before it was made", () => {
  assert.equal(dueNotice(key(29.5, 0.5), now), null, "30 days were chosen");
  assert.equal(dueNotice(key(6, 2), now), 7);
  assert.equal(dueNotice(key(0.9, 0.1), now), null);
});

test("nobody is told of a key that has ended, was replaced or does not expire", () => {
  assert.equal(dueNotice({ ...key(3), revokedAt: inDays(-1) }, now), null);
  assert.equal(dueNotice({ ...key(3), graceEndsAt: inDays(1) }, now), null);
  assert.equal(dueNotice({ ...key(3), expiresAt: null }, now), null);
});

test("a notice stays one subject line whatever a name holds, and lists no more than fifty keys", () => {
  const one: NoticedKey = {
    name: "A\r\nBcc: x@y\u2028z",
    prefix: "gh_abcdef",
    lastFour: "wxyz",
    expiresAt: inDays(3),
    url: "https://console.example/t/a/keys/1",
  };
  const { subject, text } = noticeText(
    "Ac\nme",
    Array(60).fill(one),
    now,
    "https://console.example/t/a/keys",
  );
  assert.equal(subject, "60 API keys of Ac me expire within 3 days");
  assert.match(text, /- A Bcc: x@y z \(gh_abcdef…wxyz\) expires 2030-06-04 00:00 UTC\n/);
  assert.match(text, /and 10 more\./);
  assert.equal(text.split("gh_abcdef").length, 51);
});
