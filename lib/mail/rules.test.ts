import assert from "node:assert/strict";
import test from "node:test";
import { defaultSender, oneLine, whyNotSmtpUrl } from "./rules.ts";

test("an address that is no mail server's is refused without being repeated", () => {
  for (const url of ["smtp://127.0.0.1:25", "smtps://u:p%40ss@mail.example:465"])
    assert.equal(whyNotSmtpUrl(url), null);
  for (const url of ["mail.example", "http://u:hunter2@mail.example", "smtp://", "smtp:hunter2"]) {
    assert.doesNotMatch(whyNotSmtpUrl(url) ?? assert.fail(url), /hunter2/);
  }
});

test("the sender is named after the console's host, and after no bare address", () => {
  assert.equal(defaultSender("https://gate.example/"), "gatehouse@gate.example");
  assert.equal(defaultSender("http://127.0.0.1:3000"), "gatehouse@localhost");
  assert.equal(defaultSender("http://[::1]:3000"), "gatehouse@localhost");
});

test("whatever a name holds, it stays one line", () => {
  assert.equal(oneLine("Acme\r\nBcc: x@y.z\u2028\0end"), "Acme Bcc: x@y.z end");
});
