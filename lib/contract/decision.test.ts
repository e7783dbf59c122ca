import assert from "node:assert/strict";
import test from "node:test";
import { compileAuthorizedRequests } from "./authorized-requests.ts";
import type { TokenLookup } from "./bearer.ts";
import { compileRevision, RevisionError } from "./compile.ts";
import { formatCredential } from "./credential.ts";
import { type DecisionRequest, decide, type KeyFacts, type KeyLookup } from "./decision.ts";
import { findProblems } from "./publish-checks.ts";
import { serializeRevision } from "./revision.ts";
import { type Route, type RouteFieldsInput, routeSchema } from "./route.ts";
import type { TraceStep } from "./trace.ts";
import { uuidv7 } from "./uuid.ts";

const target = { type: "function", function: "users" } as const;
const route = (fields: Partial<RouteFieldsInput>): Route =>
  routeSchema.parse({ id: uuidv7(), method: "GET", path: "/v1/users", target, ...fields });
const KEY = formatCredential("apiKey", new Uint8Array(32).fill(7));
const NOW = Date.UTC(2026, 10, 21);
const key = (facts: Partial<KeyFacts> = {}): KeyFacts => ({
  id: "0190a000-0000-7000-8000-000000000001",
  tenantId: "t1",
  expiresAt: null,
  revokedAt: null,
  authorizedRequests: null,
  succeeds: [],
  ...facts,
});

const noToken = (): TokenLookup => assert.fail("looked up a token");

type Case = Partial<DecisionRequest> & { lookup?: KeyLookup; token?: TokenLookup; trace?: TraceStep[] };
function ask(routes: Route[], { lookup = key(), token = "unavailable", trace, ...request }: Case = {}) {
  return decide(
    {
      method: "GET",
      path: "/v1/users",
      query: "",
      origin: undefined,
      accessControlRequestMethod: undefined,
      apiVersion: undefined,
      apiKey: KEY,
      authorization: undefined,
      ...request,
    },
    {
      tenant: { id: "t1", slug: "acme", revision: compileRevision({ format: 1, routes }) },
      now: NOW,
      lookupKey: () => lookup,
      lookupToken: () => token,
      ...(trace ? { trace } : {}),
    },
  );
}
const code = (decision: ReturnType<typeof ask>) =>
  decision.kind === "refused" ? `${decision.status} ${decision.code}` : decision.kind;

test("an unknown tenant, one without a servable revision, and an unreadable path are told apart", () => {
  const request = {
    method: "GET",
    path: "/",
    query: "",
    origin: undefined,
    accessControlRequestMethod: undefined,
    apiVersion: undefined,
    apiKey: undefined,
    authorization: undefined,
  };
  const none = decide(request, {
    tenant: undefined,
    now: NOW,
    lookupKey: () => "unknown",
    lookupToken: noToken,
  });
  assert.equal(code(none), "404 tenant_not_found");
  const tenant = { id: "t1", slug: "acme", revision: null };
  assert.equal(
    code(decide(request, { tenant, now: NOW, lookupKey: () => "unknown", lookupToken: noToken })),
    "503 unavailable",
  );
  for (const path of ["/%zz", "/a/../b", "/a/%2e%2e/b", "/a%00", "/a\\b", "nothing"]) {
    assert.equal(code(ask([route({})], { path })), "400 bad_request", path);
  }
});

test("every state of a key has its own answer, and none of them passes", () => {
  const routes = [route({})];
  assert.equal(code(ask(routes)), "allowed");
  const refused: [string, Case][] = [
    ["401 missing_credentials", { apiKey: undefined }],
    ["401 missing_credentials", { apiKey: "" }],
    ["401 invalid_api_key", { apiKey: "gh_guess" }],
    ["401 invalid_api_key", { apiKey: `${KEY.slice(0, -1)}x` }],
    ["401 invalid_api_key", { lookup: "unknown" }],
    ["401 invalid_api_key", { lookup: key({ tenantId: "t2" }) }],
    ["401 invalid_api_key", { lookup: key({ tenantId: "t2", revokedAt: NOW - 1 }) }],
    ["401 revoked_api_key", { lookup: key({ revokedAt: NOW + 1 }) }],
    ["401 expired_api_key", { lookup: key({ expiresAt: NOW }) }],
    ["503 unavailable", { lookup: "unavailable" }],
    ["unresolved", { lookup: "unresolved" }],
  ];
  for (const [expected, request] of refused) {
    const decision = ask(routes, request);
    assert.equal(code(decision), expected);
    if (decision.kind === "refused" && decision.status === 401) {
      assert.deepEqual(decision.headers, [["WWW-Authenticate", 'ApiKey realm="acme"']]);
    }
  }
  assert.equal(code(ask(routes, { lookup: key({ expiresAt: NOW + 1 }) })), "allowed");
});

