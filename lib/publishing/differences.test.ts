import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { canonicalJson } from "#lib/contract/canonical-json.ts";
import { type Route, type RouteFieldsInput, routeFieldsSchema, routeSchema } from "#lib/contract/route.ts";
import { DESCRIBED_FIELDS, describeDifferences } from "./differences.ts";

const ID = "0199a000-0000-7000-8000-000000000001";
const KEY_A = "0199a000-0000-7000-8000-00000000000a";
const KEY_B = "0199a000-0000-7000-8000-00000000000b";
const names = new Map([
  [KEY_A, "acme-prod"],
  [KEY_B, "acme-test"],
]);
const route = (fields: Partial<RouteFieldsInput> = {}): Route =>
  routeSchema.parse({
    id: ID,
    method: "GET",
    path: "/v1/users",
    target: { type: "function", function: "users" },
    ...fields,
  });
const said = (before: Partial<RouteFieldsInput>, after: Partial<RouteFieldsInput>) =>
  describeDifferences(route(before), route(after), names).map(({ text }) => text);
const keys = (...ids: string[]) => ({ mode: "api-key" as const, allowedApiKeyIds: ids });
const bearer = (
  requiredScopes: string[],
  requiredClaims: Record<string, string | number | boolean> = {},
) => ({
  mode: "bearer" as const,
  requiredScopes,
  requiredClaims,
});
const lambda = (fields: object) => ({ type: "lambda" as const, functionName: "f", ...fields });
const schema = (required: string[], ...properties: string[]) => ({
  type: "object",
  required,
  properties: Object.fromEntries(properties.map((name) => [name, { type: "string" }])),
});

const CASES: [Partial<RouteFieldsInput>, Partial<RouteFieldsInput>, string[]][] = [
  [{}, { method: "POST" }, ["answers `POST` instead of `GET`"]],
  [{}, { path: "/v2/users" }, ["moves from `/v1/users` to `/v2/users`"]],
  [{}, { enabled: false }, ["switched off: its callers get 404 or 405"]],
  [{}, { name: "Users" }, ["name `Users` added"]],
  [{ name: "Users" }, { name: "People" }, ["name `Users` → `People`"]],
  [{ description: "a" }, { description: "b" }, ["description changed"]],
  [{ tags: ["a"] }, { tags: ["b"] }, ["tag `b` added", "tag `a` removed"]],
  [{ tags: ["a", "b"] }, { tags: ["b", "a"] }, ["tag list in another order"]],
  [{}, { apiVersion: "2024-12-01" }, ["becomes version `2024-12-01`: callers must send X-Api-Version"]],
  [
    {},
    { target: { type: "http", url: "https://x.example/" } },
    ["goes to `https://x.example/` instead of `function users`"],
  ],
  [
    {},
    { target: { type: "function", function: "people", timeoutMs: 9_000 } },
    ["goes to `function people` instead of `function users`", "timeout 5,000 ms → 9,000 ms"],
  ],
  [
    { target: lambda({}) },
    { target: lambda({ region: "eu-west-1", eventFormat: "aws-v2" }) },
    ["region none → `eu-west-1`", "event format `simple` → `aws-v2`"],
  ],
  [
    { target: { type: "job", function: "sync" } },
    { target: { type: "job", function: "sync", maxAttempts: 9 } },
    ["attempts of a job `5` → `9`"],
  ],
  [{}, { auth: { mode: "none" } }, ["becomes public: anybody can call it"]],
  [{ auth: { mode: "none" } }, {}, ["no longer public: it takes any API key"]],
  [{ auth: { mode: "none" } }, { auth: keys(KEY_A) }, ["no longer public: it takes only `acme-prod`"]],
  [{}, { auth: keys(KEY_A) }, ["open to only `acme-prod` instead of any API key"]],
  [{ auth: keys(KEY_A) }, { auth: keys(KEY_B) }, ["`acme-test` gets in", "`acme-prod` no longer gets in"]],
  [{}, { auth: bearer([]) }, ["takes a bearer token instead of any API key"]],
  [
    { auth: bearer(["read"], { plan: "a" }) },
    { auth: bearer(["write"], { plan: "b", vip: true }) },
    [
      "scope `write` now required",
      "scope `read` no longer required",
      "claim `plan` must be `b` instead of `a`",
      "claim `vip` must now be `true`",
    ],
  ],
  [{}, { corsEnabled: false }, ["CORS switched off: browsers of other sites are refused"]],
  [
    {},
    { cors: { allowOrigins: ["https://x.example"], allowCredentials: true, maxAgeSeconds: 60 } },
    [
      "origin `https://x.example` added",
      "origin `*` removed",
      "browsers may send cookies and credentials",
      "preflight answers are kept 600 s → 60 s",
    ],
  ],
  [{}, { rateLimit: { requestsPerMinute: 60, per: "ip" } }, ["limit 600 → 60 a minute per IP address"]],
  [
    {},
    { rateLimit: { requestsPerMinute: 60, per: "key" } },
    ["limit 600 a minute per IP address → 60 a minute per key"],
  ],
  [{}, { rateLimit: null }, ["no limit any more (was 600 a minute per IP address)"]],
  [{}, { maxBodyBytes: 1_048_576 }, ["largest body 2 MiB → 1 MiB"]],
  [
    { validation: { body: schema([], "email") } },
    { validation: { body: schema(["email"], "email", "name") } },
    ["body: property `email` now required", "body: property `name` added"],
  ],
  [{}, { validation: { query: schema([]) } }, ["query is now checked against a schema"]],
  [{}, { validation: {} }, ["validation added, which checks nothing yet"]],
  [
    { validation: { body: { type: "string" } } },
    { validation: { body: { type: "number" } } },
    ["body schema changed"],
  ],
  [{}, { cache: { ttlSeconds: 60 } }, ["answers are cached for 60 s"]],
  [{ cache: { ttlSeconds: 60 } }, {}, ["answers are no longer cached"]],
  [
    {},
    { transform: { request: { setHeaders: { "X-A": "1" }, removeHeaders: ["Cookie"], path: "/in" } } },
    ["request header `X-A` set to `1`", "request header `Cookie` taken out", "target gets the path `/in`"],
  ],
  [{}, { transform: {} }, ["transformation added, which changes nothing yet"]],
];

