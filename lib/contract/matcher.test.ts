import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { compileRoute, pathParameters } from "./compiled-route.ts";
import { buildRouteTree, matchRoute } from "./matcher.ts";
import { METHODS } from "./methods.ts";
import { parseRequestPath } from "./path.ts";
import { findDuplicates } from "./publish-checks.ts";
import { type Route, routeSchema } from "./route.ts";
import { uuidv7 } from "./uuid.ts";

const route = (method: string, path: string, extra: object = {}): Route =>
  routeSchema.parse({ id: uuidv7(), method, path, target: { type: "function", function: "f" }, ...extra });
const treeOf = (routes: Route[]) => buildRouteTree(routes.map(compileRoute));
function find(routes: Route[], method: string, path: string) {
  const parsed = parseRequestPath(path);
  assert.ok(parsed.ok);
  const result = matchRoute(treeOf(routes), method, parsed.segments);
  if (result.kind !== "match") return result;
  return { path: result.group.plain?.route.path, method: result.group.plain?.method };
}

test("literal beats parameter beats wildcard, segment by segment from the left, whatever the order", () => {
  const routes = [
    route("GET", "/v1/*"),
    route("GET", "/v1/:kind/:id"),
    route("GET", "/v1/users/:id"),
    route("GET", "/v1/:kind/me"),
    route("GET", "/v1/users/+"),
    route("GET", "/v1/users/me"),
  ];
  const expected = {
    "/v1": "/v1/*",
    "/v1/users": "/v1/*",
    "/v1/users/me": "/v1/users/me",
    "/v1/users/7": "/v1/users/:id",
    "/v1/orders/me": "/v1/:kind/me",
    "/v1/orders/7": "/v1/:kind/:id",
    "/v1/users/7/posts": "/v1/users/+",
    "/v1/orders/7/lines": "/v1/*",
  };
  for (const [path, pattern] of Object.entries(expected)) {
    assert.deepEqual(find(routes, "GET", path), { path: pattern, method: "GET" }, path);
    assert.deepEqual(find([...routes].reverse(), "GET", path), { path: pattern, method: "GET" }, path);
  }
});

test("exact method beats ANY on the same path, and HEAD falls back to GET before ANY", () => {
  const routes = [route("ANY", "/a"), route("GET", "/a"), route("HEAD", "/b"), route("GET", "/b")];
  assert.deepEqual(find(routes, "GET", "/a"), { path: "/a", method: "GET" });
  assert.deepEqual(find(routes, "HEAD", "/a"), { path: "/a", method: "GET" });
  assert.deepEqual(find(routes, "PUT", "/a"), { path: "/a", method: "ANY" });
  assert.deepEqual(find(routes, "HEAD", "/b"), { path: "/b", method: "HEAD" });
  assert.deepEqual(find(routes, "PUT", "/b"), { kind: "method_not_allowed", allow: ["GET", "HEAD"] });
  assert.equal((find(routes, "TRACE", "/a") as { kind: string }).kind, "method_not_allowed");
});

test("a less specific path answers a method that the more specific one lacks", () => {
  const routes = [route("POST", "/users/me"), route("GET", "/users/:id"), route("DELETE", "/users/*")];
  assert.deepEqual(find(routes, "GET", "/users/me"), { path: "/users/:id", method: "GET" });
  assert.deepEqual(find(routes, "PUT", "/users/me"), {
    kind: "method_not_allowed",
    allow: ["GET", "POST", "DELETE", "HEAD"],
  });
  assert.deepEqual(find(routes, "PUT", "/nobody"), { kind: "not_found" });
});

test("an encoded slash stays in its segment, and a glued wildcard does not match longer words", () => {
  const routes = [route("GET", "/v1/users*"), route("GET", "/files/:name")];
  assert.deepEqual(find(routes, "GET", "/files/a%2Fb"), { path: "/files/:name", method: "GET" });
  assert.deepEqual(find(routes, "GET", "/files/a/b"), { kind: "not_found" });
  assert.deepEqual(find(routes, "GET", "/v1/users"), { path: "/v1/users*", method: "GET" });
  assert.deepEqual(find(routes, "GET", "/v1/users/7"), { path: "/v1/users*", method: "GET" });
  assert.deepEqual(find(routes, "GET", "/v1/users2"), { kind: "not_found" });
});

