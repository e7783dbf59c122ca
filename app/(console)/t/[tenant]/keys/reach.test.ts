import assert from "node:assert/strict";
import test from "node:test";
import { reachOf } from "./reach.ts";

const KEY = "0199a000-0000-7000-8000-000000000001";
const route = (n: number, auth: object, enabled = true) => ({
  id: `0199a000-0000-7000-8000-00000000010${n}`,
  method: "GET",
  path: `/r${n}`,
  target: { type: "function", function: "f" },
  auth,
  enabled,
});

test("a key reaches the live routes that name it and those that take every key, and no others", () => {
  const content = {
    routes: [
      route(1, { mode: "api-key", allowedApiKeyIds: [KEY] }),
      route(2, { mode: "api-key", allowedApiKeyIds: null }),
      route(3, { mode: "api-key", allowedApiKeyIds: [] }),
      route(4, { mode: "none" }),
      route(5, { mode: "api-key", allowedApiKeyIds: [KEY] }, false),
    ],
  };
  const reach = reachOf(content, KEY);
  assert.deepEqual(
    reach.named.map(({ path }) => path),
    ["/r1"],
  );
  assert.equal(reach.open, 1);
});
