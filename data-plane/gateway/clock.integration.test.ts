import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { eventually } from "#tests/harness/eventually.ts";
import {
  type GatewayFixture,
  gatewayFixture,
  type TestKey,
  type TestTenant,
  testRoute,
} from "#tests/harness/gateway.ts";

const HOUR = 3_600_000;
const RealDate = Date;
let offset = 0;
/** The machine's clock as somebody has set it, for everything in this process. */
class SetDate extends RealDate {
  constructor(...args: [] | ConstructorParameters<typeof Date>) {
    if (args.length === 0) super(RealDate.now() + offset);
    else super(...args);
  }
  static override now(): number {
    return RealDate.now() + offset;
  }
}

let fixture: GatewayFixture;
let acme: TestTenant;
let key: TestKey;
const target = { type: "function", function: "count" } as const;
before(async () => {
  globalThis.Date = SetDate as DateConstructor;
  fixture = await gatewayFixture({
    functions: {
      "count.mjs": `let calls = 0;
        export const handler = (event, context) => ({ calls: ++calls, left: context.getRemainingTimeInMillis() });`,
    },
  });
  acme = await fixture.tenant("acme");
  key = await fixture.mint(acme);
  await fixture.served(
    acme,
    await fixture.publish(acme, [
      testRoute({ path: "/keyed", auth: { mode: "api-key" }, target }),
      testRoute({ path: "/limited", target, rateLimit: { requestsPerMinute: 2, per: "ip" } }),
      testRoute({ path: "/cached", target, cache: { ttlSeconds: 300 } }),
    ]),
  );
});
after(async () => {
  await fixture?.close();
  globalThis.Date = RealDate;
});

const call = async (path: string, apiKey?: string) => {
  const response = await fetch(`${fixture.url}/gw/acme${path}`, {
    headers: apiKey === undefined ? {} : { "X-Api-Key": apiKey },
  });
  const body = (await response.json()) as { calls: number; left: number; error?: { code: string } };
  return { status: response.status, headers: response.headers, ...body };
};
const metric = async (name: string) => {
  const text = await (await fetch(`${fixture.gateway.metricsAddress}/metrics`)).text();
  return Number(new RegExp(`^${name} (.+)$`, "m").exec(text)?.[1]);
};

for (const [what, step] of [
  ["forward", HOUR],
  ["back", -HOUR],
  ["back by a day", -24 * HOUR],
] as const) {
  test(`a clock that is set ${what}: keys, limits, caches, timeouts and refusals go on as before`, async () => {
    offset = 0;
    while ((await call("/limited")).status !== 429);
    const cached = await call("/cached");
    assert.equal((await call("/keyed", key.key)).status, 200);
    offset = step;

    const answer = await call("/keyed", key.key);
    assert.equal(answer.status, 200);
    assert.ok(
      answer.left > 4_000 && answer.left <= 5_000,
      "time that is left is measured, not read off a clock",
    );
    assert.equal((await call("/cached")).calls, cached.calls, "a cached answer keeps its age");
    const limited = await call("/limited");
    assert.ok(limited.status === 200 || Number(limited.headers.get("retry-after")) <= 60);

    const unknown = await fixture.mint(acme, { quietly: true });
    assert.equal((await call("/keyed", unknown.key)).status, 200);
    await fixture.revoke(unknown);
    await eventually("a revocation", async () => (await call("/keyed", unknown.key)).status === 401);

    const dropped = await metric("gatehouse_gateway_refusals_dropped_total");
    const { headers } = await call("/keyed");
    await eventually("the refusal to be found", async () => {
      const { rows } = await fixture.pool.query("SELECT 1 FROM refusals WHERE request_id = $1", [
        headers.get("x-request-id"),
      ]);
      return rows.length === 1;
    });
    assert.equal(await metric("gatehouse_gateway_refusals_dropped_total"), dropped);
    assert.ok((await metric("gatehouse_gateway_snapshot_age_seconds")) < 60);
  });
}

test("a refusal budget that was used up before the clock was set back is not used up for an hour", async () => {
  const refuse = (count: number) => Promise.all(Array.from({ length: count }, () => call("/keyed")));
  const dropped = () => metric("gatehouse_gateway_refusals_dropped_total");
  offset = 0;
  await refuse(120); // 100 a minute from one address
  const before = await dropped();
  assert.ok(before > 0);
  offset = -HOUR;
  await refuse(20);
  assert.equal(await dropped(), before);
});

test("a key expires by the clock, whichever way it is set", async () => {
  offset = 0;
  const soon = await fixture.mint(acme, { expiresAt: new RealDate(RealDate.now() + HOUR / 2) });
  assert.equal((await call("/keyed", soon.key)).status, 200);
  offset = HOUR;
  assert.equal((await call("/keyed", soon.key)).error?.code, "expired_api_key");
  offset = 0;
  assert.equal((await call("/keyed", soon.key)).status, 200);
});