test("a malformed key is refused without a look-up", () => {
  const decision = decide(
    {
      method: "GET",
      path: "/v1/users",
      query: "",
      origin: undefined,
      accessControlRequestMethod: undefined,
      apiVersion: undefined,
      apiKey: "gh_0000000000000000000000000000000000000000000AAAAAA",
      authorization: undefined,
    },
    {
      tenant: { id: "t1", slug: "acme", revision: compileRevision({ format: 1, routes: [route({})] }) },
      now: NOW,
      lookupKey: () => assert.fail("looked up"),
      lookupToken: noToken,
    },
  );
  assert.equal(code(decision), "401 invalid_api_key");
});

test("a route that allows a key allows what took over from it, and not the other way round", () => {
  const old = uuidv7();
  const allows = (id: string) => [route({ auth: { mode: "api-key", allowedApiKeyIds: [id] } })];
  const successor = key({ id: uuidv7(), succeeds: [uuidv7(), old] });
  assert.equal(code(ask(allows(old), { lookup: successor })), "allowed");
  assert.equal(code(ask(allows(successor.id), { lookup: key({ id: old }) })), "403 key_not_allowed");
});

test("the route's list of keys and the key's list of requests must both agree", () => {
  const { id } = key();
  const other = uuidv7();
  const restricted = (list: string[] | null) => [
    route({ auth: { mode: "api-key", allowedApiKeyIds: list } }),
  ];
  assert.equal(code(ask(restricted([id, other]))), "allowed");
  assert.equal(code(ask(restricted([other]))), "403 key_not_allowed");
  assert.equal(code(ask(restricted([]))), "403 key_not_allowed");

  const only = (requests: object[]) => ({
    lookup: key({ authorizedRequests: compileAuthorizedRequests(requests) }),
  });
  const open = restricted(null);
  assert.equal(code(ask(open, only([]))), "403 request_not_authorized");
  assert.equal(code(ask(open, only([{ path: "/v1/*" }]))), "allowed");
  assert.equal(code(ask(open, only([{ path: "/v2/*" }]))), "403 request_not_authorized");
  assert.equal(code(ask(open, only([{ method: "POST", path: "/v1/*" }]))), "403 request_not_authorized");
  assert.equal(code(ask(open, { ...only([{ method: "GET", path: "/v1/*" }]), method: "HEAD" })), "allowed");
  const filtered = only([{ path: "/v1/users", queryParameters: { status: "active" } }]);
  assert.equal(code(ask(open, { ...filtered, query: "status=active&limit=5" })), "allowed");
  for (const query of ["", "status=gone", "status=active&status=gone", "Status=active"]) {
    assert.equal(code(ask(open, { ...filtered, query })), "403 request_not_authorized", query);
  }
  assert.equal(code(ask(restricted([other]), only([]))), "403 key_not_allowed");
});

test("an open route asks for nothing, whatever was sent", () => {
  const routes = [route({ auth: { mode: "none" } })];
  for (const apiKey of [undefined, "nonsense", KEY]) {
    const decision = ask(routes, { apiKey, lookup: key({ revokedAt: 1 }) });
    assert.equal(decision.kind, "allowed");
    assert.equal(decision.kind === "allowed" && decision.key, null);
  }
});

test("dated versions: missing and unknown ones list what there is, newest first", () => {
  const routes = ["2024-06-01", "2024-12-01", "2023-01-31"].map((apiVersion) => route({ apiVersion }));
  const decision = ask(routes);
  assert.equal(code(decision), "400 version_required");
  assert.match(
    decision.kind === "refused" ? decision.message : "",
    /2024-12-01 \(latest\), 2024-06-01, 2023-01-31\./,
  );
  const unknown = ask(routes, { apiVersion: "2025-01-01" });
  assert.equal(code(unknown), "400 unsupported_version");
  assert.match(unknown.kind === "refused" ? unknown.message : "", /2024-12-01 \(latest\)/);
  const chosen = ask(routes, { apiVersion: "2024-06-01" });
  assert.equal(chosen.kind === "allowed" && chosen.route.apiVersion, "2024-06-01");
  assert.equal(code(ask([route({})], { apiVersion: "anything" })), "allowed");
  const withDefault = [...routes, route({})];
  const plain = ask(withDefault);
  assert.equal(plain.kind === "allowed" && plain.route.apiVersion, null);
  assert.equal(code(ask(withDefault, { apiVersion: "1999-01-01" })), "400 unsupported_version");
});

const preflight = (routes: Route[], origin: string, wanted: string, request: Case = {}) =>
  ask(routes, {
    method: "OPTIONS",
    origin,
    accessControlRequestMethod: wanted,
    apiKey: undefined,
    ...request,
  });

test("a preflight is answered before credentials are asked for", () => {
  const decision = preflight([route({})], "https://app.example.com", "GET");
  assert.equal(decision.kind, "preflight");
  assert.deepEqual(decision.kind === "preflight" && Object.fromEntries(decision.headers), {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type, Authorization, X-Api-Key",
    "Access-Control-Max-Age": "600",
  });
});

test("an echoed origin comes with Vary, and so does the refusal of another", () => {
  const cors = { allowOrigins: ["https://app.example.com"], allowCredentials: true };
  const routes = [route({ cors })];
  const allowed = preflight(routes, "https://app.example.com", "GET");
  const headers = allowed.kind === "preflight" ? Object.fromEntries(allowed.headers) : {};
  assert.equal(headers["Access-Control-Allow-Origin"], "https://app.example.com");
  assert.equal(headers["Access-Control-Allow-Credentials"], "true");
  assert.equal(headers.Vary, "Origin");
  const refused = preflight(routes, "https://evil.example.com", "GET");
  assert.deepEqual(refused.kind === "preflight" && refused.headers, [["Vary", "Origin"]]);
});

