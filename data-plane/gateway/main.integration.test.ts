import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after, before, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { type TestDatabase, testDatabase } from "../../tests/harness/database.ts";
import { eventually } from "../../tests/harness/eventually.ts";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));
let database: TestDatabase;
let dataDirectory: string;
before(async () => {
  database = await testDatabase();
  dataDirectory = await mkdtemp(path.join(tmpdir(), "gateway-data-"));
});
after(async () => {
  await database?.close();
  await rm(dataDirectory, { recursive: true, force: true });
});

type Run = { child: ChildProcess; out: () => string; err: () => string };
function run(t: TestContext, environment: Record<string, string>): Run {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      NODE_ENV: "test",
      PATH: process.env.PATH,
      FUNCTIONS_DIR: "functions",
      GATEWAY_PORT: "0",
      GATEHOUSE_DATA_DIR: dataDirectory,
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => child.kill("SIGKILL"));
  let out = "";
  let err = "";
  child.stdout?.on("data", (part) => {
    out += part;
  });
  child.stderr?.on("data", (part) => {
    err += part;
  });
  return { child, out: () => out, err: () => err };
}

test("the process announces its address once it serves, and SIGTERM ends it with 0", async (t) => {
  const { child, out, err } = run(t, { GATEWAY_DATABASE_URL: database.gatewayUrl, INSTANCE_NAME: "edge-1" });
  const line = await eventually("the announcement", () => {
    assert.equal(child.exitCode, null, err());
    return out()
      .split("\n")
      .find((each) => each.includes("gateway ready"));
  });
  const { msg, address } = JSON.parse(line) as { msg: string; address: string };
  assert.equal(msg, "gateway ready");
  assert.equal((await fetch(`${address}/readyz`)).status, 200);
  child.kill("SIGTERM");
  const [exitCode] = await once(child, "exit");
  assert.equal(exitCode, 0, err());
});

test("a setting that is missing or wrong is one sentence and not a stack", async (t) => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  t.after(() => taken.close());
  const wrongPassword = new URL(database.gatewayUrl);
  wrongPassword.password = "wrong";
  const wrongName = new URL(database.gatewayUrl);
  wrongName.pathname = "/no_such_database";
  const url = database.gatewayUrl;
  const cases: [Record<string, string>, RegExp][] = [
    [{}, /^GATEWAY_DATABASE_URL is not set: .*\.\n$/],
    [{ GATEWAY_DATABASE_URL: "mysql://x" }, /^GATEWAY_DATABASE_URL is not a PostgreSQL URL: .*\.\n$/],
    [{ GATEWAY_DATABASE_URL: url, GATEWAY_PORT: "http" }, /^GATEWAY_PORT must be a whole number .*\.\n$/],
    [{ GATEWAY_DATABASE_URL: url, TRUSTED_PROXIES: "-1" }, /^TRUSTED_PROXIES must be a whole number .*\.\n$/],
    [
      { GATEWAY_DATABASE_URL: url, GATEWAY_PORT: String((taken.address() as AddressInfo).port) },
      /^The gateway's port is taken: .*\.\n$/,
    ],
    [
      { GATEWAY_DATABASE_URL: wrongPassword.href },
      /^PostgreSQL refused the gateway's role or password: .*\.\n$/,
    ],
    [{ GATEWAY_DATABASE_URL: wrongName.href }, /^The gateway's database does not exist: .*\.\n$/],
  ];
  await Promise.all(
    cases.map(async ([environment, sentence]) => {
      const { child, err } = run(t, environment);
      const [exitCode] = await once(child, "close");
      assert.equal(exitCode, 1);
      assert.match(err(), sentence);
      assert.ok(!err().includes("wrong@"), "no password in the sentence");
    }),
  );
});

test("with the database not there yet, the gateway waits for it and says that it is not ready", async (t) => {
  const free = createServer().listen(0, "127.0.0.1");
  await once(free, "listening");
  const { port } = free.address() as AddressInfo;
  free.close();
  await once(free, "close");
  const { child, out } = run(t, {
    GATEWAY_DATABASE_URL: "postgresql://gateway:x@127.0.0.1:1/gatehouse",
    GATEWAY_PORT: String(port),
  });
  const status = (path: string) =>
    fetch(`http://127.0.0.1:${port}${path}`).then(
      (response) => response.status,
      () => 0,
    );
  await eventually("the socket", async () => (await status("/healthz")) === 200);
  assert.equal(await status("/readyz"), 503);
  assert.equal(await status("/gw/acme/v1"), 503);
  await eventually("a word about it", () => out().includes("database away"));
  child.kill("SIGTERM");
  const [exitCode] = await once(child, "exit");
  assert.equal(exitCode, 0);
});
