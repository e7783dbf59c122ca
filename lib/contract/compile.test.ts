import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import test from "node:test";
import fc from "fast-check";
import { createRevisionCompiler } from "./compile.ts";
import { type RouteFieldsInput, routeSchema } from "./route.ts";

const whole = (fields: Partial<RouteFieldsInput> = {}): Record<string, unknown> =>
  JSON.parse(
    JSON.stringify(
      routeSchema.parse({
        id: randomUUID(),
        method: "GET",
        path: `/${randomUUID()}`,
        target: { type: "function", function: "users" },
        ...fields,
      }),
    ),
  );

/** What becomes of the last of some routes: how it is served, or why it is refused. */
function outcomeOfLast(routes: readonly unknown[]): unknown {
  const compiler = createRevisionCompiler();
  try {
    for (const route of routes) compiler.add(route);
    return compiler.finish().routes.at(-1)?.route;
  } catch (error) {
    return String(error);
  }
}

const ABSENT = Symbol("absent");
/** What a part of a route can be, and what it cannot. */
const PARTS: Record<string, [good: readonly unknown[], bad: readonly unknown[]]> = {
  tags: [
    [[], ["core"], ["core", "core"], ABSENT],
    [[""], "core"],
  ],
  target: [
    [
      { type: "function", function: "users", timeoutMs: 5_000, eventFormat: "simple" },
      { type: "function", function: "users" },
      { type: "http", url: "https://example.com/", timeoutMs: 1 },
    ],
    [
      { type: "function", function: "users", timeoutMs: 5_000, eventFormat: "simple", more: 1 },
      { type: "job-status" },
      null,
      ABSENT,
    ],
  ],
  auth: [
    [{ mode: "none" }, { mode: "api-key", allowedApiKeyIds: [] }, ABSENT],
    [{ mode: "bearer", requiredScopes: [], requiredClaims: JSON.parse('{"__proto__":"a"}') }, { mode: "no" }],
  ],
  cors: [
    [{}, { allowOrigins: ["https://a.example"], allowCredentials: true }, ABSENT],
    [{ allowMethods: ["TRACE"] }, { allowOrigins: ["*"], allowCredentials: true }, []],
  ],
  rateLimit: [
    [null, { requestsPerMinute: 5, per: "ip" }, ABSENT],
    [{ requestsPerMinute: 0, per: "ip" }, { per: "key" }],
  ],
  path: [
    ["/a", "/:id"],
    ["a", 1, ABSENT],
  ],
  unknown: [[ABSENT], [1]],
  enabled: [[true], [false]],
};
const written = fc
  .record(
    Object.fromEntries(
      Object.entries(PARTS).map(([name, [good, bad]]) => [
        name,
        fc.oneof(
          { weight: 8, arbitrary: fc.constantFrom(...good) },
          { weight: 1, arbitrary: fc.constantFrom(...bad) },
        ),
      ]),
    ),
  )
  .map((parts) => {
    const route: Record<string, unknown> = { ...whole(), ...parts };
    for (const name of Object.keys(route)) if (route[name] === ABSENT) delete route[name];
    return route;
  });

/** A route that can be served and has as many parts of `route` as that allows, but for `changed`. */
function neighbourOf(route: Record<string, unknown>, changed: string): Record<string, unknown> {
  let neighbour = whole();
  for (const name of ["tags", "target", "auth", "cors", "rateLimit"]) {
    const more = { ...neighbour, [name]: route[name] };
    if (name !== changed && typeof outcomeOfLast([more]) === "object") neighbour = more;
  }
  return neighbour;
}

test("a route means the same, and is refused in the same words, whichever routes it comes after", () => {
  let served = 0;
  fc.assert(
    fc.property(
      written,
      fc.constantFrom("", "tags", "target", "auth", "cors", "rateLimit"),
      (route, changed) => {
        const alone = outcomeOfLast([route]);
        if (alone === undefined) return; // it is off
        if (typeof alone === "object") served++;
        const neighbour = neighbourOf(route, changed);
        assert.deepEqual(outcomeOfLast([neighbour, route]), alone);
        assert.deepEqual(outcomeOfLast([whole(), neighbour, route]), alone);
      },
    ),
    { numRuns: 1_000 },
  );
  assert.ok(served > 100, `${served} could be served`);
});

test("a member called __proto__ is refused as every unknown member is, also beside a route that was read", () => {
  const hostile = JSON.parse(JSON.stringify(whole()).replace("{", '{"__proto__":{"enabled":true},'));
  assert.match(String(outcomeOfLast([hostile])), /cannot be read/);
  assert.equal(outcomeOfLast([whole(), hostile]), outcomeOfLast([hostile]));
});
