import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import test from "node:test";
import fc from "fast-check";
import { compileRoute } from "./compiled-route.ts";
import { parseRequestPath } from "./path.ts";
import { routeErrors } from "./publish-checks.ts";
import { type RouteFieldsInput, routeSchema } from "./route.ts";
import { changeHeaders, describeTransform, rewrittenPath, transformOf } from "./transform.ts";
import { upstreamUrl } from "./upstream-url.ts";

type Fields = Partial<RouteFieldsInput>;
const route = (path: string, transform: Fields["transform"], fields: Fields = {}) =>
  routeSchema.parse({
    id: randomUUID(),
    method: "GET",
    path,
    target: { type: "function", function: "f" },
    transform,
    ...fields,
  });
const errors = (transform: Fields["transform"], fields: Fields = {}, path = "/v1/users/:id") =>
  routeErrors(route(path, transform, fields)).map(
    ({ code, field, message }) => `${code} ${field}: ${message}`,
  );

function rewritten(path: string, template: string, requested: string): string | null {
  const parsed = parseRequestPath(requested);
  assert.ok(parsed.ok, requested);
  return rewrittenPath(compileRoute(route(path, { request: { path: template } })), parsed.segments);
}

test("a rewritten path is filled with the route's parameters and its rest", () => {
  assert.equal(rewritten("/v1/users/:id", "/people/:id/card", "/v1/users/7"), "/people/7/card");
  assert.equal(rewritten("/v1/users/:id", "/people/{id}", "/v1/users/a%20b"), "/people/a%20b");
  assert.equal(rewritten("/v1/*", "/in/*", "/v1/a/b%2Fc"), "/in/a/b%2Fc");
  assert.equal(rewritten("/v1/*", "/in/{proxy}/out", "/v1/a/b"), "/in/a/b/out");
  assert.equal(rewritten("/v1/{file+}", "/raw/{file+}", "/v1/a/b"), "/raw/a/b");
  assert.equal(rewritten("/v1/{file+}", "/raw/**", "/v1/a/b"), "/raw/a/b");
  assert.equal(rewritten("/v1/*", "/in/*", "/v1"), "/in");
  assert.equal(rewritten("/v1/:id", "/", "/v1/7"), "/");
  assert.equal(rewritten("/v1/:id", "/straße/x:y/", "/v1/7"), "/stra%C3%9Fe/x:y/");
  assert.equal(rewritten("/v1/:a/:b", "/:b/:a/:b", "/v1/1/2"), "/2/1/2");
});

test("no value of a parameter ever changes the structure of the path, whatever it holds", () => {
  const value = fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 20 }),
    fc.constantFrom(
      "..",
      ".",
      "/",
      "%2F",
      "%2e%2e",
      "?a=b",
      "#x",
      "\\",
      "a/../b",
      ":id",
      "{id}",
      "*",
      "//",
      "%",
    ),
  );
  const target = { type: "http", url: "http://u.example/base/" } as const;
  const one = compileRoute(route("/v1/:id/*", { request: { path: "/a/:id/b/*" } }, { target }));
  fc.assert(
    fc.property(value, fc.array(value, { maxLength: 4 }), (id, rest) => {
      fc.pre([id, ...rest].every((each) => each.isWellFormed()));
      const requested = `/v1/${[id, ...rest].map(encodeURIComponent).join("/")}`;
      const parsed = parseRequestPath(requested);
      fc.pre(parsed.ok); // dot segments and control characters are refused before
      const path = rewrittenPath(one, parsed.segments) as string;
      const parts = path.split("/");
      assert.deepEqual(parts.slice(0, 2), ["", "a"]);
      assert.equal(parts[3], "b");
      assert.equal(parts.length, 4 + rest.length);
      assert.deepEqual(
        [parts[2], ...parts.slice(4)].map((part) => decodeURIComponent(part as string)),
        [id, ...rest],
      );
      const { origin, path: sent } = upstreamUrl(one, target.url, parsed.segments, "q=1");
      const url = new URL(origin + sent);
      assert.deepEqual([url.host, url.search, url.hash], ["u.example", "?q=1", ""]);
      assert.equal(url.pathname, `/base${path}`, "nobody reads another path in it");
    }),
    { numRuns: 200 },
  );
});

test("below an upstream's base, the rewritten path takes the place of the rest", () => {
  const up = (path: string, url: string, template: string, requested: string) => {
    const one = compileRoute(route(path, { request: { path: template } }, { target: { type: "http", url } }));
    const parsed = parseRequestPath(requested);
    assert.ok(parsed.ok);
    const to = upstreamUrl(one, url, parsed.segments, "q=1");
    return to.origin + to.path;
  };
  assert.equal(up("/v1/*", "http://u/base", "/in", "/v1/a/b"), "http://u/base/in?q=1");
  assert.equal(up("/v1/*", "http://u/base/?k=1", "/in/*", "/v1/a/b"), "http://u/base/in/a/b?k=1&q=1");
  assert.equal(up("/v1/:id", "http://u/{id}", "/in/:id", "/v1/7"), "http://u/7/in/7?q=1");
  assert.equal(up("/v1/:id", "http://u", "/in", "/v1/7"), "http://u/in?q=1");
});

