import assert from "node:assert/strict";
import test from "node:test";
import { isInternalAddress, isInternalHost } from "./internal-addresses.ts";

test("every spelling of an address inside is internal, and what is no address too", () => {
  for (const address of [
    "127.0.0.1",
    "127.8.9.1",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "198.18.0.1",
    "192.0.2.1",
    "::",
    "::1",
    "[::1]",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "not an address",
    "",
  ]) {
    assert.equal(isInternalAddress(address), true, address);
  }
});

test("public addresses are not internal, also inside an IPv6 one", () => {
  for (const address of [
    "8.8.8.8",
    "1.1.1.1",
    "2606:4700::1111",
    "[2606:4700::1111]",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
  ]) {
    assert.equal(isInternalAddress(address), false, address);
  }
});

test("a host is judged as a URL reads it: numbers in any base, names that mean something only inside", () => {
  for (const url of [
    "http://localhost/",
    "http://localhost./",
    "http://api.localhost/",
    "http://printer.local/",
    "http://metadata.google.internal/",
    "http://intranet/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://[::ffff:7f00:1]/",
  ]) {
    assert.equal(isInternalHost(new URL(url).hostname), true, url);
  }
  for (const url of ["https://api.example.com/", "https://8.8.8.8/", "https://locals.example/"]) {
    assert.equal(isInternalHost(new URL(url).hostname), false, url);
  }
});
