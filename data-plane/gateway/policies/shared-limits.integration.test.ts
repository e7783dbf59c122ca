import assert from "node:assert/strict";
import test, { after, before, describe } from "node:test";
import { createClient } from "@redis/client";
import { eventually } from "#tests/harness/eventually.ts";
import { type GatewayFixture, gatewayFixture, type TestTenant, testRoute } from "#tests/harness/gateway.ts";
import { NO_REDIS, stallableProxy, startRedis } from "#tests/harness/redis.ts";

const LIMIT = 40;
/** Longer than by default: here a busy machine must not be taken for a slow Redis. */
const TIMEOUT_MS = 1_000;
const target = { type: "function", function: "echo" } as const;

describe("rate limits over Redis", { skip: NO_REDIS }, () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let proxy: Awaited<ReturnType<typeof stallableProxy>>;
  let fixture: GatewayFixture;
  let acme: TestTenant;
  let urls: string[];
  let used = 0;

  before(async () => {
    redis = await startRedis({ password: "not-for-logs" });
    proxy = await stallableProxy(redis.url);
    fixture = await gatewayFixture({
      functions: { "echo.mjs": "export const handler = () => ({ ok: true });" },
      trustedProxies: 1,
      redisUrl: proxy.url,
      redisTimeoutMs: TIMEOUT_MS,
    });
    urls = [fixture.url, (await fixture.start()).address];
    acme = await fixture.tenant("acme");
    const limited = { path: "/limited", rateLimit: { requestsPerMinute: LIMIT, per: "ip" as const }, target };
    const keyed = { ...limited, path: "/keyed", auth: { mode: "api-key" as const } };
    await fixture.served(acme, await fixture.publish(acme, [testRoute(limited), testRoute(keyed)]));
  });
  after(async () => {
    await fixture?.close();
    await proxy?.close();
    await redis?.close();
  });

  const newAddress = () => `203.0.113.${++used}`;
  const call = (url: string, address: string, path = "/limited") =>
    fetch(`${url}/gw/acme${path}`, { headers: { "X-Forwarded-For": address } });
  const url = (index: number) => urls[index % urls.length] as string;
  const remaining = (response: Response) =>
    Number(/;r=(\d+);/.exec(response.headers.get("ratelimit") ?? "")?.[1]);
  const ready = async (index: number) => await (await fetch(`${url(index)}/readyz`)).text();
  const shares = () =>
    eventually(
      "both to share",
      async () => (await ready(0)) === "ok\n" && (await ready(1)) === "ok\n",
      8_000,
    );
  const logged = () => JSON.stringify(fixture.lines);

  test("two gateways let through exactly the limit together, however concurrent the requests are", async () => {
    await shares();
    const address = newAddress();
    const answers = await Promise.all(
      Array.from({ length: LIMIT * 3 }, (_, index) => call(url(index), address)),
    );
    const statuses = answers.map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 200).length, LIMIT);
    assert.equal(statuses.filter((status) => status === 429).length, LIMIT * 2);
    const left = answers.filter(({ status }) => status === 200).map(remaining);
    assert.deepEqual(
      left.sort((a, b) => a - b),
      Array.from({ length: LIMIT }, (_, index) => index),
      "every request that passed was told another number of those that are left",
    );
  });

  test("both tell the same, for answers that count and for those that are refused before", async () => {
    await shares();
    const address = newAddress();
    assert.equal(remaining(await call(url(0), address, "/keyed")), LIMIT, "refused, so not counted");
    assert.equal(remaining(await call(url(0), address)), LIMIT - 1);
    assert.equal(remaining(await call(url(1), address)), LIMIT - 2);
    assert.equal(remaining(await call(url(0), address)), LIMIT - 3);
  });

  test("the keys in Redis end by themselves and hold neither addresses nor route ids", async () => {
    await shares();
    await call(url(0), newAddress());
    const client = createClient({ url: redis.url });
    await client.connect();
    const names = (await client.keys("*")).filter((name) => !name.endsWith(":probe"));
    assert.ok(names.length > 0);
    for (const name of names) {
      assert.match(name, /^gatehouse:limit:[A-Za-z0-9_-]{32}$/);
      const left = await client.pTTL(name);
      assert.ok(left > 0 && left <= 60_000, String(left));
    }
    client.destroy();
  });

  test("each gateway reports that it shares, and that it does not", async () => {
    const reported = async (mode: string) => {
      const { rows } = await fixture.pool.query("SELECT DISTINCT limits FROM gateway_instances");
      return rows.length === 1 && rows[0].limits === mode;
    };
    await shares();
    await eventually("shared", () => reported("shared"), 4_000);
    await redis.kill();
    await eventually("fallback", () => reported("fallback"), 6_000);
    assert.match(await ready(0), /^ok, rate limits counted per process/);
    await redis.start();
    await shares();
  });

  test("a Redis that is killed under load costs no request, and each gateway limits by itself until it is back", async () => {
    await shares();
    const statuses: number[] = [];
    let going = true;
    const load = Array.from({ length: 8 }, async (_, index) => {
      const address = newAddress();
      for (let turn = index; going; turn++) statuses.push((await call(url(turn), address)).status);
    });
    await redis.kill();
    await eventually("word of it", async () => /counted per process/.test(await ready(0)));
    const address = newAddress();
    const alone = await Promise.all(Array.from({ length: LIMIT * 2 }, () => call(url(0), address)));
    assert.equal(alone.filter(({ status }) => status === 200).length, LIMIT, "by itself");
    await redis.start();
    await shares();
    going = false;
    await Promise.all(load);
    assert.ok(statuses.length > 0 && statuses.every((status) => status === 200 || status === 429));
    assert.ok(!logged().includes("not-for-logs"));
  });

  test("what was counted together goes on counting when Redis goes", async () => {
    await shares();
    const address = newAddress();
    for (let count = 0; count < LIMIT; count++) await call(url(0), address);
    await redis.kill();
    await eventually("word of it", async () => /counted per process/.test(await ready(0)));
    assert.equal((await call(url(0), address)).status, 429);
    await redis.start();
    await shares();
  });

  test("a Redis that stalls holds up the requests under way once, for a moment, and none after", async () => {
    await shares();
    proxy.stall();
    const began = performance.now();
    const first = await Promise.all(Array.from({ length: 20 }, () => call(url(0), newAddress())));
    const took = performance.now() - began;
    assert.ok(took < 3 * TIMEOUT_MS, String(took));
    const again = performance.now();
    assert.equal((await call(url(0), newAddress())).status, 200);
    assert.ok(performance.now() - again < TIMEOUT_MS / 2, "nobody waits once it is known");
    assert.deepEqual(new Set(first.map(({ status }) => status)), new Set([200]));
    assert.match(await ready(0), /counted per process/);
    const metrics = await (await fetch(`${fixture.gateway.metricsAddress}/metrics`)).text();
    assert.match(metrics, /^gatehouse_gateway_limits_shared 0$/m);
    assert.match(metrics, /^gatehouse_gateway_limits_fallback_total [1-9]/m);
    proxy.goOn();
    await shares();
  });
});
