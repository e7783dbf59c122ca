import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { HeaderLines } from "./header-lines.ts";
import { rateLimitHeaders } from "./policies/rate-limit.ts";

const odd = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .tuple(fc.string(), fc.constantFrom("\r\n", "\n", "\r", "\0", "\x7f", "\u010a", "\u{1f600}"), fc.string())
    .map((parts) => parts.join("")),
);

test("no name and no value of a header can end its line or be taken for another header", () => {
  fc.assert(
    fc.property(fc.boolean(), odd, (isName, sent) => {
      const pair: [string, string] = isName ? [sent, "value"] : ["X-Name", sent];
      const harmless = isName
        ? /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(sent)
        : /^[\t\x20-\x7e\x80-\xff]*$/.test(sent);
      if (harmless) assert.equal(HeaderLines.of([pair]).text, `${pair[0]}: ${pair[1]}\r\n`);
      else assert.throws(() => HeaderLines.of([["X-Before", "1"], pair]), TypeError);
    }),
  );
});

test("a Date is noticed in any case, and in lines that are put together", () => {
  const lines = HeaderLines.of([["X-A", "1"]]);
  const date = HeaderLines.of([["dATE", "Sat, 21 Nov 2026 10:00:00 GMT"]]);
  assert.deepEqual([lines.dated, date.dated], [false, true]);
  assert.deepEqual(
    [lines.and(date).dated, date.and(lines).dated, lines.and(lines).dated],
    [true, true, false],
  );
  assert.equal(lines.and(date).text, lines.text + date.text);
});

test("what a limit says of itself is two lines, whatever its numbers are", () => {
  const number = fc.nat();
  fc.assert(
    fc.property(
      fc.constantFrom("ip", "key"),
      number,
      number,
      number,
      (per, requestsPerMinute, remaining, t) => {
        const limit = { per: per as "ip" | "key", requestsPerMinute };
        const { text } = rateLimitHeaders(limit, { limited: false, remaining, resetSeconds: t });
        const checked = HeaderLines.of([
          ["RateLimit-Policy", `"${per}";q=${requestsPerMinute};w=60`],
          ["RateLimit", `"${per}";r=${remaining};t=${t}`],
        ]);
        assert.equal(text, checked.text);
      },
    ),
  );
});
