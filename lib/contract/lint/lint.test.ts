import assert from "node:assert/strict";
import test from "node:test";
import { type Route, type RouteFieldsInput, routeSchema } from "../route.ts";
import { uuidv7 } from "../uuid.ts";
import { readCandidate } from "./candidate.ts";
import type { LintFacts } from "./facts.ts";
import { lintCandidate, lintRoutes } from "./lint.ts";

const facts: LintFacts = {
  keys: new Map(),
  functions: new Set(["f"]),
  issuers: 1,
  allowInternalUpstreams: false,
  gatewayOrigin: "https://api.example.com",
  live: new Map(),
};
const route = (fields: Partial<RouteFieldsInput>): Route =>
  routeSchema.parse({
    id: uuidv7(),
    method: "GET",
    path: "/a",
    target: { type: "function", function: "f" },
    ...fields,
  });
const codes = (fields: Partial<RouteFieldsInput>, more: Partial<LintFacts> = {}) =>
  lintRoutes([route(fields)], { ...facts, ...more }).map(({ severity, code }) => `${severity} ${code}`);

test("an ordinary route has no findings", () => assert.deepEqual(codes({}), []));

test("each mistake has its code", () => {
  const id = uuidv7();
  const cases: [string, Partial<RouteFieldsInput>, Partial<LintFacts>?][] = [
    ["warning public_write", { method: "POST", auth: { mode: "none" } }],
    ["warning no_key_allowed", { auth: { mode: "api-key", allowedApiKeyIds: [] } }],
    ["warning allowed_key_unknown", { auth: { mode: "api-key", allowedApiKeyIds: [id] } }],
    [
      "warning allowed_key_revoked",
      { auth: { mode: "api-key", allowedApiKeyIds: [id] } },
      { keys: new Map([[id, { name: "k", status: "revoked" }]]) },
    ],
    [
      "warning allowed_key_expired",
      { auth: { mode: "api-key", allowedApiKeyIds: [id] } },
      { keys: new Map([[id, { name: "k", status: "expired" }]]) },
    ],
    [
      "warning limit_per_key_on_public_route",
      { auth: { mode: "none" }, rateLimit: { requestsPerMinute: 1, per: "key" } },
    ],
    ["warning no_issuer", { auth: { mode: "bearer" } }, { issuers: 0 }],
    ["warning function_not_registered", { target: { type: "function", function: "g" } }],
    ["error cors_any_origin_with_credentials", { cors: { allowCredentials: true } }],
    ["error job_status_without_job_id", { target: { type: "job-status" } }],
    ["warning preflight_never_arrives", { method: "OPTIONS" }],
    ["error unknown_parameter", { transform: { request: { path: "/x/:id" } } }],
    ["error bad_rewritten_path", { transform: { request: { path: "/x/../y" } } }],
    ["error reserved_header", { transform: { response: { removeHeaders: ["content-length"] } } }],
    ["info long_timeout", { target: { type: "function", function: "f", timeoutMs: 61_000 } }],
    ["warning unknown_parameter", { target: { type: "http", url: "https://up.example.com/x/:id" } }],
    ["warning target_is_gateway", { target: { type: "http", url: "https://api.example.com/gw/acme/a" } }],
  ];
  for (const [expected, fields, more] of cases) assert.deepEqual(codes(fields, more), [expected], expected);
});

test("an upstream that points inside is an error in every spelling, unless the installation allows it", () => {
  const hosts =
    "127.0.0.1 127.1 2130706433 0x7f000001 0177.0.0.1 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 [::1] [::ffff:127.0.0.1] [fe80::1] [fd00::1] localhost a.localhost LOCALHOST. metadata.google.internal";
  for (const host of hosts.split(" ")) {
    const target = { type: "http", url: `http://${host}:8080/x` } as const;
    assert.deepEqual(codes({ target }), ["error internal_upstream"], host);
    assert.deepEqual(codes({ target }, { allowInternalUpstreams: true }), [], host);
  }
  for (const host of ["example.com", "8.8.8.8", "[2606:4700::1111]"]) {
    assert.deepEqual(codes({ target: { type: "http", url: `https://${host}` } }), [], host);
  }
});

