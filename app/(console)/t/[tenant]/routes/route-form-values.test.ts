import assert from "node:assert/strict";
import test from "node:test";
import { routeFieldsSchema } from "#lib/contract/route.ts";
import { routeFormSchema } from "./route-form-schema.ts";
import { NEW_ROUTE, toDocument, toFormValues } from "./route-form-values.ts";

const full = routeFieldsSchema.parse({
  method: "POST",
  path: "/v1/orders/:id",
  description: "kept",
  tags: ["a", "b"],
  apiVersion: "2026-01-01",
  target: { type: "function", function: "orders", eventFormat: "aws-v2", timeoutMs: 700 },
  auth: { mode: "bearer", requiredScopes: ["orders:write"] },
  cors: { allowOrigins: ["https://app.example.com"] },
  maxBodyBytes: 10,
  cache: { ttlSeconds: 9 },
  transform: { request: { path: "/x" } },
});

test("a form that nobody touched sends the document it was given, fields it does not show included", () => {
  assert.deepEqual(routeFieldsSchema.parse(toDocument(toFormValues(full), full)), full);
});

test("a target that the form cannot edit is kept as it is", () => {
  const pipeline = routeFieldsSchema.parse({
    ...full,
    target: { type: "pipeline", functions: ["a", "b"], maxAttempts: 3 },
  });
  assert.deepEqual(routeFieldsSchema.parse(toDocument(toFormValues(pipeline), pipeline)), pipeline);
});

test("a path and a function are enough for a new route, and the rest is the contract's defaults", () => {
  const document = toDocument({ ...NEW_ROUTE, path: "/v1/users", functionName: "users" }, null);
  assert.deepEqual(
    routeFieldsSchema.parse(document),
    routeFieldsSchema.parse({
      method: "GET",
      path: "/v1/users",
      target: { type: "function", function: "users" },
    }),
  );
});

test("numbers that are none are refused in words, and empty ones fall back to the default where there is one", () => {
  const values = {
    ...NEW_ROUTE,
    path: "/a",
    functionName: "users",
    timeoutMs: "",
    requestsPerMinute: "many",
  };
  const parsed = routeFormSchema.safeParse(toDocument(values, null));
  assert.equal(parsed.success, false);
  assert.deepEqual(
    parsed.error?.issues.map((issue) => [issue.path.join("."), issue.message]),
    [["rateLimit.requestsPerMinute", "must be a whole number"]],
  );
});
