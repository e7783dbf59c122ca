import type { RouteFieldsInput } from "#lib/contract/route.ts";

/**
 * The cases on which the gateway and Explain must agree: routes, keys and requests, with the answer of each. The
 * gateway is asked over HTTP, byte by byte; Explain through its query. Both must give exactly what stands here.
 */
export type KeyName =
  | "good"
  | "allowed"
  | "some"
  | "nothing"
  | "expired"
  | "revoked"
  | "replaced"
  | "successor"
  | "elsewhere";

/** How a case names its credential: a key of `KEYS`, or what a caller could send without having one. */
export type KeyOfCase = KeyName | "none" | "empty" | "malformed" | "unknown" | "mistyped";

/** How a case fills the Authorization header: a token of the tenant's issuer in some state, or what is no token. */
export type TokenOfCase =
  | "good"
  | "scoped"
  | "expired"
  | "future"
  | "forged"
  | "stranger"
  | "other-audience"
  | "garbage"
  | "basic"
  | "two-words"
  | "bare";

type RouteCase = Partial<Omit<RouteFieldsInput, "auth">> & {
  name: string;
  at: string;
  /**
   * `key`: any key of the tenant. `listed`: the keys `allowed`, `replaced` and `revoked` only. `token`: any token of
   * the issuer. `scoped`: one with a scope and a claim. Open when left out.
   */
  auth?: "key" | "listed" | "token" | "scoped";
};

const ORIGIN = "https://app.example.com";
const listed = { allowOrigins: [ORIGIN], allowCredentials: true, exposeHeaders: ["X-Total"] };

/** Each answers 200 with its own name as the body. */
export const ROUTES: readonly RouteCase[] = [
  { name: "users", at: "GET /v1/users" },
  { name: "create-user", at: "POST /v1/users", maxBodyBytes: 10 },
  { name: "user", at: "GET /v1/users/:id" },
  { name: "me", at: "GET /v1/users/me" },
  { name: "me-any", at: "ANY /v1/users/me" },
  { name: "put-user", at: "PUT /v1/users/{id}" },
  { name: "orders-of", at: "GET /v1/:what/orders" },
  { name: "user-orders", at: "GET /v1/users/:id/orders" },
  { name: "any", at: "ANY /any" },
  { name: "head-own", at: "HEAD /heads" },
  { name: "head-get", at: "GET /heads" },
  { name: "options-own", at: "OPTIONS /options" },
  { name: "files", at: "GET /files/*" },
  { name: "one-or-more", at: "GET /more/+" },
  { name: "named-rest", at: "GET /named/{rest+}" },
  { name: "glued", at: "GET /glued*" },
  { name: "deep", at: "GET /files/deep/:id" },
  { name: "encoded", at: "GET /caf%C3%A9/:name" },
  { name: "slash-inside", at: "GET /inside/:part" },
  { name: "off", at: "GET /off", enabled: false },
  { name: "off-shadow", at: "GET /shadow/me", enabled: false },
  { name: "shadow", at: "GET /shadow/:id" },
  { name: "v2024", at: "GET /dated", apiVersion: "2024-01-01" },
  { name: "v2025", at: "GET /dated", apiVersion: "2025-06-01" },
  { name: "mixed-plain", at: "GET /mixed" },
  { name: "mixed-dated", at: "GET /mixed", apiVersion: "2025-06-01" },
  { name: "dated-post", at: "POST /dated", apiVersion: "2024-01-01" },
  { name: "keyed", at: "GET /keyed", auth: "key" },
  { name: "keyed-post", at: "POST /keyed", auth: "key" },
  { name: "keyed-item", at: "GET /keyed/:id", auth: "key" },
  { name: "listed", at: "GET /listed", auth: "listed" },
  { name: "cors-any", at: "GET /cors/any" },
  { name: "cors-listed", at: "GET /cors/listed", cors: listed },
  { name: "cors-keyed", at: "PUT /cors/keyed", auth: "key", cors: listed },
  { name: "cors-off", at: "GET /cors/off", corsEnabled: false },
  { name: "cors-dated-a", at: "GET /cors/dated", apiVersion: "2024-01-01", corsEnabled: false },
  { name: "cors-dated-b", at: "GET /cors/dated", apiVersion: "2025-01-01", cors: listed },
  { name: "unlimited", at: "GET /unlimited", rateLimit: null },
  { name: "per-key", at: "GET /per-key", auth: "key", rateLimit: { requestsPerMinute: 50, per: "key" } },
  { name: "no-body", at: "POST /no-body", maxBodyBytes: 0 },
  { name: "tokens", at: "GET /tokens", auth: "token" },
  { name: "scoped", at: "GET /scoped", auth: "scoped" },
  {
    name: "validated",
    at: "POST /validated",
    maxBodyBytes: 60,
    validation: {
      body: {
        type: "object",
        required: ["name"],
        properties: { name: { type: "string", maxLength: 3 } },
        additionalProperties: false,
      },
      query: { type: "object", properties: { page: { type: "integer" } } },
    },
  },
  {
    name: "validated-query",
    at: "GET /validated",
    auth: "key",
    validation: {
      query: { type: "object", required: ["q"], additionalProperties: false, properties: { q: {} } },
    },
  },
  { name: "kept", at: "GET /kept", auth: "key", cors: listed, cache: { ttlSeconds: 60 } },
  {
    name: "changed",
    at: "GET /changed/:id",
    transform: {
      request: { path: "/elsewhere/:id", setHeaders: { "X-Set": "1" } },
      response: { setHeaders: { "X-Set": "1" }, removeHeaders: ["X-Gone"] },
    },
  },
  { name: "root", at: "GET /" },
];

