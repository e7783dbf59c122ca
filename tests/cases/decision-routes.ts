import type { RouteFieldsInput } from "#lib/contract/route.ts";

/** The keys of the installation that the cases of `decisions.ts` are asked of. */
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

export const ORIGIN = "https://app.example.com";
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
