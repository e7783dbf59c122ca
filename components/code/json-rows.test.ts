import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { highlight } from "./highlight.ts";
import { around, findInJson, foldedAtFirst, type JsonValue, jsonRows } from "./json-rows.ts";

const write = (value: JsonValue, folded: string[] = []) =>
  jsonRows(value, new Set(folded), Number.POSITIVE_INFINITY)
    .map(
      (row) => `${row.name === null ? "" : `${JSON.stringify(row.name)}:`}${row.text}${row.comma ? "," : ""}`,
    )
    .join("");

test("the lines of any document, put together, are the document", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const plain = JSON.parse(JSON.stringify(value)) as JsonValue;
      assert.equal(write(plain), JSON.stringify(plain));
    }),
  );
});

test("what is folded is one line, and its neighbours stay", () => {
  assert.equal(write({ a: [1, 2], "b/c": { d: null } }, ["/a", "/b~1c"]), '{"a":[…],"b/c":{…}}');
});

test("a search finds names and values wherever they are, and never brackets", () => {
  const document = { Order: { lines: [{ sku: "ORDER-1" }, { sku: "x" }] }, "[": 1 };
  assert.deepEqual(findInJson(document, "order"), ["/Order", "/Order/lines/0/sku"]);
  assert.deepEqual(findInJson(document, ""), []);
});

test("a document of any size is cut at the limit", () => {
  assert.equal(
    jsonRows(
      Array.from({ length: 9_000 }, (_, index) => index),
      new Set(),
      100,
    ).length,
    101,
  );
});

test("colouring loses and adds nothing", () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom("shell", "json", "text"), (text, language) => {
      assert.equal(
        highlight(text, language as "shell")
          .map((piece) => piece.text)
          .join(""),
        text,
      );
    }),
  );
  const kinds = highlight(`curl -H "X-Api-Key: $KEY" http://127.0.0.1:8080/gw/acme/v1/users`, "shell");
  assert.deepEqual(
    kinds.filter((piece) => piece.kind !== "plain").map((piece) => piece.kind),
    ["word", "name", "string", "number"],
  );
});

test("a long document begins folded to an outline, a short one open", () => {
  assert.equal(foldedAtFirst({ a: [1, 2, { b: 3 }] }).size, 0);
  const long = { head: { id: 1 }, lines: Array.from({ length: 20_000 }, (_, n) => ({ n, sku: `s${n}` })) };
  const folded = foldedAtFirst(long);
  assert.ok(!folded.has("/head"));
  assert.ok(jsonRows(long, folded, 50_000).length < 20_100);
  const wide = { one: { list: Array.from({ length: 5_000 }, (_, n) => n) }, two: 2 };
  assert.ok(jsonRows(wide, foldedAtFirst(wide), 50_000).length < 5_100);
});

test("a search looks through all of a long document, and names what must be opened to see what it found", () => {
  const long = { lines: Array.from({ length: 20_000 }, (_, n) => ({ n, sku: `s${n}` })) };
  assert.deepEqual(findInJson(long, "s19999"), ["/lines/19999/sku"]);
  assert.deepEqual(around("/lines/19999/sku"), ["/lines/19999", "/lines", ""]);
  assert.equal(findInJson(long, "sku").length, 2_000);
});
