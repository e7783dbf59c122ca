import assert from "node:assert/strict";
import test from "node:test";
import { type RouteFieldsInput, routeFieldsSchema } from "#lib/contract/route.ts";
import { differences } from "./route-difference.ts";

const route = (change: Partial<RouteFieldsInput>) =>
  routeFieldsSchema.parse({
    method: "GET",
    path: "/a",
    target: { type: "lambda", functionName: "orders" },
    ...change,
  });

test("a difference is told as finely as it is, and nothing else with it", () => {
  const mine = route({ cors: { allowOrigins: ["https://a.example"] }, transform: {} });
  const theirs = route({
    cors: { allowOrigins: ["*"] },
    target: { type: "lambda", functionName: "orders", region: "eu-central-1" },
    transform: { response: { setHeaders: { "X-A": "1" } } },
  });
  assert.deepEqual(
    differences(mine, theirs).map(({ path, mine: a, theirs: b }) => [path, a, b]),
    [
      ["target.region", "none", "eu-central-1"],
      ["cors.allowOrigins", "https://a.example", "*"],
      ["transform.response.setHeaders", "none", '{\n  "X-A": "1"\n}'],
    ],
  );
  assert.deepEqual(differences(mine, mine), []);
});

test("another kind of target or of caller is told whole, keys by their names", () => {
  const id = "0190b6a0-0000-7000-8000-000000000001";
  const mine = route({ auth: { mode: "api-key", allowedApiKeyIds: [id] } });
  const [first] = differences(mine, route({ auth: { mode: "none" } }), { [id]: "Partner" });
  assert.equal(first?.mine, "only the keys Partner");
  assert.equal(first?.theirs, "public, no key needed");
});