/** What each key may do; `elsewhere` belongs to another tenant. */
export const KEY_RIGHTS: Partial<Record<KeyName, unknown>> = {
  some: [
    { method: "GET", path: "/keyed", queryParameters: { region: "eu" } },
    { method: "GET", path: "/keyed/:id" },
    { method: "POST", path: "/other" },
  ],
  nothing: [],
};

export type Expected = { runs: string } | { preflight: string | null } | { status: number; code: string };

export type DecisionCase = {
  /** The request line without the version: method, a space, the target. */
  line: string;
  key?: KeyOfCase;
  token?: TokenOfCase;
  headers?: Record<string, string>;
  body?: string;
  expect: Expected;
};

const runs = (line: string, name: string, more: Partial<DecisionCase> = {}): DecisionCase => ({
  line,
  ...more,
  expect: { runs: name },
});
const refused = (line: string, answer: string, more: Partial<DecisionCase> = {}): DecisionCase => {
  const [status, code] = answer.split(" ");
  return { line, ...more, expect: { status: Number(status), code: code as string } };
};
const preflight = (target: string, wanted: string, origin: string, allowed: string | null): DecisionCase => ({
  line: `OPTIONS ${target}`,
  headers: { Origin: origin, "Access-Control-Request-Method": wanted },
  expect: { preflight: allowed },
});

const NOT_FOUND = "404 route_not_found";
const METHOD = "405 method_not_allowed";
const BAD = "400 bad_request";
const EVIL = "https://evil.example";
const INVALID = "422 invalid_body";
const json = (body: string) => ({ body, headers: { "Content-Type": "application/json" } });
const version = (value: string) => ({ headers: { "X-Api-Version": value } });
const origin = (value: string) => ({ headers: { Origin: value } });

