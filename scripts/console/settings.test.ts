import assert from "node:assert/strict";
import test from "node:test";
import { StartFailure } from "../start-failure.ts";
import { clientAddress, consoleSettings } from "./settings.ts";

const good = { CONSOLE_DATABASE_URL: "postgres://x", GATEHOUSE_SECRET: "s".repeat(32) };

test("without trusted proxies, nothing that the client writes changes its address", () => {
  assert.equal(clientAddress("192.0.2.1", "10.0.0.1, 10.0.0.2", 0), "192.0.2.1");
});

test("behind trusted proxies, the hop that the outermost wrote counts, and none to the left of it", () => {
  assert.equal(clientAddress("192.0.2.1", "6.6.6.6, 203.0.113.5", 1), "203.0.113.5");
  assert.equal(clientAddress("192.0.2.1", "6.6.6.6, 203.0.113.5, 10.0.0.1", 2), "203.0.113.5");
  assert.equal(clientAddress("192.0.2.1", undefined, 1), "192.0.2.1");
  assert.equal(clientAddress("192.0.2.1", "6.6.6.6", 2), "192.0.2.1");
});

test("a setting that cannot be right stops the start with a sentence that names it, not its value", () => {
  for (const [name, value] of [
    ["TRUSTED_PROXIES", "one"],
    ["TRUSTED_PROXIES", "-1"],
    ["CONSOLE_PORT", "70000"],
    ["CONSOLE_DATABASE_URL", ""],
    ["GATEHOUSE_SECRET", "too-short-a-secret"],
    ["GATEHOUSE_ENCRYPTION_KEY", "too-short-a-secret"],
    ["API_READS_PER_MINUTE", "0"],
    ["API_FAILURES_PER_MINUTE", "many"],
    ["OIDC_CORP_CLIENT_SECRET", "too-short-a-secret"],
    ["CONSOLE_URL", "gate.example"],
    ["CONSOLE_URL", "ftp://gate.example"],
    ["CONSOLE_URL", "https://gate.example/console"],
    ["CONSOLE_URL", "https://someone:too-short-a-secret@gate.example"],
    ["GATEWAY_URL", "javascript:alert(1)"],
  ] as const) {
    assert.throws(
      () => consoleSettings({ ...good, [name]: value }, true),
      (error: Error) =>
        error instanceof StartFailure &&
        error.message.includes(name) &&
        !error.message.includes("too-short-a-secret"),
    );
  }
  assert.deepEqual(consoleSettings(good, true), {
    port: 3000,
    trustedProxies: 0,
    consoleUrl: new URL("http://127.0.0.1:3000"),
    gatewayOrigin: "http://127.0.0.1:8080",
    notices: null,
  });
});

test("notices go through the mail server that is given, under the console's name; a wrong one stops the start", () => {
  const mail = { SMTP_URL: "smtp://u:hunter2@mail.example", CONSOLE_URL: "https://gate.example/" };
  assert.deepEqual(consoleSettings({ ...good, ...mail }, true).notices, {
    smtpUrl: mail.SMTP_URL,
    from: "gatehouse@gate.example",
    consoleUrl: "https://gate.example",
  });
  assert.throws(
    () => consoleSettings({ ...good, SMTP_URL: "mail.example?hunter2" }, true),
    (error: Error) => /SMTP_URL/.test(error.message) && !error.message.includes("hunter2"),
  );
});
