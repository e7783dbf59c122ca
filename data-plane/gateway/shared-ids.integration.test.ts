import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { type GatewayFixture, gatewayFixture, testRoute } from "#tests/harness/gateway.ts";

let fixture: GatewayFixture;
before(async () => {
  fixture = await gatewayFixture({
    functions: { "hello.mjs": "export const handler = () => ({ ok: true });" },
  });
});
after(() => fixture.close());

test("a route that two tenants have under the same id has a limit in each of them", async () => {
  const route = testRoute({
    path: "/a",
    target: { type: "function", function: "hello" },
    rateLimit: { requestsPerMinute: 1, per: "ip" },
  });
  for (const slug of ["one", "two"]) {
    const tenant = await fixture.tenant(slug);
    await fixture.served(tenant, await fixture.publish(tenant, [route]));
  }
  const statuses: number[] = [];
  for (const slug of ["one", "one", "two", "two"]) {
    const response = await fetch(`${fixture.url}/gw/${slug}/a`);
    await response.arrayBuffer();
    statuses.push(response.status);
  }
  assert.deepEqual(statuses, [200, 429, 200, 429]);
});
