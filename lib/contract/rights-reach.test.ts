import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { compileAuthorizedRequests } from "./authorized-requests.ts";
import { compileRoutes } from "./compile.ts";
import { reachOfKey } from "./key-reach.ts";
import { surveyRights } from "./rights-reach.ts";
import { routeSchema } from "./route.ts";

const target = { type: "function", function: "hello" };
let made = 0;
const route = (method: string, path: string, auth: object = { mode: "api-key" }) =>
  routeSchema.parse({
    id: `0199c0de-0000-7000-8000-${String(made++).padStart(12, "0")}`,
    method,
    path,
    auth,
    target,
  });
const rightsOf = (rows: object[] | null) => ({
  id: "new",
  succeeds: [],
  authorizedRequests: compileAuthorizedRequests(rows),
});

test("a row that opens nothing says whether no route is like it, none asks for a key, or others are named", () => {
  const { routes } = compileRoutes([
    route("GET", "/users/:id"),
    route("GET", "/public", { mode: "none" }),
    route("GET", "/named", { mode: "api-key", allowedApiKeyIds: ["0199c0de-0000-7000-8000-ffffffffffff"] }),
  ]);
  const survey = surveyRights(
    rightsOf([
      { method: "GET", path: "/users/7" },
      { method: "POST", path: "/users/7" },
      { path: "/public" },
      { path: "/named" },
      { path: "/nowhere/*" },
      { path: "/:any" },
    ]),
  );
  assert.deepEqual(Object.fromEntries(routes.map((one) => [one.route.path, survey.look(one)])), {
    "/users/:id": "part",
    "/public": "none",
    "/named": "none",
  });
  assert.deepEqual(survey.idle(), [
    { row: 1, why: "no_route" },
    { row: 2, why: "no_key_asked" },
    { row: 3, why: "other_keys" },
    { row: 4, why: "no_route" },
    { row: 5, why: "other_keys" },
  ]);
});

test("looking at rows by their first segment finds exactly what comparing every row with every route finds", () => {
  const segment = fc.constantFrom("a", "b", ":x", "{y}");
  const path = fc
    .tuple(fc.uniqueArray(segment, { maxLength: 3 }), fc.constantFrom("", "/*", "/+"))
    .map(([segments, rest]) => `/${segments.join("/")}`.replace(/^\/$/, rest ? "" : "/") + rest);
  const method = fc.constantFrom("GET", "HEAD", "POST", "ANY");
  fc.assert(
    fc.property(
      fc.array(fc.record({ method, path }), { maxLength: 6 }),
      fc.array(fc.record({ method, path }), { maxLength: 6 }),
      (rows, documents) => {
        const { routes } = compileRoutes(documents.map((one) => route(one.method, one.path)));
        const rights = rightsOf(rows);
        const survey = surveyRights(rights);
        for (const one of routes) assert.equal(survey.look(one), reachOfKey(one, rights));
        const idle = survey.idle().map(({ row }) => row);
        const alone = rows.flatMap((row, place) =>
          routes.some((one) => reachOfKey(one, rightsOf([row])) !== "none") ? [] : [place],
        );
        assert.deepEqual(idle, alone);
      },
    ),
  );
});