test("a preflight for a route without CORS, or for no route, is an ordinary OPTIONS request", () => {
  assert.equal(
    code(preflight([route({ corsEnabled: false })], "https://a.example", "GET")),
    "405 method_not_allowed",
  );
  assert.equal(
    code(preflight([route({})], "https://a.example", "GET", { path: "/none" })),
    "404 route_not_found",
  );
  const own = [route({ corsEnabled: false }), route({ method: "OPTIONS", auth: { mode: "none" } })];
  assert.equal(code(preflight(own, "https://a.example", "GET")), "allowed");
});

test("refusals after the route is known carry the route, whose CORS the answer needs", () => {
  const decision = ask([route({})], { apiKey: undefined });
  assert.equal(decision.kind === "refused" && decision.route?.cors?.anyOrigin, true);
  const version = ask([route({ apiVersion: "2024-01-01" })]);
  assert.equal(version.kind === "refused" && version.route?.apiVersion, "2024-01-01");
});

test("the trace tells every step up to the one that refused", () => {
  const trace: TraceStep[] = [];
  ask([route({ auth: { mode: "api-key", allowedApiKeyIds: [] } })], { trace });
  assert.deepEqual(
    trace.map(({ step, outcome }) => `${step} ${outcome}`),
    [
      "tenant passed",
      "path passed",
      "preflight skipped",
      "route passed",
      "version skipped",
      "auth passed",
      "entitlement refused",
    ],
  );
  assert.equal(trace.at(-1)?.detail, "The route allows 0 keys, and this one is not among them.");
  assert.ok(!JSON.stringify(trace).includes(KEY));
});

test("the trace of a request that a key does not cover names the nearest of its requests and what each lacks", () => {
  const trace: TraceStep[] = [];
  const authorizedRequests = compileAuthorizedRequests([
    { method: "POST", path: "/v1/users" },
    { method: "GET", path: "/v1/users", queryParameters: { region: "eu" } },
    { method: "GET", path: "/v1/orders" },
    { method: "GET", path: "/v1/other" },
  ]);
  ask([route({})], { trace, lookup: key({ authorizedRequests }), query: "region=us" });
  assert.equal(
    trace.at(-1)?.detail,
    "None of the requests that the key may make is this one: POST /v1/users (another method); " +
      "GET /v1/users (needs region=eu in the query); GET /v1/orders (another path), and 1 more.",
  );
});

test("a revision with a route that cannot be served as it is written is refused whole", () => {
  const wrong: Partial<RouteFieldsInput>[] = [
    { validation: { body: { type: "nonsense" } } },
    { cache: { ttlSeconds: 5 }, target: { type: "job", function: "f" } },
    { transform: { request: { path: "/:other" } } },
    { transform: { response: { setHeaders: { "Content-Length": "1" } } } },
    { cors: { allowCredentials: true } },
    { path: "/jobs/:id", target: { type: "job-status" } },
  ];
  for (const fields of wrong) {
    const routes = [route({ path: "/fine" }), route(fields)];
    assert.throws(() => compileRevision({ format: 1, routes }), RevisionError, JSON.stringify(fields));
    assert.equal(findProblems(routes).length, 1);
    const off = { ...(routes[1] as Route), enabled: false };
    assert.equal(compileRevision({ format: 1, routes: [routes[0] as Route, off] }).routes.length, 1);
  }
});

test("routes that match exactly the same requests are refused, whatever their parameters are called", () => {
  const same = [route({ path: "/a/:x" }), route({ path: "/a/{y}" })];
  assert.deepEqual(
    findProblems(same).map(({ message }) => message),
    ["matches exactly the same requests as GET /a/{y}", "matches exactly the same requests as GET /a/:x"],
  );
  assert.throws(() => compileRevision({ format: 1, routes: same }), RevisionError);
  assert.deepEqual(
    findProblems([route({ path: "/a/*" }), route({ path: "/a*" }), route({ path: "/a/+" })]).length,
    2,
  );
  const apart = [
    route({ apiVersion: "2024-01-01" }),
    route({ apiVersion: "2024-01-02" }),
    route({}),
    route({ method: "ANY" }),
    route({ enabled: false }),
  ];
  assert.deepEqual(findProblems(apart), []);
});

test("what is not a revision is refused with one kind of error, and a serialized one compiles", () => {
  for (const text of ["", "{", "[]", '{"format":2,"routes":[]}', '{"format":1,"routes":[{}]}']) {
    assert.throws(() => compileRevision(text), RevisionError, text);
  }
  const status = route({ path: "/v1/jobs/:jobId", target: { type: "job-status" } });
  const compiled = compileRevision(serializeRevision([route({}), status]));
  assert.equal(compiled.routes.length, 2);
  assert.equal(compiled.jobStatus?.id, status.id);
});