test("a path that cannot be filled, or would be read differently elsewhere, cannot be published", () => {
  const path = (template: string, pattern?: string) => errors({ request: { path: template } }, {}, pattern);
  const prefix = "transform.request.path: gives its target a path that";
  assert.deepEqual(path("/x/:nam"), [
    `unknown_parameter ${prefix} names :nam, which is no parameter of the route's path`,
  ]);
  assert.match(path("/x/{other}")[0] ?? "", /^unknown_parameter/);
  assert.match(path("/x/*")[0] ?? "", /^unknown_parameter .* uses \*, but the route's path has no rest$/);
  for (const bad of [
    "/a//b",
    "/a/../b",
    "/a/%2e%2E",
    "/a?b",
    "/a#b",
    "/a\\b",
    "/a b",
    "/%zz",
    "/a/x{id}",
    "/a*b",
    "/:",
  ]) {
    assert.match(path(bad)[0] ?? "", /^bad_rewritten_path/, bad);
  }
  for (const good of ["/", "/a/:id", "/a/{id}", "/a/", "/a:b", "/%C3%BC"])
    assert.deepEqual(path(good), [], good);
  assert.deepEqual(path("/x/{rest}/*", "/v1/{rest+}"), []);
});

test("headers that the gateway answers for can be neither set nor removed, in any case", () => {
  const request =
    "Host Content-Length Transfer-Encoding Connection Keep-Alive TE Trailer Upgrade Proxy-Authorization Expect X-Request-Id X-Forwarded-For x-forwarded-host X-FORWARDED-PROTO Forwarded Content-Encoding";
  for (const name of request.split(" ")) {
    for (const transform of [
      { request: { setHeaders: { [name]: "x" } } },
      { request: { removeHeaders: [name] } },
    ]) {
      const found = errors(transform);
      assert.equal(found.length, 1, name);
      assert.match(
        found[0] ?? "",
        /^reserved_header transform\.request\.(set|remove)Headers: (sets|removes) the request/,
      );
      assert.ok(found[0]?.includes(name));
    }
  }
  const response =
    "Content-Length transfer-encoding Connection Trailer X-Request-Id RateLimit RateLimit-Policy Content-Encoding";
  for (const name of response.split(" ")) {
    assert.match(errors({ response: { setHeaders: { [name]: "1" } } })[0] ?? "", /^reserved_header/, name);
    assert.match(errors({ response: { removeHeaders: [name] } })[0] ?? "", /^reserved_header/, name);
  }
  const allowOrigin = { response: { setHeaders: { "Access-Control-Allow-Origin": "*" } } };
  assert.match(errors(allowOrigin)[0] ?? "", /^reserved_header/);
  assert.deepEqual(errors(allowOrigin, { corsEnabled: false }), []);
  const age = { response: { removeHeaders: ["Age"] } };
  assert.deepEqual(errors(age), []);
  assert.match(errors(age, { cache: { ttlSeconds: 5 } })[0] ?? "", /^reserved_header/);
  assert.deepEqual(
    errors({
      request: { setHeaders: { "X-Api-Key": "k", Authorization: "Bearer x" }, removeHeaders: ["Cookie"] },
      response: { setHeaders: { "Set-Cookie": "a=1", Vary: "X" }, removeHeaders: ["Server"] },
    }),
    [],
  );
});

test("what would be lost without a word cannot be published either", () => {
  const job = { target: { type: "job", function: "f" } } as const;
  assert.match(errors({ request: { setHeaders: { Authorization: "x" } } }, job)[0] ?? "", /^secret_in_job/);
  assert.deepEqual(errors({ request: { setHeaders: { "X-A": "x" }, path: "/a/:id" } }, job), []);
  assert.match(errors({ response: { setHeaders: { "X-A": "1", "x-a": "2" } } })[0] ?? "", /^repeated_header/);
  const status = { target: { type: "job-status" } } as const;
  assert.match(
    errors({ request: { path: "/x" } }, status, "/jobs/:jobId")[0] ?? "",
    /^transform_without_target/,
  );
  assert.deepEqual(errors({ response: { setHeaders: { "X-A": "1" } } }, status, "/jobs/:jobId"), []);
  assert.deepEqual(errors({}), []);
});

test("headers are removed whatever their case, and what is set replaces what was there", () => {
  const one = compileRoute(
    route("/", {
      request: { setHeaders: { "X-New": "1", "X-A": "set" }, removeHeaders: ["X-Gone", "x-a"] },
      response: { setHeaders: { "X-New": "2" } },
    }),
  );
  const { request, response } = transformOf(one);
  assert.deepEqual(
    changeHeaders(request, [
      ["x-a", "1"],
      ["X-GONE", "1"],
      ["x-kept", "1"],
      ["X-A", "2"],
    ]),
    [
      ["x-kept", "1"],
      ["x-new", "1"],
      ["x-a", "set"],
    ],
  );
  assert.deepEqual(changeHeaders(response, [["x-new", "1"]]), [["X-New", "2"]]);
  assert.equal(transformOf(compileRoute(route("/", null))).request, null);
});

test("what a transformation does is told without the values that it sets", () => {
  const one = compileRoute(
    route("/v1/:id", {
      request: { path: "/in/:id", setHeaders: { "X-Secret": "s3cret" }, removeHeaders: ["Cookie"] },
    }),
  );
  assert.equal(describeTransform(one, ["v1", "7"]), "as /in/7, with x-secret set, without cookie");
  assert.equal(describeTransform(compileRoute(route("/", {})), []), null);
});
