import assert from "node:assert/strict";
import test from "node:test";
import { storable } from "./storable.ts";

test("what a terminal would colour is stored without its colours", () => {
  assert.equal(storable("\u001b[1;31mfailed\u001b[0m in \u001b[38;5;208mcart\u001b[39m"), "failed in cart");
  assert.equal(storable("\u001b]8;;https://example.com\u0007a link\u001b]8;;\u0007"), "a link");
});

test("nothing is stored that cannot be kept, or that reads otherwise than it is written", () => {
  assert.equal(storable("a\u0000b\ud800"), "a\ufffdb\ufffd");
  assert.equal(storable("paid \u202eton\u202c \u2066x\u2069"), "paid \ufffdton\ufffd \ufffdx\ufffd");
  assert.equal(storable("\u0007\u009b\u001b"), "\ufffd\ufffd\ufffd");
});

test("lines, tabs and every script stay as they are", () => {
  const text = "one\n\ttwo\r\nschön 日本 👩‍💻 שלום";
  assert.equal(storable(text), text);
});
