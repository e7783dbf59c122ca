import assert from "node:assert/strict";
import test from "node:test";
import { limitsNote } from "./rules.ts";

const gateway = (limits: "own" | "shared" | "fallback", status: "up" | "silent" | "stopped" = "up") => ({
  kind: "gateway" as const,
  status,
  limits,
});

test("what the page says of limits is what the running gateways do", () => {
  const says = (...all: Parameters<typeof limitsNote>[0][number][]) => limitsNote(all).text;
  assert.match(says(), /No gateway is running/);
  assert.match(says(gateway("own")), /^Each gateway counts rate limits on its own\.$/);
  assert.match(says(gateway("own"), gateway("own")), /up to 2 times/);
  assert.match(says(gateway("shared"), gateway("shared")), /together by all gateways/);
  assert.match(says(gateway("shared"), gateway("fallback")), /does not answer 1 of 2/);
  assert.match(says(gateway("shared"), gateway("own")), /1 of 2 gateways count/);
  assert.match(says(gateway("shared"), gateway("fallback", "stopped")), /together by all gateways/);
  assert.match(says(gateway("shared"), { ...gateway("own"), kind: "worker" }), /together by all gateways/);
});
