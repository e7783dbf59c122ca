import assert from "node:assert/strict";
import test from "node:test";
import { possibleErrors, preflightOf } from "./route-answers.ts";
import { NEW_ROUTE, type RouteFormValues } from "./route-form-values.ts";

const codes = (change: Partial<RouteFormValues>) =>
  possibleErrors({ ...NEW_ROUTE, ...change }).map(({ code }) => code);
const verdict = (change: Partial<RouteFormValues>, origin = "https://a.example") =>
  preflightOf({ ...NEW_ROUTE, ...change }, origin).verdict.allowed;

test("a setting adds the errors that come with it, and no others", () => {
  const plain = codes({ authMode: "none", limited: false, method: "ANY" });
  assert.deepEqual(plain, ["bad_request", "body_too_large", "target_error", "target_timeout"]);
  const added = (change: Partial<RouteFormValues>) =>
    codes({ authMode: "none", limited: false, method: "ANY", ...change }).filter(
      (code) => !plain.includes(code),
    );
  assert.deepEqual(added({ limited: true }), ["rate_limited"]);
  assert.deepEqual(added({ apiVersion: "2026-01-01" }), ["version_required", "unsupported_version"]);
  assert.deepEqual(added({ validated: true, bodySchema: "{}" }), ["unsupported_media_type", "invalid_body"]);
  assert.deepEqual(added({ validated: true, querySchema: "{}" }), ["invalid_query"]);
  assert.deepEqual(added({ authMode: "bearer", scopes: ["a"] }), [
    "missing_credentials",
    "invalid_token",
    "expired_token",
    "insufficient_scope",
    "unavailable",
  ]);
  assert.ok(codes({ onlySomeKeys: true }).includes("key_not_allowed"));
  assert.ok(!codes({ targetType: "job" }).includes("target_timeout"));
});

test("the errors come in the order of their status", () => {
  const statuses = possibleErrors({ ...NEW_ROUTE, enabled: false, validated: true, bodySchema: "{}" }).map(
    ({ status }) => status,
  );
  assert.deepEqual(
    statuses,
    statuses.toSorted((a, b) => a - b),
  );
});

test("a preflight says what the gateway would answer, and whether the browser goes on", () => {
  const { answer } = preflightOf({ ...NEW_ROUTE, origins: ["https://a.example"] }, "https://a.example");
  assert.match(
    answer ?? "",
    /^HTTP\/1\.1 204 .*\nVary: Origin\nAccess-Control-Allow-Origin: https:\/\/a\.example\n/,
  );
  assert.equal(verdict({}), true);
  assert.equal(verdict({ origins: ["https://b.example"] }), false);
  assert.equal(verdict({ credentials: true }), false);
  assert.equal(verdict({ method: "PUT", corsMethods: ["GET"] }), false);
  assert.equal(verdict({ method: "POST", corsMethods: [] }), true);
  assert.equal(verdict({ allowHeaders: ["Content-Type"] }), false);
  assert.equal(verdict({ allowHeaders: [], authMode: "none" }), true);
  assert.equal(preflightOf({ ...NEW_ROUTE, corsEnabled: false }, "https://a.example").answer, null);
});
