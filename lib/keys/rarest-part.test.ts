import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { rarestPart } from "./rarest-part.ts";

test("what is looked up is a part of what was asked, and all of it when that is short", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
      const part = rarestPart(text);
      assert.ok(text.includes(part));
      assert.ok([...part].length >= Math.min(7, [...text].length));
    }),
  );
});

test("digits are preferred to letters, and rare letters to common ones", () => {
  assert.equal(rarestPart("partner integration 0049999"), "0049999");
  assert.match(rarestPart("the internal zephyr line"), /zeph|phyr/);
});
