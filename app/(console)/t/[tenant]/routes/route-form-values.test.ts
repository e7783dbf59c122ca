import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { canonicalJson } from "#lib/contract/canonical-json.ts";
import { METHODS } from "#lib/contract/methods.ts";
import { type RouteFields, routeFieldsSchema } from "#lib/contract/route.ts";
import { toDocument } from "./route-document.ts";
import { routeFormSchema } from "./route-form-schema.ts";
import { NEW_ROUTE, type RouteFormValues, toFormValues } from "./route-form-values.ts";

const text = (most: number) =>
  fc
    .string({ maxLength: most, unit: "grapheme" })
    .map((one) => one.replace(/\p{C}/gu, "").trim().slice(0, most));
const filled = (most: number) => text(most).filter((one) => one !== "" && one.isWellFormed());
const name = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,12}$/);
const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,16}$/);
const headerValue = fc.stringMatching(/^[\t\x20-\x7e]{0,20}$/);
const url = fc.constantFrom("https://api.example.com/a?b=c", " http://10.0.0.1:81/x ", "https://example.com");
const timeoutMs = fc.integer({ min: 1, max: 900_000 });
const maxAttempts = fc.integer({ min: 1, max: 100 });
const eventFormat = fc.constantFrom("simple" as const, "aws-v2" as const);
const headers = fc.dictionary(token, headerValue, { maxKeys: 4 });
const jsonSchema = fc.option(
  fc.oneof(
    fc.boolean(),
    fc.dictionary(
      fc.string().filter((key) => key !== "__proto__"),
      // A member of that name is refused at any depth.
      fc.jsonValue({ maxDepth: 3 }).filter((value) => !JSON.stringify(value).includes('"__proto__":')),
      { maxKeys: 4 },
    ),
  ),
);

const target = fc.oneof(
  fc.record({ type: fc.constant("function" as const), function: name, timeoutMs, eventFormat }),
  fc.record({ type: fc.constant("http" as const), url, timeoutMs }),
  fc.record({
    type: fc.constant("lambda" as const),
    functionName: filled(40),
    region: fc.option(fc.constantFrom("eu-central-1", "us-gov-west-1")),
    endpoint: fc.option(url),
    eventFormat,
    timeoutMs,
  }),
  fc.record({ type: fc.constant("job" as const), function: name, maxAttempts, timeoutMs }),
  fc.record({
    type: fc.constant("pipeline" as const),
    functions: fc.array(name, { minLength: 1, maxLength: 5 }),
    maxAttempts,
    timeoutMs,
  }),
  fc.constant({ type: "job-status" as const }),
);

const auth = fc.oneof(
  fc.constant({ mode: "none" as const }),
  fc.record({
    mode: fc.constant("api-key" as const),
    allowedApiKeyIds: fc.option(fc.array(fc.uuid(), { maxLength: 4 })),
  }),
  fc.record({
    mode: fc.constant("bearer" as const),
    requiredScopes: fc.array(filled(20), { maxLength: 3 }),
    requiredClaims: fc.dictionary(
      filled(10).filter((key) => key !== "__proto__"),
      fc.oneof(
        fc.string(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer(),
        fc.boolean(),
        fc.constantFrom("", "true", "12"),
      ),
      { maxKeys: 4 },
    ),
  }),
);

const document = fc
  .record({
    method: fc.constantFrom(...METHODS),
    path: fc.constantFrom("/", "/v1/users/:id", "/files/**", "/a%2Fb/{x+}"),
    enabled: fc.boolean(),
    name: text(40),
    description: fc.constantFrom("", "Two\nlines ", "  spaces  "),
    tags: fc.array(filled(12), { maxLength: 4 }),
    apiVersion: fc.option(fc.constantFrom("2026-01-01", "2024-12-31")),
    target,
    auth,
    corsEnabled: fc.boolean(),
    cors: fc.record({
      allowOrigins: fc.array(fc.constantFrom("*", "https://app.example.com", "http://localhost:3000"), {
        maxLength: 4,
      }),
      allowMethods: fc.subarray(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] as const),
      allowHeaders: fc.array(token, { maxLength: 4 }),
      exposeHeaders: fc.array(token, { maxLength: 4 }),
      allowCredentials: fc.boolean(),
      maxAgeSeconds: fc.integer({ min: 0, max: 86_400 }),
    }),
    rateLimit: fc.option(
      fc.record({
        requestsPerMinute: fc.integer({ min: 1, max: 10_000_000 }),
        per: fc.constantFrom("ip", "key"),
      }),
    ),
    maxBodyBytes: fc.oneof(
      fc.integer({ min: 0, max: 16 * 1024 * 1024 }),
      fc.constantFrom(0, 1_024, 1_048_576, 16 * 1024 * 1024),
    ),
    validation: fc.option(fc.record({ body: jsonSchema, query: jsonSchema })),
    cache: fc.option(fc.record({ ttlSeconds: fc.integer({ min: 1, max: 86_400 }) })),
    transform: fc.option(
      fc.record({
        request: fc.record({
          setHeaders: headers,
          removeHeaders: fc.array(token, { maxLength: 3 }),
          path: fc.option(fc.constantFrom("/", "/x/:id")),
        }),
        response: fc.record({ setHeaders: headers, removeHeaders: fc.array(token, { maxLength: 3 }) }),
      }),
    ),
  })
  .map((raw): RouteFields => routeFieldsSchema.parse(raw));