test("parameters arrive decoded and the rest under its name or as proxy", () => {
  const given = (pattern: string, path: string) => {
    const parsed = parseRequestPath(path);
    assert.ok(parsed.ok);
    return pathParameters(compileRoute(route("GET", pattern)), parsed.segments);
  };
  assert.equal(given("/a", "/a"), null);
  assert.deepEqual(given("/:a/{b}", "/x%20y/z%2F"), { a: "x y", b: "z/" });
  assert.deepEqual(given("/a/*", "/a"), { proxy: "" });
  assert.deepEqual(given("/a/{rest+}", "/a/b/c"), { rest: "b/c" });
});

const word = fc.constantFrom("a", "b", "c");
const patternArbitrary = fc
  .tuple(
    fc.array(fc.oneof(word, fc.constantFrom(":p", "{q}")), { maxLength: 4 }),
    fc.constantFrom("", "", "*", "**", "+", "{r+}"),
  )
  .map(([parts, rest]) => {
    const named = parts.map((part, i) => (part === ":p" ? `:p${i}` : part === "{q}" ? `{q${i}}` : part));
    return `/${[...named, ...(rest ? [rest] : [])].join("/")}`;
  });
const pathArbitrary = fc
  .array(fc.oneof({ weight: 5, arbitrary: word }, fc.constantFrom("", "zz", "a%2Fb")), { maxLength: 5 })
  .map((parts) => `/${parts.join("/")}`);

/** The oracle works on text with regular expressions and knows nothing of trees. */
function oracle(routes: Route[], method: string, path: string) {
  const rank = (text: string) =>
    text === "" ? 0 : /^[:{]/.test(text) && !text.endsWith("+}") ? 2 : /[*+]/.test(text) ? 3 : 1;
  const accepts = (route: Route) => {
    const parts = route.path === "/" ? [] : route.path.slice(1).split("/");
    const source = parts.map((part) => {
      if (part === "*" || part === "**") return "(/.*)?";
      if (part === "+" || part.endsWith("+}")) return "/.+";
      return rank(part) === 2 ? "/[^/]+" : `/${part}`;
    });
    return new RegExp(`^${source.join("")}$`).test(path === "/" ? "" : path);
  };
  const specificity = (route: Route) => {
    const parts = route.path === "/" ? [] : route.path.slice(1).split("/");
    // After the last segment: an end is more specific than a rest, and "one or more" than "zero or more".
    const ranks = parts.map((part) => (part === "*" || part === "**" ? 4 : rank(part)));
    return [...ranks, 0].join("");
  };
  const methodRank = (route: Route) => {
    if (route.method === method) return 0;
    if (method === "HEAD" && route.method === "GET") return 1;
    return route.method === "ANY" ? 2 : -1;
  };
  const matching = routes.filter(accepts);
  const fitting = matching.filter((each) => methodRank(each) >= 0);
  const key = (each: Route) => specificity(each) + methodRank(each);
  fitting.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  if (fitting[0]) return fitting[0].id;
  return matching.length > 0 ? "method_not_allowed" : "not_found";
}

test("the tree agrees with a brute-force search over generated patterns and paths", () => {
  const routeArbitrary = fc.tuple(fc.constantFrom(...METHODS), patternArbitrary);
  fc.assert(
    fc.property(
      fc.array(routeArbitrary, { maxLength: 12 }),
      fc.array(fc.tuple(fc.constantFrom("GET", "HEAD", "POST", "OPTIONS"), pathArbitrary), { maxLength: 20 }),
      (given, requests) => {
        const all = given.map(([method, path]) => route(method, path));
        const doubled = new Set(findDuplicates(all).flatMap((group) => group.slice(1)));
        const routes = all.filter((each) => !doubled.has(each));
        const tree = treeOf(routes);
        for (const [method, path] of requests) {
          const parsed = parseRequestPath(path);
          assert.ok(parsed.ok);
          const result = matchRoute(tree, method, parsed.segments);
          const found = result.kind === "match" ? result.group.plain?.id : result.kind;
          assert.equal(found, oracle(routes, method, path), `${method} ${path}`);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("the order of definition never matters", () => {
  fc.assert(
    fc.property(fc.uniqueArray(patternArbitrary, { maxLength: 10 }), pathArbitrary, (patterns, path) => {
      const all = patterns.map((pattern) => route("GET", pattern));
      const doubled = new Set(findDuplicates(all).flatMap((group) => group.slice(1)));
      const routes = all.filter((each) => !doubled.has(each));
      assert.deepEqual(find(routes, "GET", path), find([...routes].reverse(), "GET", path));
    }),
    { numRuns: 200 },
  );
});