export const CASES: readonly DecisionCase[] = [
  // Paths
  runs("GET /", "root"),
  runs("GET /?a=b", "root"),
  runs("GET /v1/users", "users"),
  runs("GET /v1/users?page=2&x=%zz", "users"),
  runs("GET /v1/users?", "users"),
  runs("GET /v1/users/42", "user"),
  runs("GET /v1/users/me", "me"),
  runs("GET /v1/users/Me", "user"),
  runs("GET /v1/users/%6d%65", "me"),
  runs("GET /v1/users/a%2Fb", "user"),
  runs("GET /v1/users/a%2fb%2Fc", "user"),
  runs("GET /v1/users/a%20b", "user"),
  runs("GET /v1/users/%C3%A9", "user"),
  runs("GET /v1/users/%F0%9F%98%80", "user"),
  runs("GET /v1/users/...", "user"),
  runs("GET /v1/users/.hidden", "user"),
  runs("GET /v1/users/a;b=c", "user"),
  runs("GET /v1/users/a:b@c", "user"),
  runs("GET /v1/users/*", "user"),
  runs("GET /v1/users/:id", "user"),
  runs('GET /v1/users/"<>^`{|}', "user"),
  runs("GET /v1/users/constructor", "user"),
  runs("GET /v1/users/__proto__", "user"),
  runs(`GET /v1/users/${"x".repeat(2_000)}`, "user"),
  runs("GET /v1/users/7/orders", "user-orders"),
  runs("GET /v1/things/orders", "orders-of"),
  runs("GET /v1/users/orders", "user"),
  runs("GET /inside/a%2F..%2Fb", "slash-inside"),
  runs("GET /caf%C3%A9/x", "encoded"),
  runs("GET /caf%c3%a9/x", "encoded"),
  refused("GET /cafe/x", NOT_FOUND),
  refused("GET /v1/users/", NOT_FOUND),
  refused("GET /v1//users", NOT_FOUND),
  refused("GET //v1/users", NOT_FOUND),
  refused("GET /V1/users", NOT_FOUND),
  refused("GET /v1/users/42/", NOT_FOUND),
  refused("GET /v1/user", NOT_FOUND),
  refused("GET /v1", NOT_FOUND),
  refused("GET /nothing", NOT_FOUND),
  refused("GET /constructor", NOT_FOUND),
  refused("GET /__proto__", NOT_FOUND),
  refused("GET /v1/users/..", BAD),
  refused("GET /v1/users/.", BAD),
  refused("GET /v1/../v1/users", BAD),
  refused("GET /v1/users/%2e%2e", BAD),
  refused("GET /v1/users/%2E", BAD),
  refused("GET /v1/users/%", BAD),
  refused("GET /v1/users/%4", BAD),
  refused("GET /v1/users/%zz", BAD),
  refused("GET /v1/users/%FF", BAD),
  refused("GET /v1/users/%C3", BAD),
  refused("GET /v1/users/%ED%A0%80", BAD),
  refused("GET /v1/users/%C0%AF", BAD),
  refused("GET /v1/users/%00", BAD),
  refused("GET /v1/users/%0a", BAD),
  refused("GET /v1/users/%7F", BAD),
  refused("GET /v1/users/a\\b", BAD),
  runs("GET /v1/users/a%5Cb", "user"),
  refused("GET /v1/users#top", BAD),
  refused("GET /v1/users/a b", BAD),
  refused("GET /v1/users/é", BAD),
  refused("GET /v1/users/a\tb", BAD),
  refused("GET /v1/users/a\u0001", BAD),
  refused("GET /v1/users?q=a b", BAD),
  // Wildcards
  runs("GET /files", "files"),
  runs("GET /files/", "files"),
  runs("GET /files/a", "files"),
  runs("GET /files/a/b/c", "files"),
  runs("GET /files//x", "files"),
  runs("GET /files/deep", "files"),
  runs("GET /files/deep/1", "deep"),
  runs("GET /files/deep/1/2", "files"),
  runs("GET /files/%2F", "files"),
  refused("GET /files/a/../b", BAD),
  refused("GET /filesystem", NOT_FOUND),
  refused("GET /more", NOT_FOUND),
  refused("GET /more/", NOT_FOUND),
  runs("GET /more/a", "one-or-more"),
  runs("GET /more/a/b", "one-or-more"),
  runs("GET /more//", "one-or-more"),
  runs("GET /named/a/b", "named-rest"),
  refused("GET /named", NOT_FOUND),
  runs("GET /glued", "glued"),
  runs("GET /glued/x/y", "glued"),
  refused("GET /gluedx", NOT_FOUND),
  // Methods
  runs("POST /v1/users", "create-user"),
  runs("PUT /v1/users/7", "put-user"),
  refused("DELETE /v1/users", METHOD),
  refused("PATCH /v1/users/7", METHOD),
  runs("DELETE /v1/users/me", "me-any"),
  runs("PUT /v1/users/me", "me-any"),
  runs("POST /any", "any"),
  runs("OPTIONS /any", "any"),
  runs("HEAD /any", "any"),
  runs("PATCH /any", "any"),
  refused("PURGE /any", METHOD),
  refused("TRACE /any", METHOD),
  refused("QUERY /any", METHOD),
  refused("PROPFIND /nothing", NOT_FOUND),
  refused("M-SEARCH /v1/users", METHOD),
  refused("ANY /any", BAD),
  refused("get /any", BAD),
  refused("FOO /any", BAD),
  refused("GETT /any", BAD),
  runs("HEAD /v1/users", "users"),
  runs("HEAD /v1/users/42", "user"),
  runs("HEAD /heads", "head-own"),
  runs("GET /heads", "head-get"),
  refused("HEAD /keyed", "401 missing_credentials"),
  runs("OPTIONS /options", "options-own"),
  refused("OPTIONS /v1/users", METHOD),
  refused("HEAD /options", METHOD),
  // Disabled
  refused("GET /off", NOT_FOUND),
  runs("GET /shadow/me", "shadow"),
  // Versions
  refused("GET /dated", "400 version_required"),
  runs("GET /dated", "v2024", version("2024-01-01")),
  runs("GET /dated", "v2025", version("2025-06-01")),
  runs("GET /dated", "v2025", version(" 2025-06-01 ")),
  refused("GET /dated", "400 unsupported_version", version("2023-01-01")),
  refused("GET /dated", "400 unsupported_version", version("latest")),
  refused("GET /dated", "400 unsupported_version", version("")),
  refused("GET /dated", "400 unsupported_version", version("2024-01-01, 2025-06-01")),
  refused("GET /dated", "400 unsupported_version", version("__proto__")),
  runs("HEAD /dated", "v2024", version("2024-01-01")),
  refused("POST /dated", "400 version_required"),
  runs("POST /dated", "dated-post", version("2024-01-01")),
  refused("POST /dated", "400 unsupported_version", version("2025-06-01")),
  refused("DELETE /dated", METHOD, version("2024-01-01")),
  runs("GET /mixed", "mixed-plain"),
  runs("GET /mixed", "mixed-dated", version("2025-06-01")),
  refused("GET /mixed", "400 unsupported_version", version("2020-01-01")),
  runs("GET /v1/users", "users", version("whatever")),
  // Keys
  runs("GET /keyed", "keyed", { key: "good" }),
  runs("HEAD /keyed", "keyed", { key: "good" }),
  runs("POST /keyed", "keyed-post", { key: "good", body: "{}" }),
  refused("GET /keyed", "401 missing_credentials"),
  refused("GET /keyed", "401 missing_credentials", { key: "empty" }),
  refused("GET /keyed", "401 invalid_api_key", { key: "malformed" }),
  refused("GET /keyed", "401 invalid_api_key", { key: "mistyped" }),
  refused("GET /keyed", "401 invalid_api_key", { key: "unknown" }),
  refused("GET /keyed", "401 invalid_api_key", { key: "elsewhere" }),
  refused("GET /keyed", "401 expired_api_key", { key: "expired" }),
  refused("GET /keyed", "401 revoked_api_key", { key: "revoked" }),
  refused("GET /keyed", "401 expired_api_key", { key: "replaced" }),
  runs("GET /keyed", "keyed", { key: "successor" }),
  runs("GET /v1/users", "users", { key: "revoked" }),
  runs("GET /v1/users", "users", { key: "malformed" }),
  refused("DELETE /keyed", METHOD, { key: "good" }),
  refused("GET /keyedx", NOT_FOUND, { key: "good" }),
  runs("GET /listed", "listed", { key: "allowed" }),
  runs("GET /listed", "listed", { key: "successor" }),
  refused("GET /listed", "403 key_not_allowed", { key: "good" }),
  refused("GET /listed", "403 key_not_allowed", { key: "some" }),
  refused("GET /listed", "401 missing_credentials"),
  refused("GET /listed", "401 revoked_api_key", { key: "revoked" }),
  // A key's own requests
  runs("GET /keyed?region=eu", "keyed", { key: "some" }),
  runs("GET /keyed?other=1&region=eu", "keyed", { key: "some" }),
  runs("GET /keyed?region=%65u", "keyed", { key: "some" }),
  runs("HEAD /keyed?region=eu", "keyed", { key: "some" }),
  runs("GET /keyed/42", "keyed-item", { key: "some" }),
  runs("GET /keyed/a%2Fb", "keyed-item", { key: "some" }),
  refused("GET /keyed", "403 request_not_authorized", { key: "some" }),
  refused("GET /keyed?region=us", "403 request_not_authorized", { key: "some" }),
  refused("GET /keyed?Region=eu", "403 request_not_authorized", { key: "some" }),
  refused("GET /keyed?region=eu&region=eu", "403 request_not_authorized", { key: "some" }),
  refused("GET /keyed?region=eu&region=us", "403 request_not_authorized", { key: "some" }),
  refused("GET /keyed?region=eu%20", "403 request_not_authorized", { key: "some" }),
  refused("POST /keyed?region=eu", "403 request_not_authorized", { key: "some" }),
  refused("GET /keyed/42", "403 request_not_authorized", { key: "nothing" }),
  refused("GET /per-key", "403 request_not_authorized", { key: "some" }),
  runs("GET /per-key", "per-key", { key: "good" }),
  refused("GET /per-key", "401 missing_credentials"),
  // Tokens
  runs("GET /tokens", "tokens", { token: "good" }),
  runs("HEAD /tokens", "tokens", { token: "good" }),
  runs("GET /tokens", "tokens", { token: "scoped", key: "revoked" }),
  refused("GET /tokens", "401 missing_credentials"),
  refused("GET /tokens", "401 missing_credentials", { key: "good" }),
  refused("GET /tokens", "401 missing_credentials", { token: "basic" }),
  refused("GET /tokens", "401 invalid_token", { token: "bare" }),
  refused("GET /tokens", "401 invalid_token", { token: "two-words" }),
  refused("GET /tokens", "401 invalid_token", { token: "garbage" }),
  refused("GET /tokens", "401 invalid_token", { token: "forged" }),
  refused("GET /tokens", "401 invalid_token", { token: "stranger" }),
  refused("GET /tokens", "401 invalid_token", { token: "other-audience" }),
  refused("GET /tokens", "401 invalid_token", { token: "future" }),
  refused("GET /tokens", "401 expired_token", { token: "expired" }),
  runs("GET /scoped", "scoped", { token: "scoped" }),
  refused("GET /scoped", "403 insufficient_scope", { token: "good" }),
  refused("GET /scoped", "401 expired_token", { token: "expired" }),
  refused("GET /keyed", "401 missing_credentials", { token: "good" }),
  runs("GET /v1/users", "users", { token: "garbage" }),
  // CORS
  preflight("/cors/any", "GET", ORIGIN, "*"),
  preflight("/cors/any", "GET", "null", "*"),
  preflight("/cors/listed", "GET", ORIGIN, ORIGIN),
  preflight("/cors/listed", "GET", EVIL, null),
  preflight("/cors/listed", "GET", `${ORIGIN}/`, null),
  preflight("/cors/listed", "HEAD", ORIGIN, ORIGIN),
  preflight("/cors/keyed", "PUT", ORIGIN, ORIGIN),
  preflight("/cors/keyed", "PUT", EVIL, null),
  preflight("/cors/dated", "GET", ORIGIN, ORIGIN),
  preflight("/cors/dated", "GET", EVIL, null),
  preflight("/v1/users", "POST", EVIL, "*"),
  preflight("/v1/users/me", "DELETE", ORIGIN, "*"),
  preflight("/any", "OPTIONS", ORIGIN, "*"),
  preflight("/keyed", "GET", ORIGIN, "*"),
  refused("OPTIONS /cors/off", METHOD, {
    headers: { Origin: ORIGIN, "Access-Control-Request-Method": "GET" },
  }),
  refused("OPTIONS /cors/any", METHOD, {
    headers: { Origin: ORIGIN, "Access-Control-Request-Method": "PUT" },
  }),
  refused("OPTIONS /cors/any", METHOD, {
    headers: { Origin: ORIGIN, "Access-Control-Request-Method": "get" },
  }),
  refused("OPTIONS /cors/any", METHOD, origin(ORIGIN)),
  refused("OPTIONS /cors/any", METHOD, { headers: { "Access-Control-Request-Method": "GET" } }),
  refused("OPTIONS /nothing", NOT_FOUND, {
    headers: { Origin: ORIGIN, "Access-Control-Request-Method": "GET" },
  }),
  refused("OPTIONS /v1/%zz", BAD, {
    headers: { Origin: ORIGIN, "Access-Control-Request-Method": "GET" },
  }),
  runs("OPTIONS /options", "options-own", {
    headers: { Origin: ORIGIN, "Access-Control-Request-Method": "GET" },
  }),
  runs("GET /cors/listed", "cors-listed", origin(ORIGIN)),
  runs("GET /cors/listed", "cors-listed", origin(EVIL)),
  runs("GET /cors/off", "cors-off", origin(ORIGIN)),
  refused("PUT /cors/keyed", "401 missing_credentials", origin(ORIGIN)),
  refused("PUT /cors/keyed", "401 invalid_api_key", { ...origin(EVIL), key: "unknown" }),
  runs("PUT /cors/keyed", "cors-keyed", { ...origin(ORIGIN), key: "good" }),
  refused("GET /cors/dated", "400 version_required", origin(ORIGIN)),
  // Limits and bodies
  runs("GET /unlimited", "unlimited"),
  runs("POST /v1/users", "create-user", { body: "1234567890" }),
  refused("POST /v1/users", "413 body_too_large", { body: "12345678901" }),
  refused("POST /v1/users", "413 body_too_large", { body: "ééééééé" }),
  runs("POST /v1/users", "create-user", { body: "" }),
  runs("POST /no-body", "no-body"),
  refused("POST /no-body", "413 body_too_large", { body: "x" }),
  refused("POST /keyed", "401 missing_credentials", { body: "x".repeat(100) }),
  runs("GET /v1/users", "users", { body: "a body where none is usual" }),
  // Validation
  runs("POST /validated", "validated", json('{"name":"Ada"}')),
  runs("POST /validated?page=2&other=x", "validated", json('{"name":"Ada"}')),
  refused("POST /validated", INVALID, json('{"name":"Adam"}')),
  refused("POST /validated", INVALID, json('{"name":"Ada","more":1}')),
  refused("POST /validated", INVALID, json('{"name":1}')),
  refused("POST /validated", INVALID, json("[]")),
  refused("POST /validated", INVALID, json("{")),
  refused("POST /validated", INVALID, json('{"name":"Ada","__proto__":{}}')),
  refused("POST /validated", INVALID, json('{"name":"a","name":"Adam"}')),
  refused("POST /validated", INVALID, { headers: { "Content-Type": "application/json" } }),
  refused("POST /validated", "415 unsupported_media_type", { body: '{"name":"Ada"}' }),
  refused("POST /validated", "415 unsupported_media_type", {
    body: '{"name":"Ada"}',
    headers: { "Content-Type": "text/plain" },
  }),
  refused("POST /validated?page=two", "422 invalid_query", json('{"name":"Ada"}')),
  refused("POST /validated", "413 body_too_large", json(`{"name":"${"x".repeat(60)}"}`)),
  refused("POST /validated", "413 body_too_large", { body: "x".repeat(61) }),
  runs("GET /validated?q=1", "validated-query", { key: "good" }),
  refused("GET /validated", "422 invalid_query", { key: "good" }),
  refused("GET /validated?q=1&r=2", "422 invalid_query", { key: "good" }),
  refused("GET /validated", "401 missing_credentials"),
  // What was kept is for whom it was kept for, and only after everything before it
  runs("GET /kept", "kept", { ...origin(ORIGIN), key: "good" }),
  runs("GET /kept", "kept", { ...origin(EVIL), key: "good" }),
  runs("GET /kept", "kept", { ...origin(ORIGIN), key: "allowed" }),
  runs("HEAD /kept", "kept", { key: "good" }),
  refused("GET /kept", "401 missing_credentials", origin(ORIGIN)),
  refused("GET /kept", "401 revoked_api_key", { key: "revoked" }),
  refused("GET /kept", "403 request_not_authorized", { key: "some" }),
  // A transformation changes nothing of what is decided
  runs("GET /changed/a%2Fb?q=1", "changed"),
  refused("GET /changed", "404 route_not_found"),
  refused("GET /elsewhere/1", "404 route_not_found"),
  // Headers that the head of the request is refused for
  refused("GET /v1/users", BAD, { headers: { Expect: "the-impossible" } }),
  refused("GET /v1/users", BAD, { headers: { Upgrade: "websocket", Connection: "Upgrade" } }),
];
