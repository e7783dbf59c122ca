import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { readCutJson } from "./cut-json.ts";

const read = (text: string) => readCutJson(text)?.value;

test("what had begun where JSON was cut off is ended, wherever that was", () => {
  assert.deepEqual(read('{"a":{"b":["x",{"c":"y'), { a: { b: ["x", { c: "y" }] } });
  assert.deepEqual(read('{"a":1,"b'), { a: 1 });
  assert.deepEqual(read('{"a":1,"b":'), { a: 1 });
  assert.deepEqual(read('{"a":1,"b":41'), { a: 1, b: "…" });
  assert.deepEqual(read("[true,nul"), [true, "…"]);
  assert.deepEqual(read('["half an escape \\'), ["half an escape "]);
  assert.deepEqual(read('["half an escape \\u00'), ["half an escape "]);
  assert.equal(read('"a text alone'), "a text alone");
});

test("text that is not the beginning of JSON is none", () => {
  for (const text of ["", "plain", "{not json", "[info] started", '{"a":1} and more', "]", '{"a"}']) {
    assert.equal(read(text), undefined, text);
  }
});

test("every beginning of a document can be read, and holds nothing that the document does not", () => {
  fc.assert(
    fc.property(fc.object({ maxDepth: 3, withNullPrototype: false }), fc.nat(), (document, at) => {
      const text = JSON.stringify({ first: true, document });
      const cut = text.slice(0, 1 + (at % (text.length - 1)));
      const value = read(cut) as Record<string, unknown>;
      assert.equal(typeof value, "object", cut);
      if ("first" in value) assert.ok(value.first === true || value.first === "…", cut);
    }),
  );
});
