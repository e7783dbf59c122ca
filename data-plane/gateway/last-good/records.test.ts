import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { decodeRecords, encodeRecord, headerOf } from "./records.ts";

const written = (records: unknown[]) => Buffer.from(headerOf("rows") + records.map(encodeRecord).join(""));
const canonical = (record: unknown) => JSON.stringify(record);
const records = fc.array(fc.jsonValue(), { maxLength: 8 });

/** Whether `some` are some of `all`, in their order. */
function isSelectionOf(some: string[], all: string[]): boolean {
  let from = 0;
  for (const each of some) {
    const at = all.indexOf(each, from);
    if (at === -1) return false;
    from = at + 1;
  }
  return true;
}

test("what was written is read", () => {
  fc.assert(
    fc.property(records, (all) => {
      const { known, records: read, damaged } = decodeRecords("rows", written(all));
      assert.ok(known);
      assert.deepEqual([...read].map(canonical), all.map(canonical));
      assert.equal(damaged(), 0);
    }),
  );
});

test("a file that ends anywhere gives the first of its records and nothing else", () => {
  fc.assert(
    fc.property(records, fc.nat(), (all, cut) => {
      const whole = written(all);
      const { records: read } = decodeRecords("rows", whole.subarray(0, cut % (whole.length + 1)));
      const got = [...read].map(canonical);
      assert.deepEqual(got, all.map(canonical).slice(0, got.length));
    }),
  );
});

test("whatever bits are flipped, nothing comes out that was not put in, and the damage is counted", () => {
  fc.assert(
    fc.property(
      records,
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 7 })), { minLength: 1, maxLength: 4 }),
      (all, flips) => {
        const file = written(all);
        const before = Buffer.from(file);
        for (const [at, bit] of flips) {
          const place = at % file.length;
          file[place] = (file[place] as number) ^ (1 << bit);
        }
        const { known, records: read, damaged } = decodeRecords("rows", file);
        const got = [...read].map(canonical);
        assert.ok(isSelectionOf(got, all.map(canonical)), `${got} of ${all.map(canonical)}`);
        if (known && !file.equals(before)) assert.ok(damaged() > 0);
      },
    ),
  );
});

test("a file of another kind or format is not taken for ours", () => {
  const file = written([1]);
  assert.equal(decodeRecords("changes", file).known, false);
  assert.deepEqual([...decodeRecords("changes", file).records], []);
  const newer = Buffer.from(file.toString().replace("gatehouse-last-good 2", "gatehouse-last-good 3"));
  assert.equal(decodeRecords("rows", newer).known, false);
});