for (const [before, after, expected] of CASES) {
  test(`${JSON.stringify(before)} → ${JSON.stringify(after)}`, () => {
    assert.deepEqual(said(before, after), expected);
  });
}

test("every field of the route document has words of its own", () => {
  assert.deepEqual([...DESCRIBED_FIELDS].sort(), Object.keys(routeFieldsSchema.shape).sort());
});

test("a long list is cut, and says by how much", () => {
  const origins = Array.from({ length: 30 }, (_, i) => `https://o${i}.example`);
  const texts = said({ cors: { allowOrigins: [] } }, { cors: { allowOrigins: origins } });
  assert.equal(texts.length, 9);
  assert.equal(texts.at(-1), "22 origins more");
});

const word = fc.stringMatching(/^[a-z]{1,4}$/);
const target = fc.oneof(
  fc.record({
    type: fc.constant("function" as const),
    function: word,
    timeoutMs: fc.integer({ min: 1, max: 3 }),
    eventFormat: fc.constantFrom("simple" as const, "aws-v2" as const),
  }),
  fc.record({ type: fc.constant("http" as const), url: word.map((w) => `https://${w}.example/`) }),
  fc.record({
    type: fc.constant("lambda" as const),
    functionName: word,
    region: fc.constantFrom(null, "eu-west-1"),
    endpoint: fc.constantFrom(null, "http://l.example/"),
  }),
  fc.record({
    type: fc.constant("job" as const),
    function: word,
    maxAttempts: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({
    type: fc.constant("pipeline" as const),
    functions: fc.array(word, { minLength: 1, maxLength: 3 }),
  }),
  fc.constant({ type: "job-status" as const }),
);
const auth = fc.oneof(
  fc.constant({ mode: "none" as const }),
  fc.record({
    mode: fc.constant("api-key" as const),
    allowedApiKeyIds: fc.constantFrom(null, [], [KEY_A], [KEY_A, KEY_B], [KEY_B, KEY_A]),
  }),
  fc.record({
    mode: fc.constant("bearer" as const),
    requiredScopes: fc.array(word, { maxLength: 2 }),
    requiredClaims: fc.dictionary(word, fc.oneof(word, fc.boolean()), { maxKeys: 2 }),
  }),
);
const headers = {
  setHeaders: fc.dictionary(word, word, { maxKeys: 2 }),
  removeHeaders: fc.array(word, { maxLength: 2 }),
};
const jsonSchema = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.record({
    type: word,
    required: fc.array(word, { maxLength: 2 }),
    properties: fc.dictionary(word, fc.constant({})),
  }),
);
const fields = fc.record({
  method: fc.constantFrom("GET" as const, "POST" as const),
  path: word.map((w) => `/${w}`),
  enabled: fc.boolean(),
  name: fc.constantFrom("", "a", "b"),
  description: fc.constantFrom("", "a", "b"),
  tags: fc.array(word, { maxLength: 3 }),
  apiVersion: fc.constantFrom(null, "2024-12-01", "2025-01-01"),
  target,
  auth,
  corsEnabled: fc.boolean(),
  cors: fc.record({
    allowOrigins: fc.constantFrom(["*"], [], ["https://a.example"]),
    allowHeaders: fc.array(word, { maxLength: 2 }),
    exposeHeaders: fc.array(word, { maxLength: 2 }),
    allowCredentials: fc.boolean(),
    maxAgeSeconds: fc.integer({ min: 0, max: 2 }),
  }),
  rateLimit: fc.option(
    fc.record({
      requestsPerMinute: fc.integer({ min: 1, max: 3 }),
      per: fc.constantFrom("ip" as const, "key" as const),
    }),
  ),
  maxBodyBytes: fc.integer({ min: 0, max: 2_048 }),
  validation: fc.option(fc.record({ body: jsonSchema, query: jsonSchema })),
  cache: fc.option(fc.record({ ttlSeconds: fc.integer({ min: 1, max: 3 }) })),
  transform: fc.option(
    fc.record({
      request: fc.record({ ...headers, path: fc.constantFrom(null, "/x", "/y") }),
      response: fc.record(headers),
    }),
  ),
});

test("two documents that differ give at least one sentence, equal ones none", () => {
  fc.assert(
    fc.property(fields, fields, fc.constantFrom(...DESCRIBED_FIELDS), (a, b, only) => {
      const before = route(a as unknown as RouteFieldsInput);
      const one = routeSchema.parse({
        ...before,
        [only]: route(b as unknown as RouteFieldsInput)[only as keyof Route],
      });
      const differ = canonicalJson(before) !== canonicalJson(one);
      const sentences = describeDifferences(before, one);
      assert.equal(sentences.length > 0, differ);
      assert.ok(sentences.every(({ field, text }) => field === only && text !== ""));
      assert.deepEqual(describeDifferences(before, structuredClone(before)), []);
    }),
  );
});
