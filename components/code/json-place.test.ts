import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { placeInJson } from "./json-place.ts";

const text = '{ "a/b": [1, {"c": "x"}], "d": {"e": true} }';
const at = (path: string) => {
  const { from, to } = placeInJson(text, path);
  return text.slice(from, to);
};

test("a path, however written, leads to its value or to the name before it", () => {
  assert.equal(at("/a~1b/1/c"), '"c"');
  assert.equal(at("/a~1b/0"), "1");
  assert.equal(at("d.e"), '"e"');
  assert.equal(at("a/b[1]"), '{"c": "x"}');
  assert.equal(at("/d/missing"), '"d"');
  assert.equal(at(""), "{");
});

test("any text and any path give a place inside the text", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), fc.string(), (any, path) => {
      const { from, to } = placeInJson(any, path);
      assert.ok(from >= 0 && from <= to && to <= any.length);
    }),
  );
});
