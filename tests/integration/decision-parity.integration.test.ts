import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import test, { after, before } from "node:test";
import fc from "fast-check";
import { METHODS } from "#lib/contract/methods.ts";
import { findProblems } from "#lib/contract/publish-checks.ts";
import { type Route, routeSchema } from "#lib/contract/route.ts";
import { CASES, type DecisionCase } from "../cases/decisions.ts";
import { type DecisionParity, decisionParity } from "../harness/decision-parity.ts";

let parity: DecisionParity;

before(async () => {
  parity = await decisionParity();
  await parity.serve([...parity.routes.values()]);
});
after(() => parity.close());

test("there are at least 150 cases, and every route of theirs is reached by one", () => {
  assert.ok(CASES.length >= 150, `${CASES.length} cases`);
  const reached = new Set(CASES.flatMap(({ expect }) => ("runs" in expect ? [expect.runs] : [])));
  const unreached = [...parity.routes].filter(([name, route]) => route.enabled && !reached.has(name));
  assert.deepEqual(
    unreached.map(([name]) => name),
    ["cors-any", "cors-dated-a", "cors-dated-b"],
    "those are asked for by preflights",
  );
});

for (const [index, one] of CASES.entries()) {
  const { line, key, token, headers, expect } = one;
  const title = `${line.slice(0, 60)}${key ? `, key ${key}` : ""}${token ? `, token ${token}` : ""}${headers ? `, ${JSON.stringify(headers)}` : ""}`;
  test(`case ${index}: ${title}`, async () => {
    const gateway = await parity.askGateway(one);
    assert.deepEqual(await parity.askExplain(one), gateway);
    if ("runs" in expect) {
      assert.equal(gateway.routeId, parity.routes.get(expect.runs)?.id);
      assert.equal(gateway.status, 200);
    } else if ("preflight" in expect) {
      assert.equal(gateway.status, 204);
      assert.equal(gateway.headers["access-control-allow-origin"] ?? null, expect.preflight);
    } else {
      const code = line.startsWith("HEAD ") ? expect.code : gateway.code;
      assert.deepEqual({ status: gateway.status, code }, expect);
    }
  });
}

test("whatever the routes and requests, gateway and Explain give the same answer", async () => {
  const word = fc.constantFrom("a", "b", "é", "a.b");
  const part = fc.oneof(
    word.map((text) => encodeURIComponent(text)),
    fc.constant(":"),
  );
  const path = fc
    .tuple(fc.array(part, { maxLength: 3 }), fc.constantFrom("", "", "*", "+", "z*"))
    .map(
      ([parts, last]) =>
        `/${[...parts.map((text, n) => (text === ":" ? `:p${n}` : text)), last].filter(Boolean).join("/")}`,
    );
  const routeArb = fc
    .record({
      method: fc.constantFrom(...METHODS),
      path,
      enabled: fc.constantFrom(true, true, true, false),
      apiVersion: fc.constantFrom(null, null, "2024-01-01", "2025-01-01"),
      auth: fc.constantFrom({ mode: "none" }, { mode: "api-key" }, { mode: "api-key", allowedApiKeyIds: [] }),
      corsEnabled: fc.boolean(),
      maxBodyBytes: fc.constantFrom(0, 5, 1_000),
      rateLimit: fc.constantFrom(null, { requestsPerMinute: 1_000_000 }),
    })
    .map((fields) =>
      routeSchema.parse({ id: randomUUID(), target: { type: "function", function: "echo" }, ...fields }),
    );
  const request: fc.Arbitrary<DecisionCase> = fc.record({
    line: fc
      .tuple(
        fc.constantFrom(...METHODS.filter((method) => method !== "ANY"), "PURGE"),
        fc.array(fc.constantFrom("a", "b", "%C3%A9", "a.b", "a%2Eb", "", "z", "..", "%zz", "A"), {
          maxLength: 4,
        }),
        fc.constantFrom("", "?", "?x=1"),
      )
      .map(([method, parts, query]) => `${method} /${parts.join("/")}${query}`),
    key: fc.constantFrom("none", "good", "some", "revoked", "unknown", "elsewhere"),
    headers: fc.constantFrom<Record<string, string>>(
      {},
      { "X-Api-Version": "2024-01-01" },
      { "X-Api-Version": "1999-01-01" },
      { Origin: "https://a.example" },
      { Origin: "https://a.example", "Access-Control-Request-Method": "GET" },
    ),
    body: fc.constantFrom("", "123456"),
    expect: fc.constant({ runs: "" }),
  });
  /** Publishable: of routes that match exactly the same requests the first is kept. */
  const publishable = (routes: Route[]) => {
    const kept: Route[] = [];
    for (const route of routes) if (findProblems([...kept, route]).length === 0) kept.push(route);
    return kept;
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(routeArb, { minLength: 1, maxLength: 12 }),
      fc.array(request, { minLength: 20, maxLength: 20 }),
      async (routes, requests) => {
        await parity.serve(publishable(routes));
        for (const one of requests)
          assert.deepEqual(await parity.askExplain(one), await parity.askGateway(one));
      },
    ),
    { numRuns: 20 },
  );
});