test("auth that asks less than what is live is a warning; asking more is none", () => {
  const id = "0190a5f0-0000-7000-8000-000000000001";
  const other = "0190a5f0-0000-7000-8000-000000000002";
  const keys = new Map([id, other].map((each) => [each, { name: "k", status: "active" as const }]));
  const one: RouteFieldsInput["auth"] = { mode: "api-key", allowedApiKeyIds: [id] };
  const bearer = (...requiredScopes: string[]): RouteFieldsInput["auth"] => ({
    mode: "bearer",
    requiredScopes,
  });
  const claims = (requiredClaims: Record<string, string>): RouteFieldsInput["auth"] => ({
    mode: "bearer",
    requiredClaims,
  });
  const weaker: [RouteFieldsInput["auth"], RouteFieldsInput["auth"]][] = [
    [{ mode: "api-key" }, { mode: "none" }],
    [bearer(), { mode: "none" }],
    [one, { mode: "api-key" }],
    [bearer("read", "write"), bearer("read")],
    [one, { mode: "api-key", allowedApiKeyIds: [id, other] }],
    [claims({ plan: "gold", region: "eu" }), claims({ plan: "gold" })],
    [claims({ plan: "gold" }), claims({ plan: "free" })],
    [bearer("read"), { mode: "api-key" }],
    [bearer("read"), one],
    [one, bearer()],
  ];
  for (const [before, after] of weaker) {
    const live = route({ auth: before });
    const found = (draft: Route) =>
      lintRoutes([draft], { ...facts, keys, live: new Map([[live.id, live]]) }).map(({ code }) => code);
    assert.deepEqual(found({ ...live, auth: route({ auth: after }).auth }), ["auth_weakened"]);
    assert.deepEqual(found(live), []);
    const anew = route({ auth: after });
    assert.deepEqual(found(anew), ["auth_weakened"], "taken out and made anew at the same place");
    assert.deepEqual(found({ ...anew, path: "/elsewhere" }), []);
  }
  const stronger: typeof weaker = [
    [{ mode: "none" }, { mode: "api-key" }],
    [{ mode: "api-key" }, one],
    [{ mode: "api-key" }, bearer("read")],
    [bearer("read"), bearer("read", "write")],
    [claims({}), claims({ plan: "gold" })],
  ];
  for (const [before, after] of stronger) {
    const live = route({ auth: before });
    const draft = { ...live, auth: route({ auth: after }).auth };
    assert.deepEqual(lintRoutes([draft], { ...facts, keys, live: new Map([[live.id, live]]) }), []);
  }
});

test("a candidate takes the place of the route with its id", () => {
  const a = route({});
  const b = route({ path: "/b" });
  assert.deepEqual(lintCandidate(a, [a, b], facts), []);
  const [finding] = lintCandidate({ ...b, path: "/a" }, [a, b], facts);
  assert.equal(finding?.code, "duplicate_route");
  assert.equal(finding?.message, "Matches exactly the same requests as GET /a.");
  assert.deepEqual(finding?.others, [{ id: a.id, method: "GET", path: "/a" }]);
});

test("a document of any shape is answered with findings at its fields", () => {
  const read = (document: unknown) => {
    const result = readCandidate(document, null, uuidv7());
    return result.ok ? [] : result.findings.map(({ code, field }) => `${code} ${field}`);
  };
  for (const odd of [null, 1, "x", [], {}, { cors: [] }, { cors: { allowOrigins: [null, {}] } }]) {
    assert.ok(read(odd).every((line) => line.startsWith("invalid_document")));
    assert.ok(read(odd).length > 0);
  }
  const fields = { method: "GET", path: "/a", target: { type: "function", function: "f" } };
  assert.deepEqual(read(fields), []);
  assert.deepEqual(read({ ...fields, path: "a" }), ["invalid_document path"]);
  assert.deepEqual(read(JSON.parse(`{"__proto__": {"a": 1}, ${JSON.stringify(fields).slice(1)}`)), [
    "invalid_document null",
  ]);
  assert.deepEqual(
    read({ ...fields, cors: { allowOrigins: ["https://a.example/", "https://b.example/x"] } }),
    ["origin_trailing_slash cors.allowOrigins.0", "origin_not_exact cors.allowOrigins.1"],
  );
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  assert.deepEqual(read({ ...fields, validation: { body: { a: JSON.parse(deep) } } }), [
    "invalid_document null",
  ]);
});

test("of ten times the routes, lint reads about ten times as many fields, not a hundred times", () => {
  const readsOf = (count: number) => {
    let reads = 0;
    const routes = Array.from({ length: count }, (_, i) => {
      const plain = route({ path: `/r${Math.floor(i / 10)}/:id/part${i % 10}` });
      return new Proxy(plain, {
        get(target, name) {
          reads++;
          return Reflect.get(target, name);
        },
      });
    });
    lintRoutes(routes, facts);
    return reads;
  };
  assert.ok(readsOf(10_000) / readsOf(1_000) < 12);
});
