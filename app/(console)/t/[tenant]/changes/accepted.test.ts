import assert from "node:assert/strict";
import test from "node:test";
import { findingKey } from "#lib/contract/lint/finding.ts";
import type { FindingsSummary } from "#lib/publishing/schema.ts";
import { acceptedOf, asksByCode, toAccept, whyNotPublishable } from "./accepted.ts";

const warning = (routeId: string): FindingsSummary["data"][number] => ({
  code: "auth-weakened",
  severity: "warning",
  routeId,
  field: "auth",
  message: "",
  others: [],
  route: { method: "GET", path: "/a" },
});
const [A, B] = ["0199a000-0000-7000-8000-00000000000a", "0199a000-0000-7000-8000-00000000000b"];
const summary = (change: Partial<FindingsSummary> = {}): FindingsSummary => ({
  errors: 0,
  warnings: 2,
  asking: 2,
  byCode: [{ code: "auth-weakened", severity: "warning", count: 2 }],
  data: [warning(A), warning(B)],
  ...change,
});

test("publishing waits for errors to be mended and for every warning to be accepted", () => {
  const [a, b] = [findingKey(warning(A)), findingKey(warning(B))];
  assert.equal(whyNotPublishable(summary({ asking: 0, data: [], byCode: [] }), new Set()), null);
  assert.match(whyNotPublishable(summary({ errors: 1 }), new Set([a, b])) ?? "", /error above/);
  assert.match(whyNotPublishable(summary(), new Set([a])) ?? "", /warnings/);
  assert.equal(whyNotPublishable(summary(), new Set([a, b, "gone"])), null);
  assert.deepEqual(acceptedOf(summary(), new Set([a, b, "gone"])), [a, b]);
});

test("more warnings than can be listed are accepted by their kind", () => {
  const many = summary({ asking: 2_000 });
  assert.equal(asksByCode(many), true);
  assert.deepEqual(toAccept(many), ["auth-weakened"]);
  assert.equal(whyNotPublishable(many, new Set(["auth-weakened"])), null);
});
