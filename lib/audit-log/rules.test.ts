import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { auditEndpoints } from "#lib/api/endpoints/audit.ts";
import { readApiLimits } from "#lib/env.ts";
import {
  actionsMeant,
  actionWords,
  CHAIN_PART_EVERY_MS,
  csvField,
  differences,
  targetName,
} from "./rules.ts";

/** Reads one line of RFC 4180 with one field. */
const unquoted = (field: string) =>
  field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field;

test("a field of CSV is read back as it was, but for the apostrophe before what a spreadsheet would run", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const field = csvField(text);
      if (!field.startsWith('"')) assert.doesNotMatch(field, /[",\r\n]/);
      const back = unquoted(field);
      assert.equal(back.replaceAll("'", ""), text.replaceAll("'", ""));
      assert.doesNotMatch(back, /^[\s\0]*[=+\-@＝＋－＠−]|^[\t\r\n]/);
    }),
  );
});

test("formulas are defused and quotes doubled", () => {
  assert.deepEqual(
    ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", 'a"b', "a,b", "a\nb", null, 7].map((each) =>
      csvField(each),
    ),
    ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\tx", `"'\rx"`, '"a""b"', '"a,b"', '"a\nb"', "", "7"],
  );
});

test("a formula is none either where a spreadsheet splits at semicolons, tabs or lines, and knows no quotes", () => {
  for (const [text, field] of [
    ["a;=1", "a;'=1"],
    ["a; -1;@x", "a; '-1;'@x"],
    ['a;"=1"', `"a;""'=1"""`],
    ["a\n=1", `"a\n'=1"`],
    ["a\t\ufeff=1", "a\t\ufeff'=1"],
    ["a;b=1;c - d", "a;b=1;c - d"],
  ] as const) {
    assert.equal(csvField(text), field);
  }
  fc.assert(
    fc.property(fc.array(fc.constantFrom(..."a;=-@\t\n \"',")), (parts) => {
      assert.doesNotMatch(unquoted(csvField(parts.join(""))), /[;\t\r\n]["\s\p{C}]*[=+\-@]/u);
    }),
  );
  const began = performance.now();
  csvField("\n".repeat(200_000));
  assert.ok(performance.now() - began < 1_000);
});

test("a formula is no less one behind blanks, marks that nobody sees and line ends, or in wide signs", () => {
  for (const text of [
    " =1+1",
    "\u00a0=1",
    "\ufeff=1",
    "\u200b=1",
    "\n=1",
    "\nx",
    "\0=1",
    "＝1",
    "＋1",
    "－1",
    "＠A",
    "−1",
  ]) {
    assert.match(csvField(text), /^"?'/, JSON.stringify(text));
  }
  for (const text of ["a=1", "route-1", "{}", '["-1"]', "10", " a"]) {
    assert.doesNotMatch(csvField(text), /^"?'/, JSON.stringify(text));
  }
});

test("what differs is told field by field, nested ones by their path", () => {
  assert.deepEqual(
    differences({ a: 1, b: { c: 1, d: [1] }, gone: true }, { a: 1, b: { c: 2, d: [1] }, come: null }),
    [
      { path: "b.c", before: 1, after: 2, kind: "changed" },
      { path: "gone", before: true, after: undefined, kind: "removed" },
      { path: "come", before: undefined, after: null, kind: "added" },
    ],
  );
  assert.deepEqual(differences(null, { a: 1 }), [{ path: "a", before: undefined, after: 1, kind: "added" }]);
  assert.deepEqual(differences({ a: 1 }, null), [
    { path: "a", before: 1, after: undefined, kind: "removed" },
  ]);
  assert.deepEqual(differences(null, null), []);
});

test("nothing differs from itself, and whatever differs is told", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      assert.deepEqual(
        differences(one, one).filter(({ kind }) => kind === "changed"),
        [],
      );
      const same = JSON.stringify(one) === JSON.stringify(other);
      const empty = (value: unknown) => typeof value === "object" && Object.keys(value ?? {}).length === 0;
      if (!same && !(empty(one) && empty(other)))
        assert.ok(differences(one, other).length > 0 || sameFields(one, other));
    }),
  );
});

/** Whether they hold the same, in whatever order. */
function sameFields(one: unknown, other: unknown): boolean {
  const sorted = (value: unknown): string =>
    JSON.stringify(value, (_, each) =>
      typeof each === "object" && each !== null && !Array.isArray(each)
        ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
        : each,
    );
  return sorted(one) === sorted(other);
}

test("a page that recomputes a chain leaves half of what a session may read to the others", () => {
  const part = auditEndpoints.find(({ path }) => path.endsWith("/audit/verification"));
  assert.ok(typeof part?.cost === "number");
  const reads = (60_000 / CHAIN_PART_EVERY_MS) * part.cost;
  assert.ok(reads <= readApiLimits({}).reads / 2, `${reads} reads a minute`);
});

test("an action is told in words, one without by its code, and found by either", () => {
  assert.equal(actionWords("revision.publish"), "published");
  assert.equal(actionWords("thing.be_done"), "thing: be done");
  const all = ["route.update", "route.delete", "key.revoke"];
  assert.deepEqual(actionsMeant(all, "deleted route"), ["route.delete"]);
  assert.deepEqual(actionsMeant(all, "KEY.revoke"), ["key.revoke"]);
  assert.deepEqual(actionsMeant(all, "  "), []);
});

test("a target is called what it was called then", () => {
  assert.equal(targetName("revision", "43", null, { note: "n", rolledBackFrom: null }), "r43");
  assert.equal(targetName("revision", "43", null, { rolledBackFrom: 41 }), "r41, as r43");
  assert.equal(targetName("claim", "id", null, { keyName: "Partner" }), "Partner");
  assert.equal(targetName("route", "id", { method: "GET", path: "/a" }, null), "GET /a");
  assert.equal(targetName("key", "id", { name: "old" }, { name: "new" }), "new");
  assert.equal(targetName("job", "id", null, "text"), null);
});
