import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Exchange } from "./exchange.ts";
import { createRequestLog } from "./request-log.ts";

function exchange(targetError: Exchange["targetError"]): Exchange {
  return {
    req: { method: "GET" },
    res: { writableFinished: true },
    requestId: "r-1",
    sourceIp: "::1",
    tenant: { slug: "acme", number: 7 },
    route: null,
    key: null,
    cache: null,
    code: null,
    targetError,
  } as unknown as Exchange;
}

test("a line says what it was given, whatever characters that has", () => {
  const text = fc.string({ unit: "binary", maxLength: 40 });
  fc.assert(
    fc.property(text, text, (path, message) => {
      const lines: string[] = [];
      const log = createRequestLog("gateway", (chunk) => lines.push(chunk.toString()));
      log.write(exchange({ name: "Error", message }), path, 502, 1.25);
      log.flush();
      assert.equal(lines.length, 1);
      assert.match(lines[0] as string, /^[ -~]+\n$/, "one line in ASCII");
      const line = JSON.parse(lines[0] as string);
      assert.equal(line.targetError.message, message);
      assert.equal(line.path, path);
      assert.equal(line.status, 502);
      assert.ok(Math.abs(Date.parse(line.time) - Date.now()) < 60_000);
    }),
  );
});

test("every line is handed on once and whole, however many there are and however long", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 70_000 }), { maxLength: 40 }), (lengths) => {
      let all = "";
      const log = createRequestLog("gateway", (chunk) => {
        const text = chunk.toString();
        assert.ok(text.endsWith("}\n"));
        all += text;
      });
      for (const length of lengths) log.write(exchange(null), "/".repeat(length), 200, 0);
      log.flush();
      const seen = all
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line).path.length);
      assert.deepEqual(seen, lengths);
    }),
    { numRuns: 30 },
  );
});
