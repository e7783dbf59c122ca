import assert from "node:assert/strict";
import { test } from "node:test";
import { routeFieldsSchema } from "./route.ts";
import { findUnstorable, MAX_SCHEMA_CHARACTERS } from "./storable.ts";

const nested = (depth: number): unknown => {
  let value: unknown = {};
  for (let level = 0; level < depth; level++) value = { not: value };
  return value;
};

test("what a database would refuse or a copy would lose is found, at its place", () => {
  const cases: [value: unknown, place: string, words: RegExp][] = [
    [{ title: "a\u0000" }, "title", /cannot be stored/],
    [{ enum: ["a", "\ud800"] }, "enum.1", /cannot be stored/],
    [{ properties: { "\udc00": {} } }, "properties", /name cannot be stored/],
    [JSON.parse('{"properties":{"__proto__":{}}}'), "properties", /named __proto__/],
    [{ maximum: Number.POSITIVE_INFINITY }, "maximum", /larger than any number/],
    [nested(101), "", /deeper than 100/],
    [nested(100_000), "", /deeper than 100/],
    [{ description: "x".repeat(MAX_SCHEMA_CHARACTERS) }, "", /larger than 256 KiB/],
  ];
  for (const [value, place, words] of cases) {
    const found = findUnstorable(value);
    assert.equal(found?.path.join("."), place);
    assert.match(found?.message ?? "", words);
  }
  assert.equal(findUnstorable({ a: ["é", "😀", null, 1.5, true, { b: {} }] }), null);
});

test("every text of a route is refused at its field when it cannot be stored", () => {
  const base = { method: "GET", path: "/a", target: { type: "http", url: "https://a.example" } };
  const bearer = (requiredClaims: unknown) => ({ auth: { mode: "bearer", requiredClaims } });
  for (const text of ["\u0000", "\ud83d"]) {
    const cases: [part: object, place: string][] = [
      [{ path: `/a${text}` }, "path"],
      [{ name: text }, "name"],
      [{ description: text }, "description"],
      [{ tags: [text] }, "tags.0"],
      [{ target: { type: "http", url: `https://a.example/${text}` } }, "target.url"],
      [{ target: { type: "lambda", functionName: `a${text}` } }, "target.functionName"],
      [bearer({ [`a${text}`]: "x" }), `auth.requiredClaims.a${text}`],
      [bearer({ a: text }), "auth.requiredClaims.a"],
      [{ cors: { allowOrigins: [`https://a.example${text}`] } }, "cors.allowOrigins.0"],
      [{ cors: { exposeHeaders: [`x${text}`] } }, "cors.exposeHeaders.0"],
      [{ validation: { body: { title: text } } }, "validation.body.title"],
      [{ transform: { request: { path: `/${text}` } } }, "transform.request.path"],
      [{ transform: { request: { setHeaders: { a: text } } } }, "transform.request.setHeaders.a"],
    ];
    for (const [part, place] of cases) {
      const { error } = routeFieldsSchema.safeParse({ ...base, ...part });
      assert.equal(error?.issues[0]?.path.join("."), place);
    }
  }
});
