import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { applyPatch, diff } from "./json-patch.ts";

const MASK = "•••";
const patched = (original: unknown, patch: unknown) => {
  const result = applyPatch(original, patch, MASK);
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
};
const refused = (original: unknown, patch: unknown) => {
  const result = applyPatch(original, patch, MASK);
  assert.ok(!result.ok, JSON.stringify(result));
  return result.details;
};

/** Member names and texts without what a patch may not hold. */
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.stringMatching(/^[a-z/~]{0,6}$/),
    tie("list"),
    tie("object"),
  ),
  list: fc.array(tie("value"), { maxLength: 5 }),
  object: fc.dictionary(fc.stringMatching(/^[a-z/~ ]{0,4}$/), tie("value"), {
    maxKeys: 5,
    noNullPrototype: true,
  }),
})).value;

test("the difference of any two values, applied to the one, gives the other", () => {
  fc.assert(
    fc.property(json, json, (from, to) => {
      const operations = diff(from, to);
      if (operations.length === 0) assert.deepEqual(from, to);
      else assert.deepEqual(patched(from, operations), to);
    }),
    { numRuns: 500 },
  );
});

test("what is not touched is in no operation, so a hidden value is never sent back", () => {
  const shown = {
    user: "ada",
    password: MASK,
    list: [
      { token: MASK, n: 1 },
      { token: MASK, n: 2 },
    ],
  };
  const stored = {
    user: "ada",
    password: "s3cret",
    list: [
      { token: "a", n: 1 },
      { token: "b", n: 2 },
    ],
  };
  const operations = diff(shown, { ...shown, user: "grace", list: [{ token: MASK, n: 9 }, shown.list[1]] });
  assert.ok(!JSON.stringify(operations).includes(MASK));
  assert.deepEqual(patched(stored, operations), {
    user: "grace",
    password: "s3cret",
    list: [
      { token: "a", n: 9 },
      { token: "b", n: 2 },
    ],
  });
});

test("a value that holds the mask is refused wherever it stands, in a patch of either kind", () => {
  for (const patch of [
    [{ op: "replace", path: "/a", value: MASK }],
    [{ op: "add", path: "/b", value: { deep: [`x${MASK}`] } }],
    [{ op: "add", path: "/b", value: { [MASK]: 1 } }],
    [{ op: "add", path: `/${MASK}`, value: 1 }],
    { a: MASK },
    { b: { c: [MASK] } },
    { body: `{"password":"${MASK}"}` },
  ]) {
    assert.match(refused({ a: 1 }, patch)[0]?.message ?? "", /hidden value/, JSON.stringify(patch));
  }
});

test("nothing that could show or find out a hidden value is an operation", () => {
  const stored = { password: "s3cret", note: "" };
  for (const each of [
    { op: "copy", from: "/password", path: "/note" },
    { op: "move", from: "/password", path: "/note" },
    { op: "test", path: "/password", value: "s3cret" },
  ])
    assert.deepEqual(refused(stored, [each]), [
      { path: "patch.0.op", message: "must be add, replace or remove" },
    ]);
});

test("a path leads into a body that is JSON text, and leaves what is hidden in it as it is", () => {
  const stored = { method: "POST", body: '{"customer":1,"password":"s3cret"}' };
  const shown = { method: "POST", body: `{"customer":1,"password":"${MASK}"}` };
  const operations = diff(shown, { ...shown, body: { customer: 2, password: MASK } });
  assert.deepEqual(operations, [{ op: "replace", path: "/body/customer", value: 2 }]);
  assert.deepEqual(patched(stored, operations), { ...stored, body: '{"customer":2,"password":"s3cret"}' });
  assert.deepEqual(patched(stored, { body: { customer: 3 } }), {
    ...stored,
    body: '{"customer":3,"password":"s3cret"}',
  });
});

test("a merge patch does what RFC 7396 says", () => {
  // The examples of its appendix whose patch is an object and changes something, less those that leave null standing.
  for (const [original, patch, result] of [
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [["a", "b"], { a: "b" }, { a: "b" }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ] as const)
    assert.deepEqual(patched(original, patch), result);
});

test("each change is kept with what was there before", () => {
  const result = applyPatch(
    { a: 1, list: [1, 2] },
    [
      { op: "replace", path: "/a", value: 2 },
      { op: "remove", path: "/list/0" },
      { op: "add", path: "/list/-", value: 3 },
    ],
    MASK,
  );
  assert.deepEqual(result.ok && result.changes, [
    { path: "/a", before: 1, after: 2 },
    { path: "/list/0", before: 1 },
    { path: "/list/-", after: 3 },
  ]);
});

test("a patch that does not fit, says nothing or is none is refused with its place, and nothing is thrown", () => {
  const deep = JSON.parse(`${"[".repeat(5_000)}${"]".repeat(5_000)}`);
  for (const patch of [
    null,
    1,
    "x",
    [],
    {},
    [null],
    [1],
    [{}],
    [{ op: "remove", path: "/nope" }],
    [{ op: "remove", path: "" }],
    [{ op: "replace", path: "/a/b/c", value: 1 }],
    [{ op: "add", path: "a", value: 1 }],
    [{ op: "add", path: "/list/7", value: 1 }],
    [{ op: "replace", path: "/list/-", value: 1 }],
    [{ op: "replace", path: "/list/01", value: 1 }],
    [{ op: "add", path: "/x", value: 1, extra: 1 }],
    [{ op: "add", path: "/x" }],
    [{ op: "add", path: "/__proto__", value: { polluted: 1 } }],
    [{ op: "replace", path: "/a", value: 1 }],
    { a: 1 },
    { x: "nul\u0000" },
    { x: "\ud800" },
    { x: deep },
    Array.from({ length: 1_001 }, (_, n) => ({ op: "add", path: `/k${n}`, value: n })),
  ])
    assert.equal(applyPatch({ a: 1, list: [1] }, patch, MASK).ok, false);
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});
