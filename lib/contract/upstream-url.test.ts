import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import test from "node:test";
import fc from "fast-check";
import { compileRoute } from "./compiled-route.ts";
import { parseRequestPath } from "./path.ts";
import { routeSchema } from "./route.ts";
import { upstreamUrl } from "./upstream-url.ts";

function upstream(path: string, url: string, requested: string, query = ""): string {
  const route = routeSchema.parse({ id: randomUUID(), method: "GET", path, target: { type: "http", url } });
  const parsed = parseRequestPath(requested);
  assert.ok(parsed.ok);
  const result = upstreamUrl(compileRoute(route), url, parsed.segments, query);
  return result.origin + result.path;
}

test("the target's path counts, and a wildcard's rest is appended to it", () => {
  assert.equal(upstream("/v1/a", "http://u", "/v1/a"), "http://u/");
  assert.equal(upstream("/v1/a", "http://u/x/y/", "/v1/a"), "http://u/x/y/");
  assert.equal(upstream("/v1/*", "http://u/x", "/v1/b/c"), "http://u/x/b/c");
  assert.equal(upstream("/v1/*", "http://u/x/", "/v1/b"), "http://u/x/b");
  assert.equal(upstream("/v1/*", "http://u", "/v1"), "http://u/");
  assert.equal(upstream("/v1/{rest+}", "http://u/", "/v1/b/"), "http://u/b/");
});

test("placeholders stand for the route's parameters, and other words are literal", () => {
  assert.equal(upstream("/u/:id", "http://u/users/:id", "/u/7"), "http://u/users/7");
  assert.equal(upstream("/u/:id", "http://u/users/{id}/x", "/u/a%20b"), "http://u/users/a%20b/x");
  assert.equal(upstream("/u/:id", "http://u/:other/v1:run", "/u/7"), "http://u/:other/v1:run");
  assert.equal(upstream("/f/{path+}", "http://u/{path}/raw", "/f/a/b"), "http://u/a/b/raw");
});

test("the target's query comes before the request's", () => {
  assert.equal(upstream("/a", "http://u/?k=1", "/a", "q=%20&k=2"), "http://u/?k=1&q=%20&k=2");
  assert.equal(upstream("/a", "http://u/", "/a", "q"), "http://u/?q");
});

test("no value adds a segment, a query or a host, whatever it holds", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1 }), (value) => {
      fc.pre(value.isWellFormed());
      const requested = parseRequestPath(`/u/${encodeURIComponent(value)}`);
      fc.pre(requested.ok);
      const url = new URL(upstream("/u/:id", "http://u.example/a/{id}/z", `/u/${encodeURIComponent(value)}`));
      assert.equal(url.host, "u.example");
      assert.equal(url.search, "");
      const parts = url.pathname.split("/");
      assert.deepEqual([parts.length, parts[1], parts[3]], [4, "a", "z"]);
      assert.equal(decodeURIComponent(parts[2] as string), value);
    }),
  );
});
