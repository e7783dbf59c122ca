import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matchRoute } from "../matcher.ts";
import { METHODS } from "../methods.ts";
import { parseRequestPath } from "../path.ts";
import { findDuplicates } from "../publish-checks.ts";
import { type Route, routeSchema } from "../route.ts";
import { uuidv7 } from "../uuid.ts";
import { indexReach, reachFindings } from "./reach.ts";

const route = (method: string, path: string, extra: object = {}): Route =>
  routeSchema.parse({ id: uuidv7(), method, path, target: { type: "function", function: "f" }, ...extra });

function codesOf(routes: Route[], at: number): string[] {
  return reachFindings(indexReach(routes), routes[at]?.id as string).map(({ code }) => code);
}

const word = fc.constantFrom("a", "b");
const patternArbitrary = fc
  .tuple(fc.array(fc.oneof(word, fc.constant(":p")), { maxLength: 2 }), fc.constantFrom("", "", "*", "+"))
  .map(
    ([parts, rest]) =>
      `/${[...parts.map((p, i) => (p === ":p" ? `:p${i}` : p)), ...(rest ? [rest] : [])].join("/")}`,
  );
const pathArbitrary = fc
  .array(fc.oneof(word, fc.constantFrom("", "zz")), { maxLength: 4 })
  .map((parts) => `/${parts.join("/")}`);
const routesArbitrary = fc.array(fc.tuple(fc.constantFrom(...METHODS, "ANY"), patternArbitrary), {
  maxLength: 25,
});

test("a route called unreachable is never matched, a nearly unreachable one only by an empty segment", () => {
  fc.assert(
    fc.property(routesArbitrary, fc.array(pathArbitrary, { maxLength: 20 }), (given, paths) => {
      const routes = given.map(([method, path]) => route(method, path));
      const index = indexReach(routes);
      const flagged = new Map<string, string>();
      for (const { id } of routes) {
        for (const { code } of reachFindings(index, id))
          if (code.endsWith("unreachable_route")) flagged.set(id, code);
      }
      for (const path of paths) {
        const parsed = parseRequestPath(path);
        assert.ok(parsed.ok);
        for (const method of METHODS) {
          const result = matchRoute(index.tree, method, parsed.segments);
          const code = result.kind === "match" ? flagged.get(result.group.plain?.id ?? "") : undefined;
          assert.notEqual(code, "unreachable_route", `${method} ${path}`);
          if (code) assert.ok(parsed.segments.includes(""), `${method} ${path}`);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test("a duplicate is named at every route that has one, and at no other", () => {
  fc.assert(
    fc.property(routesArbitrary, (given) => {
      const routes = given.map(([method, path]) => route(method, path));
      const index = indexReach(routes);
      const doubled = new Set(
        findDuplicates(routes)
          .flat()
          .map(({ id }) => id),
      );
      for (const { id } of routes) {
        const named = reachFindings(index, id).some(({ code }) => code === "duplicate_route");
        assert.equal(named, doubled.has(id));
      }
    }),
    { numRuns: 200 },
  );
});

test("a catch-all for every method is unreachable once each method has its own route", () => {
  const own = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].map((method) => route(method, "/a/:x"));
  assert.deepEqual(codesOf([route("ANY", "/a/{y}"), ...own], 0), ["unreachable_route"]);
  assert.deepEqual(codesOf([route("ANY", "/a/{y}"), ...own.slice(1)], 0), []);
});

test("routes that cross are told apart by a path that both fit and who answers it", () => {
  const routes = [route("GET", "/v1/:kind/me"), route("ANY", "/v1/users/:id")];
  const [finding] = reachFindings(indexReach(routes), routes[0]?.id as string);
  assert.equal(finding?.code, "ambiguous_overlap");
  assert.match(finding?.message ?? "", /^GET \/v1\/users\/me fits .*; ANY \/v1\/users\/:id answers\.$/);
});

test("a specific route inside a wildcard is worth telling and no warning", () => {
  const routes = [route("GET", "/v1/*"), route("GET", "/v1/users")];
  const found = routes.flatMap(({ id }) => reachFindings(indexReach(routes), id));
  assert.deepEqual(
    found.map(({ code, severity }) => [code, severity]),
    [
      ["more_specific_routes", "info"],
      ["takes_from_wider_routes", "info"],
    ],
  );
});

test("a plain route among dated ones is told whom it answers", () => {
  const routes = [route("GET", "/v"), route("GET", "/v", { apiVersion: "2024-12-01" })];
  assert.deepEqual(codesOf(routes, 0), ["versions_mixed"]);
  assert.deepEqual(codesOf(routes, 1), []);
});
