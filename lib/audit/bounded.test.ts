import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { bounded, LONGEST_BYTES } from "./bounded.ts";

test("what is short is kept as it is", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
      const plain = JSON.parse(JSON.stringify(value));
      fc.pre(Buffer.byteLength(JSON.stringify(plain)) <= LONGEST_BYTES);
      assert.deepEqual(bounded(value), plain);
    }),
  );
});

test("whatever is written down stays within the bound, and says where it was cut", () => {
  const deep = (levels: number): unknown => (levels === 0 ? "x".repeat(90_000) : { in: deep(levels - 1) });
  const huge = [
    { note: "x".repeat(1_000_000) },
    { ids: Array.from({ length: 50_000 }, (_, n) => `id-${n}`) },
    Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`field ${n}`, n])),
    { all: Array.from({ length: 100 }, () => Array.from({ length: 100 }, () => "\u0001ü😀".repeat(300))) },
    deep(40),
  ];
  for (const value of huge) {
    const kept = JSON.stringify(bounded(value));
    assert.ok(Buffer.byteLength(kept) <= LONGEST_BYTES, `${Buffer.byteLength(kept)} bytes`);
    assert.match(kept, /cut/);
  }
});

test("a list that is cut says how many are missing", () => {
  const { ids } = bounded({ ids: Array.from({ length: 50_000 }, (_, n) => `id-${n}`) }) as { ids: string[] };
  assert.equal(ids.length, 101);
  assert.equal(ids.at(-1), "… cut: 49900 more items");
});
