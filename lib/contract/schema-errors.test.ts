import assert from "node:assert/strict";
import { test } from "node:test";
import { routeSchema } from "./route.ts";
import { schemaErrors } from "./schema-errors.ts";

const ID = "01a1fdc6-5ca6-7afd-b951-75ebbba6aa5e";
const errorsOf = (validation: unknown) =>
  schemaErrors(
    routeSchema.parse({ id: ID, method: "POST", path: "/a", target: { type: "job-status" }, validation }),
  ).map(({ code, severity, field, message }) => ({ code, severity, field, message }));

test("a schema that has no meaning blocks publishing, with its field and the place in it", () => {
  assert.deepEqual(errorsOf({ body: { properties: { "a/b": { type: "strin" } } } }), [
    {
      code: "schema_invalid",
      severity: "error",
      field: "validation.body",
      message:
        "has a schema for the body that cannot be used: /properties/a~1b/type must be one or more of null, boolean, object, array, number, string, integer",
    },
  ]);
  assert.match(
    errorsOf({ query: { $ref: "https://elsewhere.example/schema.json" } })[0]?.message ?? "",
    /^has a schema for the query .* references to other documents are not followed$/,
  );
});

test("a schema whose check might never end says so by its code", () => {
  for (const body of [
    { pattern: "(a+)\\1" },
    { pattern: "(?=a)b" },
    { allOf: [{ $ref: "#" }] },
    { pattern: "((a{0,100}){0,100}){0,100}" },
  ]) {
    assert.equal(errorsOf({ body })[0]?.code, "schema_can_hang", JSON.stringify(body));
  }
});

test("a pattern that takes linear time is let through, whatever it would cost elsewhere", () => {
  assert.deepEqual(errorsOf({ body: { pattern: "^(a+)+$" }, query: true }), []);
  assert.deepEqual(errorsOf(null), []);
});
