import assert from "node:assert/strict";
import test from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { sampleOf } from "./schema-sample.ts";

const accepts = (schema: object, value: unknown): boolean => {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  return ajv.compile(schema)(value) as boolean;
};

const SCHEMAS: object[] = [
  {
    type: "object",
    required: ["email", "age", "id"],
    properties: {
      email: { type: "string", format: "email" },
      age: { type: "integer", exclusiveMinimum: 17, multipleOf: 2 },
      id: { type: "string", format: "uuid" },
      plan: { enum: ["free", "paid"] },
      tags: { type: "array", items: { type: "string", minLength: 6 }, minItems: 2 },
    },
    additionalProperties: false,
  },
  {
    $ref: "#/$defs/node",
    $defs: { node: { type: "object", properties: { next: { $ref: "#/$defs/node" } } } },
  },
  {
    allOf: [
      { type: "object", required: ["a"] },
      { properties: { b: { const: 3 } }, required: ["b"] },
    ],
  },
  {
    oneOf: [
      { type: "number", maximum: -4 },
      { type: "string", maxLength: 2, minLength: 2 },
    ],
  },
  { type: ["null", "boolean"] },
];

test("a sample is accepted by the schema that it was made from", () => {
  for (const schema of SCHEMAS.slice(0, 1).concat(SCHEMAS.slice(2))) {
    const sample = sampleOf(schema);
    assert.ok(accepts(schema, sample), JSON.stringify({ schema, sample }));
  }
});

test("a schema that refers to itself gives a sample that ends", () => {
  assert.ok(JSON.stringify(sampleOf(SCHEMAS[1])).length < 200);
  const wide = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`p${index}`, { $ref: "#" }]));
  assert.ok(JSON.stringify(sampleOf({ type: "object", properties: wide })).length < 20_000);
});

test("no schema, whatever it holds, makes the sample fail", () => {
  fc.assert(fc.property(fc.jsonValue(), (schema) => sampleOf(schema) !== undefined));
});
