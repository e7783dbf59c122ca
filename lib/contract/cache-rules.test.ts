import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import test from "node:test";
import fc from "fast-check";
import { cacheBypass, cacheDirectives, isUnchanged, keepingOf, oldestTaken } from "./cache-rules.ts";
import { compileRoute } from "./compiled-route.ts";
import { routeErrors } from "./publish-checks.ts";
import { type RouteFieldsInput, routeSchema } from "./route.ts";

const route = (fields: Partial<RouteFieldsInput> = {}) =>
  compileRoute(
    routeSchema.parse({
      id: randomUUID(),
      method: "GET",
      path: "/",
      auth: { mode: "none" },
      target: { type: "function", function: "f" },
      cache: { ttlSeconds: 100 },
      ...fields,
    }),
  );
const header = (headers: Record<string, string>) => (name: string) => headers[name];
const bypass = (
  headers: Record<string, string>,
  fields: Partial<RouteFieldsInput> = {},
  more: { method?: string; hasBody?: boolean; credentialId?: string | null } = {},
) =>
  cacheBypass(route(fields), {
    method: "GET",
    header: header(headers),
    hasBody: false,
    credentialId: "c",
    ...more,
  });
const kept = (headers: [string, string][], status = 200, fields: Partial<RouteFieldsInput> = {}, now = 0) =>
  keepingOf(route(fields), status, headers, now);
const seconds = (...headers: [string, string][]) => kept(headers)?.seconds ?? null;

test("what may be somebody's own, in parts or conditional passes the cache by", () => {
  assert.equal(bypass({}), null);
  assert.equal(bypass({}, {}, { method: "HEAD" }), null);
  for (const method of ["POST", "OPTIONS", "DELETE"]) assert.ok(bypass({}, {}, { method }));
  assert.ok(bypass({}, {}, { hasBody: true }), "a GET with a body could poison what others get");
  assert.ok(bypass({ "cache-control": "max-age=5, NO-STORE" }));
  for (const name of ["range", "if-range", "if-match", "if-unmodified-since"])
    assert.ok(bypass({ [name]: "x" }), name);
  for (const name of ["authorization", "cookie", "x-api-key", "proxy-authorization"]) {
    assert.match(bypass({ [name]: "x" }) ?? "", new RegExp(name), name);
    const hidden = { transform: { request: { removeHeaders: [name] } } };
    assert.equal(bypass({ [name]: "x" }, hidden), null, "the target never sees it");
  }
  assert.equal(bypass({ "x-api-key": "k" }, { auth: { mode: "api-key" } }), null);
  assert.ok(bypass({ authorization: "Bearer x" }, { auth: { mode: "api-key" } }));
  assert.equal(bypass({ authorization: "Bearer x" }, { auth: { mode: "bearer" } }), null);
  assert.ok(bypass({}, { auth: { mode: "api-key" } }, { credentialId: null }), "nobody knows whose it is");
});

test("a caller says how old an answer may be", () => {
  const oldest = (headers: Record<string, string>) => oldestTaken(header(headers));
  assert.equal(oldest({}), null);
  assert.equal(oldest({ "cache-control": "no-cache" }), 0);
  assert.equal(oldest({ pragma: "no-cache" }), 0);
  assert.equal(oldest({ pragma: "no-cache", "cache-control": "max-age=9" }), 9);
  assert.equal(oldest({ "cache-control": "max-age=0" }), 0);
  assert.equal(oldest({ "cache-control": "max-age=lots" }), 0);
  assert.equal(oldest({ "cache-control": "min-fresh=5" }), null);
});

test("only statuses that say what a resource is like are kept", () => {
  for (const status of [200, 204, 301, 404, 410]) assert.ok(kept([], status), `${status}`);
  for (const status of [
    201, 202, 203, 206, 302, 304, 307, 308, 400, 401, 403, 405, 429, 500, 502, 503, 504,
  ]) {
    assert.equal(kept([], status), null, `${status}`);
  }
});

