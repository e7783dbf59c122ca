import assert from "node:assert/strict";
import test from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { compileSchema, schemaProblem } from "./json-schema.ts";

const errorsOf = (schema: unknown, value: unknown) => {
  const compiled = compileSchema(schema);
  assert.ok(compiled.ok, compiled.ok ? "" : `${compiled.path} ${compiled.message}`);
  return compiled.check(value);
};
const nested = (depth: number, leaf: unknown = 1) => {
  let value = leaf;
  for (let i = 0; i < depth; i++) value = { a: value };
  return value;
};

test("every fault is told at its place, as a JSON pointer", () => {
  const schema = {
    type: "object",
    properties: { a: { type: "integer" }, "b/c": { type: "string", minLength: 2 } },
    required: ["a", "d"],
    additionalProperties: false,
  };
  assert.deepEqual(errorsOf(schema, { a: "x", "b/c": "1", e: 2 }), [
    { path: "/d", message: "is required" },
    { path: "/a", message: "must be integer" },
    { path: "/b~1c", message: "must have at least 2 characters" },
    { path: "/e", message: "is not allowed here" },
  ]);
});

test("what cannot be meant, leads outside or cannot be bounded is refused at its place", () => {
  const long = Array.from({ length: 5_001 }, (_, i) => i);
  for (const [schema, path, words] of [
    [{ properties: { a: { tpye: "string" } } }, "/properties/a/tpye", /not a keyword/],
    [{ pattern: "(?=a)b" }, "/pattern", /lookahead/],
    [{ pattern: "(a)\\1" }, "/pattern", /backreference/],
    [{ pattern: "(" }, "/pattern", /not a regular expression/],
    [{ pattern: "(a{1000}){1000}" }, "/pattern", /bounded time|repeats too much/],
    [{ patternProperties: { "(?<=x)y": true } }, "/patternProperties/(?<=x)y", /lookbehind/],
    [{ $ref: "https://x.example/schema" }, "/$ref", /other documents/],
    [{ $ref: "#/$defs/none" }, "/$ref", /no schema/],
    [{ $id: "https://x.example" }, "/$id", /not supported/],
    [{ $ref: "#" }, "", /never ends/],
    [
      { $ref: "#/$defs/a", $defs: { a: { anyOf: [{ not: { $ref: "#/$defs/a" } }] } } },
      "/$defs/a",
      /never ends/,
    ],
    [{ format: "emial" }, "/format", /not a format/],
    [{ items: [true] }, "/items", /prefixItems/],
    [{ definitions: {} }, "/definitions", /\$defs/],
    [{ type: "strnig" }, "/type", /one or more of/],
    [{ enum: long }, "/enum", /smaller/],
    [{ $schema: "http://json-schema.org/draft-07/schema#" }, "/$schema", /2020-12/],
    [nested(2, null), "/a", /not a keyword/],
    [{ description: "x".repeat(300_000) }, "", /KiB/],
    [[], "", /must be a schema/],
  ] as const) {
    const problem = schemaProblem(schema);
    assert.equal(problem?.path, path, JSON.stringify(schema).slice(0, 100));
    assert.match(problem?.message ?? "", words);
  }
  let deep: unknown = true;
  for (let i = 0; i < 40; i++) deep = { not: deep };
  assert.match(schemaProblem(deep)?.message ?? "", /nested deeper/);
});

test("whatever the schema and the value are, a check ends in bounded time", () => {
  const doubling: Record<string, unknown> = { end: { type: "string" } };
  for (let i = 0; i < 60; i++) {
    const next = { $ref: i === 0 ? "#/$defs/end" : `#/$defs/d${i - 1}` };
    doubling[`d${i}`] = { allOf: [next, next] };
  }
  const branches = (required: string) => ({ properties: { a: { $ref: "#" } }, required: [required] });
  const many = Array.from({ length: 200_000 }, (_, i) => ({ i }));
  const cases: [schema: unknown, value: unknown][] = [
    [{ pattern: "^(a+)+$" }, `${"a".repeat(100_000)}!`],
    [{ pattern: "(x+x+)+y" }, "x".repeat(1_000_000)],
    [{ patternProperties: { "^(a|aa)+$": false } }, { [`${"a".repeat(50_000)}!`]: 1 }],
    [{ format: "email" }, `${"a".repeat(2_000_000)}@`],
    [{ $ref: "#/$defs/d59", $defs: doubling }, "x"],
    [{ anyOf: [branches("b"), branches("a")] }, nested(99, null)],
    [{ oneOf: [{ properties: { a: { $ref: "#" } } }, { properties: { a: { $ref: "#" } } }] }, nested(99)],
    [{ properties: { a: { $ref: "#" } }, unevaluatedProperties: false, anyOf: [true, true] }, nested(99)],
    [{ uniqueItems: true }, many.slice(0, 100_000)],
    [{ items: { enum: Array.from({ length: 4_900 }, (_, i) => i) } }, many.slice(0, 100_000)],
    [{ allOf: Array.from({ length: 1_000 }, () => ({ items: { type: "object" } })) }, many],
  ];
  for (const [schema, value] of cases) {
    const began = process.cpuUsage();
    errorsOf(schema, value);
    const { user, system } = process.cpuUsage(began);
    assert.ok(user + system < 4_000_000, `${JSON.stringify(schema).slice(0, 80)}: ${user / 1_000} ms of CPU`);
  }
});

