import assert from "node:assert/strict";
import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { functionsFixture } from "#tests/harness/functions.ts";
import { cellCode } from "./cell-code.ts";

test("what cells run is written once, for this user only", async () => {
  const { directory, main, thread } = cellCode();
  assert.equal(cellCode().directory, directory);
  assert.ok(directory);
  const mode = async (file: string) => (await stat(file)).mode & 0o777;
  assert.equal(await mode(directory), 0o700);
  const names = await readdir(directory);
  for (const name of names) assert.equal(await mode(path.join(directory, name)), 0o600, name);
  for (const file of [main, thread]) assert.ok(names.includes(path.basename(file)), file);
});

test("a temporary folder that somebody tidied costs no call", async (t) => {
  const { call } = await functionsFixture(t, {
    "fine.mjs": "export const handler = () => 'fine';",
    "exits.mjs": "export const handler = () => process.reallyExit(1);",
  });
  assert.equal(await call("fine"), "fine");
  await rm(path.join(cellCode().directory as string), { recursive: true });
  await assert.rejects(call("exits")); // its thread cannot be started again, its process has to be
  assert.equal(await call("fine"), "fine");
});
