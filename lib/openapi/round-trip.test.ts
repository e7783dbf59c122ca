import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { canonicalJson } from "#lib/contract/canonical-json.ts";
import { parsePattern } from "#lib/contract/path.ts";
import { findDuplicates } from "#lib/contract/publish-checks.ts";
import { type Route, type RouteFieldsInput, routeFieldsSchema } from "#lib/contract/route.ts";
import { planImport } from "./plan.ts";
import { readDocument } from "./read/document.ts";
import { readSource } from "./read/source.ts";
import { exportOpenApi } from "./write/document.ts";

const KEY = "0199c0de-0000-7000-8000-00000000000a";

const segment = fc.oneof(
  fc.constantFrom(
    "users",
    "a@b",
    "%2F",
    "caf%C3%A9",
    "über",
    "a:b",
    "%3Ax",
    "a*b".replace("*", "%2A"),
    "v1.0",
    "{id}",
    ":id",
    ":other",
  ),
);
const path = fc
  .tuple(
    fc.uniqueArray(segment, { maxLength: 3, selector: (one) => one.replace(/[:{}]/g, "") }),
    fc.constantFrom("", "/*", "/**", "/+", "/{rest+}", "*"),
  )
  .map(([segments, end]) => `/${segments.join("/")}${segments.length === 0 ? end.replace(/^\//, "") : end}`)
  .filter((text) => parsePattern(text).ok);

const leaf = fc.constantFrom(
  { type: "string", pattern: "^a" },
  { type: ["integer", "null"], exclusiveMinimum: 0 },
  { enum: ["a", 1, null, { $ref: "data" }] },
  { $ref: "#/$defs/Pet" },
  { $ref: "#/properties/a" },
  { type: "array", prefixItems: [{ const: 1 }], items: false },
  { type: "object", properties: { id: { readOnly: true } }, required: ["id"] },
  true,
);
const schema = fc
  .record({ a: leaf, required: fc.boolean(), extra: fc.boolean(), pet: leaf, defs: fc.boolean() })
  .map(({ a, required, extra, pet, defs }) => ({
    type: "object",
    properties: { a, b: { type: "boolean" } },
    ...(required ? { required: ["b"] } : {}),
    ...(extra ? { additionalProperties: false, $comment: "x", "x-own": 1 } : {}),
    ...(defs
      ? { $defs: { Pet: { allOf: [pet] }, "odd name": {} } }
      : { $defs: { Pet: pet === true ? {} : pet } }),
  }));

const fields = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"),
  path,
  enabled: fc.boolean(),
  name: fc.constantFrom("", "A name", "x".repeat(120)),
  description: fc.constantFrom("", "Two\nlines\n", "  led by spaces"),
  tags: fc.uniqueArray(fc.constantFrom("pets", "deprecated", "a b"), { maxLength: 3 }),
  apiVersion: fc.constantFrom(null, "2024-12-01", "2025-01-01"),
  target: fc.constantFrom(
    { type: "function", function: "users", eventFormat: "aws-v2" },
    { type: "http", url: "https://up.example/x?y=1", timeoutMs: 7 },
    { type: "job", function: "work" },
    { type: "pipeline", functions: ["a", "b"] },
    { type: "lambda", functionName: "f" },
  ),
  auth: fc.constantFrom(
    { mode: "none" },
    { mode: "api-key", allowedApiKeyIds: null },
    { mode: "api-key", allowedApiKeyIds: [KEY] },
    { mode: "bearer", requiredScopes: ["read", "write"], requiredClaims: {} },
    { mode: "bearer", requiredScopes: [], requiredClaims: { role: "admin" } },
  ),
  corsEnabled: fc.boolean(),
  rateLimit: fc.constantFrom(null, { requestsPerMinute: 5, per: "key" }),
  validation: fc.oneof(fc.constant(null), fc.record({ body: fc.option(schema), query: fc.option(schema) })),
  cache: fc.constantFrom(null, { ttlSeconds: 5 }),
  transform: fc.constantFrom(null, { request: { setHeaders: { "X-A": "b" } } }),
});

const routes = fc.array(fields, { minLength: 1, maxLength: 8 }).map((list) => {
  const all = list.map(
    (one, index): Route => ({
      id: `0199c0de-0000-7000-8000-0000000001${String(index).padStart(2, "0")}`,
      ...routeFieldsSchema.parse(one as RouteFieldsInput),
    }),
  );
  const double = new Set(findDuplicates(all).flatMap((group) => group.slice(1)));
  return all.filter((route) => !double.has(route));
});

async function again(given: readonly Route[]) {
  const input = {
    routes: given,
    tenant: { slug: "acme", name: "Acme" },
    number: 3,
    server: "http://gw.example/gw/acme",
  };
  const text = JSON.stringify(await exportOpenApi(input));
  const { operations } = await readDocument(await readSource(text), {
    target: null,
    pathPrefix: "",
    unsecured: "none",
  });
  return operations;
}

const documents = (list: readonly unknown[]) => list.map((one) => canonicalJson(one)).sort();

test("importing the export of any routes into an empty draft gives the same route documents", async () => {
  await fc.assert(
    fc.asyncProperty(routes, async (given) => {
      const planned = await planImport(await again(given), [], new Set([KEY]));
      assert.deepEqual(
        planned.flatMap(({ problem }) => problem ?? []),
        [],
      );
      assert.deepEqual(
        documents(planned.map(({ fields: imported }) => imported)),
        documents(given.map(({ id: _id, ...rest }) => rest)),
      );
    }),
    { numRuns: 300 },
  );
});

test("importing the export of any routes over the same routes finds nothing to change", async () => {
  await fc.assert(
    fc.asyncProperty(routes, async (given) => {
      const planned = await planImport(await again(given), given, new Set([KEY]));
      assert.deepEqual(
        planned.map(({ state, existing }) => [state, existing?.id]).sort(),
        given.map(({ id }) => ["same", id]).sort(),
      );
    }),
    { numRuns: 200 },
  );
});
