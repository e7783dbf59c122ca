import assert from "node:assert/strict";
import test from "node:test";
import { addressBlock } from "./address-block.ts";

test("an IPv4 address is itself, also in IPv6 clothes", () => {
  assert.equal(addressBlock("203.0.113.5"), "203.0.113.5");
  assert.equal(addressBlock("::ffff:203.0.113.5"), "203.0.113.5");
});

test("a host that walks through its /64 stays one address, however each is written", () => {
  for (const ip of [
    "2001:db8:0:1::1",
    "2001:0DB8::1:ffff:0:0:2",
    "2001:db8:0:1:a:b:c:d",
    "2001:db8:0:1::%eth0",
  ]) {
    assert.equal(addressBlock(ip), "2001:db8:0:1::/64", ip);
  }
  assert.notEqual(addressBlock("2001:db8:0:2::1"), addressBlock("2001:db8:0:1::1"));
  assert.equal(addressBlock("::1"), "0:0:0:0::/64");
});

test("what is no address is only itself", () => {
  for (const text of ["", "unknown", "1::2::3", "1:2:3"]) assert.equal(addressBlock(text), text);
});
