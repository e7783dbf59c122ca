import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";

/** Writes to a pipe that is closed, answers what goes wrong the way Next does, and ends when told to. */
const PROCESS = `
  import { outliveLostOutput } from "#scripts/console/lost-output.ts";
  let errors = 0;
  process.on("uncaughtException", (error) => {
    if (++errors > 20) process.exit(3);
    process.stderr.write(String(error));
  });
  outliveLostOutput();
  process.once("message", () => {
    process.stdout.write("nobody reads this");
    setTimeout(() => process.exit(0), 200);
  });
  process.send("ready");
`;

test("a process whose output nobody reads any more goes on, and does not go round in circles about it", async () => {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", PROCESS], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  await once(child, "message");
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.send("write");
  const [code] = await once(child, "exit");
  assert.equal(code, 0);
});
