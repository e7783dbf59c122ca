import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import {
  chatText,
  jobEventBody,
  jobEventId,
  MAX_ALERT_ATTEMPTS,
  MAX_DELIVERY_ATTEMPTS,
  retryAfterSeconds,
  retryDelay,
} from "./webhooks.ts";

test("a delivery is tried ten times within three days and a half, and an alert's five times within three hours", () => {
  for (const [max, longestHours] of [
    [MAX_DELIVERY_ATTEMPTS, 84],
    [MAX_ALERT_ATTEMPTS, 3],
  ] as const) {
    for (const random of [0, 0.999]) {
      const delays = Array.from({ length: max - 1 }, (_, index) => retryDelay(index + 1, max, random, null));
      assert.ok(delays.every((delay) => delay !== null));
      assert.ok(delays.reduce((sum: number, delay) => sum + (delay ?? 0), 0) < longestHours * 3_600);
      assert.equal(retryDelay(max, max, random, null), null);
    }
  }
  assert.equal(retryDelay(1, MAX_DELIVERY_ATTEMPTS, 0, null), 5);
});

test("Retry-After lengthens a wait, never shortens it, and for a day at most", () => {
  assert.equal(retryDelay(1, 10, 0, 60), 60);
  assert.equal(retryDelay(2, 10, 0, 1), 300);
  assert.equal(retryDelay(1, 10, 0, 10 ** 9), 86_400);
  const now = Date.parse("2026-11-21T10:00:00Z");
  assert.equal(retryAfterSeconds("120", now), 120);
  assert.equal(retryAfterSeconds("Sat, 21 Nov 2026 10:01:00 GMT", now), 60);
  assert.equal(retryAfterSeconds("Sat, 21 Nov 2026 09:00:00 GMT", now), 0);
  for (const odd of [undefined, "", "soon", "-5", "1e9", "99999999999"]) {
    assert.equal(retryAfterSeconds(odd, now), null);
  }
});

test("a job's event is small and readable whatever its error says, and holds no dot in its id", () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 6_000, unit: "binary" }),
      fc.string({ maxLength: 400 }),
      (message, name) => {
        const body = jobEventBody(
          {
            id: "018f0000-0000-7000-8000-000000000000",
            function: "sync",
            state: "dead",
            attempts: 3,
            requestId: null,
            routeId: null,
            revision: 4,
            error: { name, message },
          },
          "2026-11-21T10:00:00.000Z",
        );
        assert.ok(Buffer.byteLength(body) < 20_480);
        const read = JSON.parse(body);
        assert.equal(read.type, "job.dead");
        assert.ok(read.data.error.message.length <= 1_000);
      },
    ),
  );
  assert.match(jobEventId("018f0000-0000-7000-8000-000000000000", 3), /^evt_[0-9a-f]{32}_3$/);
});

test("text in a chat mentions nobody and links nowhere", () => {
  assert.equal(
    chatText("<!channel> <https://evil.example|here> &"),
    "&lt;!channel&gt; &lt;https://evil.example|here&gt; &amp;",
  );
});