test("values that are too deep or too large are refused, and names of Object's own are only names", () => {
  assert.match(errorsOf(true, nested(200))[0]?.message ?? "", /nested deeper/);
  assert.match(errorsOf(true, new Array(300_000).fill(0))[0]?.message ?? "", /more than/);
  assert.deepEqual(errorsOf({ required: ["toString"] }, {}), [{ path: "/toString", message: "is required" }]);
  const proto = JSON.parse('{"properties":{"__proto__":{"type":"string"}},"additionalProperties":false}');
  assert.deepEqual(errorsOf(proto, {}), []);
  assert.equal(errorsOf(proto, JSON.parse('{"__proto__":1}')).length, 1);
});

test("no JSON makes reading a schema throw", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue(), (schema, value) => {
      const compiled = compileSchema(schema);
      if (compiled.ok) compiled.check(value);
      else assert.equal(typeof compiled.message, "string");
    }),
  );
});

const names = fc.constantFrom("a", "b", "c");
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, depthIdentifier: "d", withCrossShrink: true },
    fc.constantFrom<unknown>(null, true, false, 0, 1, 2, 1.5, -1, "", "a", "ab", "b"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(names, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;
const schemas = fc.letrec((tie) => {
  const sub = tie("schema");
  const list = fc.array(sub, { minLength: 1, maxLength: 3 });
  const map = fc.dictionary(names, sub, { maxKeys: 3 });
  const count = fc.integer({ min: 0, max: 3 });
  return {
    schema: fc.oneof(
      { maxDepth: 2, depthIdentifier: "d", withCrossShrink: true },
      fc.boolean(),
      fc.record(
        {
          type: fc.constantFrom("string", "integer", "number", "object", "array", "boolean", "null"),
          const: values,
          enum: fc.array(values, { minLength: 1, maxLength: 3 }),
          minLength: count,
          maxLength: count,
          pattern: fc.constantFrom("^a", "b$", "[ab]{2}"),
          minimum: count,
          exclusiveMaximum: count,
          multipleOf: fc.constantFrom(1, 0.5, 2),
          contains: fc.record({ type: fc.constantFrom("string", "integer", "array") }),
          minItems: count,
          maxItems: count,
          uniqueItems: fc.boolean(),
          minProperties: count,
          maxProperties: count,
        },
        { requiredKeys: [] },
      ),
      fc.record(
        {
          allOf: list,
          anyOf: list,
          oneOf: list,
          not: sub,
          if: sub,
          // biome-ignore lint/suspicious/noThenProperty: it is the keyword's name
          then: sub,
          else: sub,
          $ref: fc.constant("#/$defs/x"),
        },
        { requiredKeys: [] },
      ),
      fc.record(
        {
          properties: map,
          patternProperties: fc.dictionary(fc.constantFrom("^a", "[bc]"), sub, { maxKeys: 2 }),
          additionalProperties: sub,
          propertyNames: sub,
          required: fc.uniqueArray(names, { maxLength: 2 }),
          dependentRequired: fc.dictionary(names, fc.uniqueArray(names, { maxLength: 2 }), { maxKeys: 2 }),
          dependentSchemas: map,
          anyOf: list,
          allOf: list,
          unevaluatedProperties: sub,
        },
        { requiredKeys: [] },
      ),
      fc.record(
        {
          prefixItems: list,
          items: sub,
          unevaluatedItems: sub,
          anyOf: list,
        },
        { requiredKeys: [] },
      ),
    ),
  };
}).schema;

/** Some nestings of unevaluated… make ajv generate code that names a variable it never declared; it says nothing then. */
function saysAjv(validate: () => unknown): boolean | null {
  try {
    return validate() === true;
  } catch (error) {
    if (error instanceof ReferenceError) return null;
    throw error;
  }
}

test("what is valid is what ajv says is valid", () => {
  const counted = { valid: 0, invalid: 0 };
  fc.assert(
    fc.property(schemas, schemas, fc.array(values, { minLength: 4, maxLength: 4 }), (schema, x, all) => {
      const document = typeof schema === "object" ? { ...schema, $defs: { x } } : schema;
      const compiled = compileSchema(document);
      if (!compiled.ok) return; // a $ref that leads to itself, which ajv would follow for ever
      const ajv = new Ajv2020({ strict: false, ownProperties: true, multipleOfPrecision: 10 });
      const validate = ajv.compile(document as object);
      for (const value of all) {
        const expected = saysAjv(() => validate(value));
        if (expected === null) continue;
        const errors = compiled.check(value);
        counted[errors.length === 0 ? "valid" : "invalid"]++;
        assert.equal(errors.length === 0, expected, JSON.stringify({ document, value, errors }));
      }
    }),
    { numRuns: 200 },
  );
  assert.ok(counted.valid > 50 && counted.invalid > 50, JSON.stringify(counted));
});
