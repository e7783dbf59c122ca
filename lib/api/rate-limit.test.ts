import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { createRateLimit, rateLimitHeaders } from "./rate-limit.ts";

test("a bucket lets a minute's worth through at once, then as much as it refills", () => {
  const limit = createRateLimit(60);
  for (let i = 0; i < 60; i++) assert.equal(limit.take("a", 1, 0).allowed, true);
  const refused = limit.take("a", 1, 0);
  assert.deepEqual(refused, { allowed: false, remaining: 0, waitSeconds: 1 });
  assert.equal(limit.take("b", 1, 0).allowed, true, "somebody else has a bucket of their own");
  assert.equal(limit.take("a", 1, 1_000).allowed, true);
  assert.equal(limit.take("a", 1, 1_000).allowed, false);
});

test("what is dear is paid for, refused whole when it cannot be, and never refused for ever", () => {
  const limit = createRateLimit(10);
  assert.equal(limit.take("a", 7, 0).remaining, 3);
  assert.deepEqual(limit.take("a", 5, 0), { allowed: false, remaining: 3, waitSeconds: 12 });
  assert.equal(limit.take("a", 3, 0).allowed, true, "a refusal costs nothing");
  assert.equal(limit.take("b", 1_000, 0).allowed, true);
});

test("whatever is asked, nobody gets more than a minute's worth and the refill; who waits as told gets through", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.array(
        fc.record({ after: fc.integer({ min: 0, max: 5_000 }), cost: fc.integer({ min: 1, max: 30 }) }),
      ),
      (perMinute, asked) => {
        const limit = createRateLimit(perMinute);
        let now = 0;
        let paid = 0;
        for (const { after, cost } of asked) {
          now += after;
          const price = Math.min(cost, perMinute);
          const taken = limit.take("a", cost, now);
          if (taken.allowed) paid += price;
          else {
            now += taken.waitSeconds * 1_000;
            assert.equal(limit.take("a", cost, now).allowed, true);
            paid += price;
          }
          assert.ok(paid <= perMinute + (now / 60_000) * perMinute + 1e-6);
        }
      },
    ),
  );
});

test("those who come and go do not fill the memory; those who ask all the time are remembered", () => {
  const limit = createRateLimit(5, 100);
  for (let i = 0; i < 5; i++) limit.take("steady", 1, 0);
  for (let i = 0; i < 10_000; i++) {
    limit.take(`passing ${i}`, 1, 0);
    if (i % 50 === 0) assert.equal(limit.take("steady", 1, 0).allowed, false);
  }
  assert.equal(limit.size(), 100);
});

test("the headers have the gateway's form", () => {
  assert.deepEqual(rateLimitHeaders("reads", 1_200, { allowed: true, remaining: 7, waitSeconds: 3 }), {
    "ratelimit-policy": '"reads";q=1200;w=60',
    ratelimit: '"reads";r=7;t=3',
  });
});
