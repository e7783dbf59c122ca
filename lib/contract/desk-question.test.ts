import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import test from "node:test";
import { formatCredential } from "./credential.ts";
import { holdsSecret, readQuestion } from "./desk-question.ts";

const key = formatCredential("apiKey", randomBytes(32));

test("a whole key, also inside a curl, and secrets of other kinds never become a question that may be sent", () => {
  for (const text of [key, `curl -H 'X-Api-Key: ${key}'`]) {
    assert.deepEqual(readQuestion(text), { kind: "key", key });
    assert.ok(holdsSecret(text));
  }
  const token = formatCredential("accessToken", randomBytes(32));
  for (const text of [token, `${key}x`, key.slice(0, 30), key.slice(3), "gh_"]) {
    assert.equal(readQuestion(text).kind, "wrong", text);
    assert.ok(holdsSecret(text));
  }
});

test("how a key begins, and how lists show it, is a part of a key", () => {
  assert.deepEqual(readQuestion(" gh_abcdef "), { kind: "key-part", begins: "gh_abcdef", lastFour: null });
  assert.deepEqual(readQuestion("gh_ab"), { kind: "key-part", begins: "gh_ab", lastFour: null });
  for (const text of [
    "gh_abcdef…wx-z",
    "gh_abcdef...wx-z",
    "gh_abcdef wx-z",
    "gh_abcdef … wx-z",
    "gh_abcdef••••wx-z",
  ]) {
    assert.deepEqual(readQuestion(text), { kind: "key-part", begins: "gh_abcdef", lastFour: "wx-z" }, text);
  }
});

test("ids, request ids of any length, four characters and names are told apart", () => {
  const id = "0199c0de-0000-7000-8000-000000000001";
  assert.deepEqual(readQuestion(id.toUpperCase()), { kind: "id", id });
  assert.deepEqual(readQuestion("acme"), { kind: "text", text: "acme", lastFour: "acme" });
  assert.deepEqual(readQuestion("Acme Corporation"), {
    kind: "text",
    text: "Acme Corporation",
    lastFour: null,
  });
  const trace = "4bf92f3577b34da6a3ce929d0e0e47364bf92f3577b34da6a3ce929d0e0e4736";
  assert.deepEqual(readQuestion(trace), { kind: "text", text: trace, lastFour: null });
  assert.deepEqual(readQuestion("  "), { kind: "nothing" });
});
