import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { test } from "node:test";
import { eventually } from "#tests/harness/eventually.ts";

const MODULE = path.join(import.meta.dirname, "child.ts");
/** Starts a process that works for ever, tells its pid, and goes without stopping it. */
const CARELESS = `
  const { Child } = await import(${JSON.stringify(MODULE)});
  const child = await Child.start({
    name: "worker", command: process.execPath, env: process.env, readyTimeoutMs: 30_000,
    args: ["-e", "process.on('SIGTERM', () => { console.log('asked'); process.exit(); }); setInterval(() => {}, 1_000); console.log('ready')"],
    ready: async (child) => child.lines.includes("ready"), stopSignal: "SIGTERM", stopTimeoutMs: 1_000,
  });
  console.log(child.pid);
  process.exit(7);`;

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test("a process that goes without stopping what it started asks it to stop", async () => {
  const careless = spawn(process.execPath, ["--input-type=module", "-e", CARELESS]);
  let printed = "";
  careless.stdout.on("data", (text) => {
    printed += text;
  });
  const [code] = await once(careless, "close");
  const pid = Number(printed);
  assert.equal(code, 7);
  assert.ok(pid > 0, printed);
  await eventually("the process has stopped", () => !lives(pid));
});
