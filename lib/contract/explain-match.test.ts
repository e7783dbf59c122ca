import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { compileRoutes } from "./compile.ts";
import { explainMatch } from "./explain-match.ts";
import { matchRoute } from "./matcher.ts";
import { METHODS } from "./methods.ts";
import { parseRequestPath } from "./path.ts";
import { type Route, type RouteFieldsInput, routeSchema } from "./route.ts";
import { uuidv7 } from "./uuid.ts";
import { chooseVersion } from "./version.ts";

const target = { type: "function", function: "f" } as const;
const route = (line: string, fields: Partial<RouteFieldsInput> = {}): Route => {
  const [method, path] = line.split(" ");
  return routeSchema.parse({ id: uuidv7(), method, path, target, ...fields });
};

function explain(routes: Route[], line: string, apiVersion?: string) {
  const [method = "", path = ""] = line.split(" ");
  const parsed = parseRequestPath(path);
  assert.ok(parsed.ok);
  const compiled = compileRoutes(routes);
  const match = matchRoute(compiled.tree, method, parsed.segments);
  const choice = match.kind === "match" ? chooseVersion(match.group, apiVersion) : null;
  const winner = choice?.kind === "chosen" ? choice.route : null;
  return {
    winner,
    ...explainMatch(routes, compiled, { method, segments: parsed.segments, apiVersion }, winner),
  };
}

const told = (routes: Route[], line: string, apiVersion?: string) =>
  explain(routes, line, apiVersion).candidates.map(
    ({ result, method, path, why }) => `${result}: ${method} ${path} ${why}`,
  );

test("the winner is named, and each loser with the segment at which it lost", () => {
  assert.deepEqual(
    told(
      ["ANY /**", "GET /v1/:what/me", "GET /v1/users/:id", "GET /v1/users/me"].map((line) => route(line)),
      "GET /v1/users/me",
    ),
    [
      "won: GET /v1/users/me the most specific of 4 routes for this method and path",
      "lost: GET /v1/users/:id literal 'me' beats :id at segment 3",
      "lost: GET /v1/:what/me literal 'users' beats :what at segment 2",
      "lost: ANY /** literal 'v1' beats a wildcard at segment 1",
    ],
  );
});

test("method, version, disabled and duplicate say so", () => {
  const same = [
    route("GET /a"),
    route("GET /a"),
    route("ANY /a"),
    route("POST /a"),
    route("GET /a", { enabled: false }),
  ];
  assert.deepEqual(told(same, "GET /a"), [
    "won: GET /a the most specific of 3 routes for this method and path",
    "lost: GET /a matches exactly the same requests; the first one is taken here, and publishing asks for one to go",
    "lost: ANY /a GET beats ANY",
    "lost: POST /a answers POST, not GET",
    "lost: GET /a is disabled; enabled, it would come into question",
  ]);
  const dated = [
    route("GET /a", { apiVersion: "2024-01-01" }),
    route("GET /a", { apiVersion: "2025-01-01" }),
  ];
  assert.deepEqual(told(dated, "GET /a", "2024-01-01"), [
    "won: GET /a the most specific of 2 routes for this method and path",
    "lost: GET /a answers X-Api-Version 2025-01-01, and another was sent",
  ]);
  assert.deepEqual(told(dated, "GET /a"), [
    "lost: GET /a answers X-Api-Version 2025-01-01, and none was sent",
    "lost: GET /a answers X-Api-Version 2024-01-01, and none was sent",
  ]);
  assert.deepEqual(told([route("GET /a"), route("HEAD /a")], "HEAD /a"), [
    "won: HEAD /a the most specific of 2 routes for this method and path",
    "lost: GET /a HEAD has a route of its own, so GET does not answer it",
  ]);
});

test("what nearly matches is named with what keeps it from matching", () => {
  const routes = ["GET /v1/users/:id", "GET /v1/orders", "POST /v1/users", "GET /health"].map((line) =>
    route(line),
  );
  const near = (line: string) => told(routes, line).join();
  assert.equal(near("GET /v1/orders/"), "near: GET /v1/orders matches without the slash at the end");
  assert.equal(near("GET /v1//orders"), "near: GET /v1/orders matches without the doubled slash");
  assert.equal(
    near("GET /v1/Orders"),
    "near: GET /v1/orders upper and lower case differ at segment 2: 'orders'",
  );
  assert.equal(near("GET /v1/user/7"), "near: GET /v1/users/:id has 'users' at segment 2");
  assert.equal(near("GET /V1/oders"), "near: GET /v1/orders has 'orders' at segment 2");
  assert.equal(near("GET /v2/nothing/of/this"), "");
});

test("the answer is bounded however many routes match", () => {
  const routes = Array.from({ length: 60 }, () => route("GET /a"));
  const { candidates, more } = explain(routes, "GET /a");
  assert.equal(candidates.length, 20);
  assert.equal(more, 40);
});

test("whatever the routes, the first candidate is what the matcher chose, and no loser would have beaten it", () => {
  const segment = fc.constantFrom("a", "b", ":x", ":y");
  const path = fc
    .tuple(fc.array(segment, { maxLength: 3 }), fc.constantFrom("", "*", "+", "z*"))
    .map(
      ([parts, last]) =>
        `/${[...parts.map((part, n) => (part.startsWith(":") ? `:p${n}` : part)), last].filter(Boolean).join("/")}`,
    );
  const routeArb = fc.tuple(
    fc.constantFrom(...METHODS),
    path,
    fc.constantFrom(null, "2024-01-01", "2025-01-01"),
  );
  const request = fc.tuple(
    fc.constantFrom(...METHODS, "PURGE"),
    fc.array(fc.constantFrom("a", "b", "z", "q", ""), { maxLength: 4 }).map((parts) => `/${parts.join("/")}`),
    fc.constantFrom(undefined, "2024-01-01", "1999-01-01"),
  );
  fc.assert(
    fc.property(fc.array(routeArb, { maxLength: 12 }), request, (lines, [method, at, apiVersion]) => {
      const routes = lines.map(([m, p, version]) => route(`${m} ${p}`, { apiVersion: version }));
      const { winner, candidates } = explain(routes, `${method} ${at}`, apiVersion);
      const won = candidates.filter(({ result }) => result === "won");
      assert.deepEqual(
        won.map(({ routeId }) => routeId),
        winner ? [winner.id] : [],
      );
      for (const { result, why } of candidates)
        assert.ok(why !== "" && ["won", "lost", "near"].includes(result));
    }),
    { numRuns: 500 },
  );
});
