import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { compileAuthorizedRequests, isAuthorizedRequest } from "#lib/contract/authorized-requests.ts";
import { compileRoutes } from "#lib/contract/compile.ts";
import { matchRoute } from "#lib/contract/matcher.ts";
import { parseRequestPath } from "#lib/contract/path.ts";
import { routeSchema } from "#lib/contract/route.ts";
import { sampleRequest } from "./sample.ts";

const CONSOLE = "https://console.example";
const target = { type: "function", function: "hello" };
let made = 0;
const compiled = (...documents: object[]) =>
  compileRoutes(
    documents.map((one) =>
      routeSchema.parse({
        id: `0199c0de-0000-7000-8000-${String(made++).padStart(12, "0")}`,
        target,
        ...one,
      }),
    ),
  );
const sampleOf = (documents: object[], rights: object[] | null = null) =>
  sampleRequest(compiled(...documents).routes, compileAuthorizedRequests(rights), CONSOLE);

test("the example is a GET with nothing made up when there is one, and one that this page may call", () => {
  const sample = sampleOf([
    { method: "POST", path: "/users" },
    { method: "GET", path: "/users/:id" },
    { method: "GET", path: "/closed", corsEnabled: false },
    { method: "GET", path: "/a/long/way/down" },
  ]);
  assert.deepEqual(sample, {
    method: "GET",
    path: "/a/long/way/down",
    apiVersion: null,
    madeUp: false,
    fromBrowser: true,
  });
});

test("rights that are narrower than the route are what the example is made from", () => {
  const routes = [{ method: "ANY", path: "/users/{proxy+}" }];
  assert.equal(sampleOf(routes, [{ method: "GET", path: "/users/7/*" }])?.path, "/users/7");
  const rows = [{ path: "/users/7", queryParameters: { of: "a b&c'" } }];
  assert.equal(sampleOf(routes, rows)?.path, "/users/7?of=a+b%26c%27");
});

test("what opens nothing has no example, and what opens no GET has one with its own method", () => {
  assert.equal(sampleOf([]), null);
  assert.equal(sampleOf([{ method: "POST", path: "/orders" }])?.method, "POST");
  assert.equal(sampleOf([{ method: "HEAD", path: "/a" }], [{ method: "GET", path: "/a" }])?.method, "HEAD");
});

test("nothing in a path can end the quotes that an example puts it into", () => {
  const path = sampleOf([{ method: "GET", path: `/it's"$(id)\`/&;` }])?.path ?? "";
  assert.match(path, /^[A-Za-z0-9/%._~-]+$/);
});

test("whatever the rights and the routes, the example is a request that both allow", () => {
  const segment = fc.constantFrom("a", "b", "c'", ":x", "{y}");
  const path = fc
    .tuple(fc.uniqueArray(segment, { minLength: 1, maxLength: 3 }), fc.constantFrom("", "/*", "/+"))
    .map(([segments, rest]) => `/${segments.join("/")}${rest}`);
  const method = fc.constantFrom("GET", "HEAD", "POST", "ANY");
  const document = fc.record({ method, path });
  fc.assert(
    fc.property(document, document, (route, row) => {
      const { tree, routes } = compiled(route);
      const rights = compileAuthorizedRequests([row]) ?? [];
      const sample = sampleRequest(routes, rights, CONSOLE);
      if (!sample) return;
      const parsed = parseRequestPath(sample.path);
      assert.ok(parsed.ok);
      assert.equal(matchRoute(tree, sample.method, parsed.segments).kind, "match");
      assert.ok(isAuthorizedRequest(rights, sample.method, parsed.segments, ""));
    }),
  );
});
