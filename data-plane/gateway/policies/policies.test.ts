import assert from "node:assert/strict";
import test from "node:test";
import { type Counted, createRateLimiter } from "./rate-limit.ts";
import { limitSubject, sourceIp } from "./source-ip.ts";

const counted = (subject: string, routeId = "r", tenantId = "t"): Counted => ({ tenantId, routeId, subject });

test("the source address is the Nth from the right, and never what an untrusted caller wrote", () => {
  assert.equal(sourceIp("10.0.0.1", "6.6.6.6", 0), "10.0.0.1");
  assert.equal(sourceIp("::ffff:10.0.0.1", undefined, 2), "10.0.0.1");
  assert.equal(sourceIp("10.0.0.1", "6.6.6.6, 203.0.113.9", 1), "203.0.113.9");
  assert.equal(sourceIp("10.0.0.1", "6.6.6.6, 203.0.113.9, 10.0.0.2", 2), "203.0.113.9");
  assert.equal(sourceIp("10.0.0.1", "203.0.113.9", 2), "203.0.113.9");
  assert.equal(sourceIp("10.0.0.1", "[2001:db8::1]:443", 1), "2001:db8::1");
  assert.equal(sourceIp("10.0.0.1", ", ,", 1), "10.0.0.1");
  assert.equal(sourceIp(undefined, undefined, 0), "0.0.0.0");
});

test("an IPv6 subscriber counts as one, however many addresses it has", () => {
  assert.equal(limitSubject("192.0.2.1"), "192.0.2.1");
  assert.equal(limitSubject("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  assert.equal(limitSubject("2001:DB8:1:2::9"), "2001:db8:1:2::/64");
  assert.equal(limitSubject("2001:db8::9"), "2001:db8:0:0::/64");
  assert.equal(limitSubject("::1"), "0:0:0:0::/64");
});

test("a minute after a subject's first request it may ask again, and others are not affected", () => {
  const limiter = createRateLimiter();
  const limit = { requestsPerMinute: 2, per: "ip" } as const;
  const take = (now: number, subject = "a", routeId = "r", tenantId = "t") =>
    limiter.take(counted(subject, routeId, tenantId), limit, now).limited;
  assert.deepEqual([take(0), take(1), take(2), take(59_999)], [false, false, true, true]);
  assert.equal(take(59_999, "b"), false);
  assert.equal(take(59_999, "a", "other"), false);
  assert.equal(take(59_999, "a", "r", "another tenant, which imported the route with its id"), false);
  assert.deepEqual([take(60_000), take(60_001), take(60_002)], [false, false, true]);
  assert.deepEqual(limiter.peek(counted("a"), limit, 90_000), {
    limited: true,
    remaining: 0,
    resetSeconds: 30,
  });
  assert.deepEqual(limiter.peek(counted("new"), limit, 0), {
    limited: false,
    remaining: 2,
    resetSeconds: 60,
  });
});

test("subjects that have gone quiet are forgotten", () => {
  const limiter = createRateLimiter();
  const limit = { requestsPerMinute: 2, per: "ip" } as const;
  for (let i = 0; i < 1_000; i++) limiter.take(counted(String(i), `r${i % 7}`), limit, 0);
  limiter.take(counted("now"), limit, 100_000);
  assert.equal(limiter.size(), 1);
});

test("when there are too many subjects, a flood pushes out its own and nobody else's", () => {
  const limiter = createRateLimiter(100);
  const limit = { requestsPerMinute: 1, per: "ip" } as const;
  const isLimited = (whom: Counted) => limiter.peek(whom, limit, 1).limited;
  const quiet = counted("quiet", "r", "other");
  for (let i = 0; i < 2; i++) limiter.take(quiet, limit, 0);
  for (let i = 0; i < 1_000; i++) limiter.take(counted(`${i}`), limit, 0);
  for (let i = 0; i < 2; i++) limiter.take(counted("last"), limit, 0);
  assert.deepEqual([limiter.size(), isLimited(quiet), isLimited(counted("last"))], [100, true, true]);
  const callers = ["x", "y", "z"].map((name) => counted(name, "r", "other"));
  for (let i = 0; i < 2; i++) for (const caller of callers) limiter.take(caller, limit, 0);
  assert.deepEqual([...callers, quiet].map(isLimited), [true, true, true, true], "who come after the flood");
  for (let i = 0; i < 1_000; i++) {
    limiter.take(counted("a", `route ${i}`), limit, 0);
    limiter.adopt(counted("b", `route ${i}`), limit, 0, { count: 1, endsAt: 10 });
  }
  assert.equal(limiter.size(), 100, "also when each has a route of its own");
  limiter.take(quiet, limit, 200_000);
  assert.equal(limiter.size(), 1);
});

test("a clock that is set back makes nobody wait longer than a minute, and one set forward lets nobody starve", () => {
  for (const step of [-3_600_000, -61_000, -1, 61_000, 3_600_000]) {
    const limiter = createRateLimiter();
    const limit = { requestsPerMinute: 1, per: "ip" } as const;
    const start = 10_000_000;
    limiter.take(counted("a"), limit, start);
    limiter.take(counted("a"), limit, start);
    assert.equal(limiter.take(counted("a"), limit, start + step + 60_001).limited, false, String(step));
    assert.ok(limiter.take(counted("a"), limit, start + step + 60_001).resetSeconds <= 60, String(step));
  }
});