test("whatever a route says, opening and saving it sends the very same document", () => {
  fc.assert(
    fc.property(document, (before) => {
      const sent = routeFormSchema.safeParse(toFormValues(before));
      assert.ok(sent.success, JSON.stringify(sent));
      assert.equal(canonicalJson(sent.data), canonicalJson(before));
    }),
    { numRuns: 500 },
  );
});

test("a path and a function are enough for a new route, and the rest is the contract's defaults", () => {
  const sent = routeFormSchema.safeParse({ ...NEW_ROUTE, path: "/v1/users", functionName: "users" });
  assert.ok(sent.success);
  assert.deepEqual(
    sent.data,
    routeFieldsSchema.parse({
      method: "GET",
      path: "/v1/users",
      target: { type: "function", function: "users" },
    }),
  );
});

const good: RouteFormValues = { ...NEW_ROUTE, path: "/a", functionName: "users" };

function refusals(change: Partial<RouteFormValues>): [string, string][] {
  const parsed = routeFormSchema.safeParse({ ...good, ...change });
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) => [issue.path.join("."), issue.message]);
}

test("what is no number is refused in words, and an empty one falls back to the default where there is one", () => {
  assert.deepEqual(refusals({ timeoutMs: "", maxAge: " ", maxBody: "" }), []);
  assert.deepEqual(refusals({ requestsPerMinute: "many", timeoutMs: "0x10", maxBody: "1e3" }), [
    ["target.timeoutMs", "must be a whole number"],
    ["rateLimit.requestsPerMinute", "must be a whole number"],
    ["maxBodyBytes", "must be a whole number"],
  ]);
  assert.deepEqual(refusals({ requestsPerMinute: "", maxBody: "17" }), [
    ["rateLimit.requestsPerMinute", "must be a whole number"],
    ["maxBodyBytes", "must be at most 16 MiB"],
  ]);
  assert.deepEqual(refusals({ maxBody: "1.5", maxBodyUnit: "MiB" }), []);
});

test("a schema that is no JSON is refused at its field instead of being left out", () => {
  const [issue] = refusals({ validated: true, bodySchema: "{" });
  assert.equal(issue?.[0], "validation.body");
  assert.match(issue?.[1] ?? "", /^is not JSON/);
  assert.deepEqual(refusals({ validated: true, querySchema: "3" }), [
    ["validation.query", "must be a JSON Schema: an object, true or false"],
  ]);
  assert.deepEqual(refusals({ validated: false, bodySchema: "{" }), []);
});

test("two rows of one name, and a row without one, are refused; an empty row is not there", () => {
  const row = (rowName: string, value: string) => ({ name: rowName, value });
  const rows = [row("X-A", "1"), row("", ""), row("X-A", "2"), row("", "3")];
  assert.deepEqual(refusals({ transformed: true, responseSet: rows }), [
    ["transform.response.setHeaders", "has “X-A” twice"],
    ["transform.response.setHeaders", "needs a name in every row"],
    ["transform.response.setHeaders.", "has “”, which is not a header's name"],
  ]);
  const claims = [{ name: "tier", type: "number" as const, value: "high" }];
  assert.deepEqual(refusals({ authMode: "bearer", claims }), [
    ["auth.requiredClaims.tier", "has a claim “tier” that is no number"],
  ]);
});

test("switching the kind of target and back loses nothing that was typed", () => {
  const document = toDocument({ ...good, url: "https://example.com", targetType: "http" });
  assert.deepEqual(document.target, { type: "http", url: "https://example.com", timeoutMs: 5000 });
  assert.equal(toDocument({ ...good, url: "https://example.com" }).target.type, "function");
});
