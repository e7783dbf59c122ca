import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";

/** Logs when it is told to, as a process that is stopping does, and ends. */
const PROCESS = `
  import { createLogger } from "#data-plane/gateway/logger.ts";
  const { logger, flush } = createLogger("info", "test");
  process.once("message", async () => {
    logger.info({}, "stopping");
    await flush();
    process.exit(0);
  });
  process.send("ready");
`;

async function started() {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", PROCESS], {
    stdio: ["ignore", "pipe", "ignore", "ipc"],
  });
  await once(child, "message");
  return child;
}

test("what was logged last is written before a process ends", { timeout: 20_000 }, async () => {
  const child = await started();
  let output = "";
  child.stdout?.on("data", (text: Buffer) => {
    output += text;
  });
  child.send("stop");
  const [[code]] = await Promise.all([
    once(child, "exit"),
    once(child.stdout as NodeJS.ReadableStream, "end"),
  ]);
  assert.equal(code, 0);
  assert.equal(JSON.parse(output).msg, "stopping");
});

test("a process whose output nobody reads any more ends all the same", { timeout: 20_000 }, async (t) => {
  const child = await started();
  t.after(() => child.kill("SIGKILL"));
  child.stdout?.destroy();
  child.send("stop");
  const [code] = await once(child, "exit");
  assert.equal(code, 0);
});