test("what the target says about keeping wins over the route, when it is shorter", () => {
  assert.equal(seconds(), 100);
  assert.equal(seconds(["Cache-Control", "max-age=30"]), 30);
  assert.equal(seconds(["Cache-Control", "max-age=3000"]), 100);
  assert.equal(seconds(["Cache-Control", "max-age=30, s-maxage=20"]), 20);
  assert.equal(seconds(["Cache-Control", 'max-age="30"']), 30);
  assert.equal(seconds(["Cache-Control", "max-age=30"], ["cache-control", "max-age=10"]), 10);
  assert.equal(seconds(["Cache-Control", "max-age=30"], ["Age", "10"]), 20);
  assert.equal(seconds(["Cache-Control", "max-age=30"], ["Age", "30"]), null);
  for (const refusal of [
    "no-store",
    "private",
    "no-cache",
    "max-age=0",
    "max-age=x",
    "max-age",
    'private="x"',
    "S-MaxAge=0",
  ]) {
    assert.equal(seconds(["Cache-Control", refusal]), null, refusal);
  }
  const date = "Thu, 01 Jan 2026 00:00:00 GMT";
  assert.equal(seconds(["Date", date], ["Expires", "Thu, 01 Jan 2026 00:00:40 GMT"]), 40);
  for (const gone of ["0", "-1", "never", date])
    assert.equal(seconds(["Date", date], ["Expires", gone]), null, gone);
  assert.equal(seconds(["Expires", "0"], ["Cache-Control", "max-age=7"]), 7);
  assert.equal(seconds(["Set-Cookie", "a=1"]), null);
});

test("an answer depends on the headers that Vary names; what nobody could compare is not kept", () => {
  const vary = (...values: string[]) => kept(values.map((value) => ["Vary", value]))?.vary ?? null;
  assert.deepEqual(vary(), []);
  assert.deepEqual(vary("Accept, ORIGIN", "accept"), ["accept", "origin"]);
  assert.deepEqual(vary("Host"), [], "which is always compared");
  assert.equal(vary("Accept, *"), null);
  for (const own of ["X-Request-Id", "X-Forwarded-For", "TE"]) assert.equal(vary(own), null, own);
  assert.equal(vary(Array.from({ length: 11 }, (_, i) => `x-${i}`).join()), null);
  assert.deepEqual(kept([["Content-Encoding", "gzip"]])?.vary, ["accept-encoding"]);
  const constant = { transform: { request: { setHeaders: { "Accept-Language": "en" } } } };
  assert.deepEqual(kept([["Vary", "Accept-Language"]], 200, constant)?.vary, [], "the same for all callers");
});

test("no header, however malformed, makes an answer live longer than the route says", () => {
  const name = fc.constantFrom("cache-control", "expires", "age", "date", "vary");
  fc.assert(
    fc.property(fc.array(fc.tuple(name, fc.string()), { maxLength: 6 }), fc.nat(), (headers, now) => {
      const keeping = kept(headers, 200, {}, now);
      if (keeping) assert.ok(keeping.seconds > 0 && keeping.seconds <= 100 && keeping.age >= 0);
    }),
  );
});

test("directives are read once, quoted or not, however many commas there are", () => {
  assert.deepEqual(
    [...cacheDirectives(' a , b=1,,C="x, y" ,d = 2')],
    [
      ["a", ""],
      ["b", "1"],
      ["c", "x, y"],
      ["d", "2"],
    ],
  );
  const started = performance.now();
  cacheDirectives(`${"a=".repeat(50_000)}"${"\\".repeat(50_000)}`);
  assert.ok(performance.now() - started < 1_000);
});

test("a caller who has the answer already is told so", () => {
  const answer = [
    ["ETag", 'W/"a,b"'],
    ["Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT"],
  ] as const;
  const same = (headers: Record<string, string>) => isUnchanged(header(headers), answer);
  assert.equal(same({}), false);
  assert.equal(same({ "if-none-match": '"x", "a,b"' }), true);
  assert.equal(same({ "if-none-match": "*" }), true);
  assert.equal(same({ "if-none-match": '"a", "b"' }), false);
  assert.equal(same({ "if-modified-since": "Thu, 01 Jan 2026 00:00:00 GMT" }), true);
  assert.equal(same({ "if-modified-since": "Wed, 31 Dec 2025 23:59:59 GMT" }), false);
  assert.equal(same({ "if-modified-since": "Thu, 01 Jan 2026 00:00:00 GMT", "if-none-match": '"x"' }), false);
  assert.equal(isUnchanged(header({ "if-none-match": '"x"' }), []), false);
});

test("a job's answers cannot be cached", () => {
  const codes = (fields: Partial<RouteFieldsInput>) =>
    routeErrors(route(fields).route).map(({ code }) => code);
  assert.deepEqual(codes({ target: { type: "job", function: "f" } }), ["cache_on_job"]);
  assert.deepEqual(codes({ path: "/:jobId", target: { type: "job-status" } }), ["cache_on_job"]);
  assert.deepEqual(codes({}), []);
});
