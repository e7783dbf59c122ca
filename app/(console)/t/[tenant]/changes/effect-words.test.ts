import assert from "node:assert/strict";
import test from "node:test";
import { EFFECTS } from "#lib/publishing/rules.ts";
import { EFFECT_WORDS, effectsByGravity, summarize } from "./effect-words.ts";

test("every effect has words for one route and for several", () => {
  for (const effect of EFFECTS) {
    assert.match(EFFECT_WORDS[effect].summary(1), /^1 route /);
    assert.match(EFFECT_WORDS[effect].summary(1_200), /^1,200 routes /);
  }
});

test("what takes something away comes first", () => {
  assert.deepEqual(effectsByGravity(["appears", "becomes-public", "disappears"]), [
    "disappears",
    "becomes-public",
    "appears",
  ]);
});

test("the summary names only the kinds that there are", () => {
  assert.equal(summarize({ total: 3, added: 1, changed: 2, removed: 0 }), "1 added, 2 changed");
  assert.equal(summarize({ total: 0, added: 0, changed: 0, removed: 0 }), "nothing");
});
