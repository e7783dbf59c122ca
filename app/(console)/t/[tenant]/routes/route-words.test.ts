import assert from "node:assert/strict";
import test from "node:test";
import { routeFieldsSchema } from "#lib/contract/route.ts";
import { curlFor, samplePath } from "./route-sample.ts";
import { authAtAGlance, describeField, differingFields, firstSegment, grouped } from "./route-words.ts";

const ID = "0199a000-0000-7000-8000-000000000001";

test("allowed keys are named, not numbered, and an empty list is said to admit nobody", () => {
  const auth = { mode: "api-key", allowedApiKeyIds: [ID] } as const;
  assert.equal(describeField("auth", auth, { [ID]: "Partner" }), "only the keys Partner");
  assert.equal(describeField("auth", { mode: "api-key", allowedApiKeyIds: [] }), "no API key at all");
  assert.equal(authAtAGlance({ mode: "api-key", allowedApiKeyIds: [ID] }), "1 key");
});

test("two targets that differ only in their timeout read differently", () => {
  const target = { type: "function", function: "users", timeoutMs: 5000, eventFormat: "simple" };
  assert.notEqual(describeField("target", target), describeField("target", { ...target, timeoutMs: 9000 }));
});

test("only the fields that differ are named as differing", () => {
  const a = routeFieldsSchema.parse({
    method: "GET",
    path: "/a",
    target: { type: "function", function: "f" },
  });
  assert.deepEqual(differingFields(a, { ...a, rateLimit: null, name: "x" }), ["name", "rateLimit"]);
  assert.deepEqual(differingFields(a, structuredClone(a)), []);
});

test("rows of one group stand together whatever the database's order was", () => {
  assert.deepEqual(grouped(["/v1", "/v1-x/a", "/v1/a"], firstSegment), ["/v1", "/v1/a", "/v1-x/a"]);
});

test("the curl line calls a path that the pattern matches, quotes it, and holds a variable instead of a key", () => {
  assert.equal(samplePath("/v1/users/:id/files/{name+}"), "/v1/users/123/files/123");
  assert.equal(samplePath("/v1/*"), "/v1/anything");
  const curl = curlFor("http://gw", "acme", { method: "POST", path: "/it's", authMode: "api-key" });
  assert.equal(
    curl,
    `curl -i \\\n  -X POST \\\n  'http://gw/gw/acme/it'\\''s' \\\n  -H "X-Api-Key: $API_KEY" \\\n  --json '{}'`,
  );
});
