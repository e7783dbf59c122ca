import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseRequestPath } from "./path.ts";

const segment = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9._~-]{0,6}$/),
  fc.constantFrom(".", "..", ".a", "%2F", "%2e", "%C3%A9", "%", "%zz", "a%00b", "a\\b", "é", "a b", ";", ""),
);

test("a request's segments are the parts of its path, decoded, and what is odd is refused wherever it stands", () => {
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 6 }), (parts) => {
      const parsed = parseRequestPath(`/${parts.join("/")}`);
      const decoded = parts.map((part) => {
        try {
          return decodeURIComponent(part);
        } catch {
          return null;
        }
      });
      const odd = decoded.some(
        (value) => value === null || value === "." || value === ".." || /[\0\\]/.test(value),
      );
      assert.equal(parsed.ok, !odd, parts.join("/"));
      if (parsed.ok)
        assert.deepEqual(parsed.segments, parts.join("") === "" && parts.length === 1 ? [] : decoded);
    }),
  );
});
