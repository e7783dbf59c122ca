import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { patternMatches } from "./authorized-requests.ts";
import { type ParsedPattern, parsePattern } from "./path.ts";
import { patternCovers, patternsOverlap } from "./pattern-reach.ts";

const segment = fc.constantFrom("a", "b", ":p", "{q}");
const last = fc.constantFrom("a", "b", ":z", "*", "+", "a*", "{rest+}");
const pattern = fc
  .tuple(fc.array(segment, { maxLength: 3 }), last)
  .map(
    ([head, tail]) =>
      `/${[...head.map((s, i) => (s.startsWith(":") ? `:p${i}` : s.startsWith("{") ? `{q${i}}` : s)), tail].join("/")}`,
  )
  .map((text) => {
    const parsed = parsePattern(text);
    assert.ok(parsed.ok, text);
    return parsed.pattern;
  });

/** Every path of up to five segments over the words that the patterns know, one that they do not, and nothing. */
const PATHS = (function grow(depth: number): string[][] {
  if (depth === 0) return [[]];
  const shorter = grow(depth - 1);
  return [
    ...shorter,
    ...shorter
      .filter((p) => p.length === depth - 1)
      .flatMap((p) => ["a", "b", "x", ""].map((s) => [...p, s])),
  ];
})(5);
const matched = (one: ParsedPattern) => PATHS.filter((path) => patternMatches(one, path));

test("two patterns overlap exactly when some path matches both", () => {
  fc.assert(
    fc.property(pattern, pattern, (a, b) => {
      const both = matched(a).some((path) => patternMatches(b, path));
      assert.equal(patternsOverlap(a, b), both);
      assert.equal(patternsOverlap(b, a), both);
    }),
    { numRuns: 500 },
  );
});

test("a pattern covers another exactly when it matches each of its paths", () => {
  fc.assert(
    fc.property(pattern, pattern, (wide, narrow) => {
      assert.equal(
        patternCovers(wide, narrow),
        matched(narrow).every((path) => patternMatches(wide, path)),
      );
    }),
    { numRuns: 500 },
  );
});
