import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { deviceName } from "./device.ts";

test("a browser is called what people call it", () => {
  for (const [userAgent, name] of [
    [
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
      "Chrome on Linux",
    ],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
      "Safari on iOS",
    ],
    [
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
      "Firefox on Windows",
    ],
    ["curl/8.5.0", "curl"],
    ["", "Unknown program"],
    ["<script>alert(1)</script>", "Unknown program"],
  ] as const) {
    assert.equal(deviceName(userAgent), name);
  }
});

test("whatever is sent, the name is short, one line, and holds no markup", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 600 }), (userAgent) => {
      assert.match(deviceName(userAgent), /^[^\n\r<>]{1,90}$/);
    }),
  );
});
