import assert from "node:assert/strict";
import test from "node:test";
import { requestIdOf } from "./exchange.ts";
import { parseAddress } from "./request-head.ts";

test("an address is taken apart without decoding anything", () => {
  assert.deepEqual(parseAddress("/gw/acme/v1/a%2Fb?x=/y?z"), {
    slug: "acme",
    path: "/v1/a%2Fb",
    query: "x=/y?z",
  });
  assert.deepEqual(parseAddress("/gw/acme"), { slug: "acme", path: "/", query: "" });
  assert.deepEqual(parseAddress("/gw/acme/"), { slug: "acme", path: "/", query: "" });
  assert.deepEqual(parseAddress("/gw/acme?next=/a/b"), { slug: "acme", path: "/", query: "next=/a/b" });
  assert.deepEqual(parseAddress("/gw/"), { slug: "", path: "/", query: "" });
  assert.equal(parseAddress("/other/acme"), null);
  assert.equal(parseAddress("/gw"), null);
});

test("a request ID is taken over only when it is well formed", () => {
  assert.equal(requestIdOf("abc-1.2_3~4"), "abc-1.2_3~4");
  for (const bad of [undefined, "", "a b", "a\n", "ü", "x".repeat(129), ["a", "b"]]) {
    assert.match(requestIdOf(bad), /^[0-9a-f-]{36}$/);
  }
});
