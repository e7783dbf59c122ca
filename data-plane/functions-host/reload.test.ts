import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { eventually } from "#tests/harness/eventually.ts";
import { failedAs, functionsFixture } from "#tests/harness/functions.ts";

test("a file that breaks is named in the log and answers so, the others go on, and mending it is enough", async (t) => {
  const { functions, call, write, changed, lines } = await functionsFixture(t, {
    "a.mjs": "export const handler = () => 'first';",
    "other.mjs": "export const handler = () => 'other';",
  });
  assert.equal(await call("a"), "first");
  let next = changed();
  await write("a.mjs", "export const handler = () => 'half");
  await next;
  await assert.rejects(call("a"), failedAs("threw"));
  assert.equal(await call("other"), "other");
  assert.deepEqual(functions.names(), ["other"]);
  const complaint = lines.find(({ message }) => message === "function cannot be loaded");
  assert.equal(complaint?.function, "a");
  next = changed();
  await write("a.mjs", "export const handler = () => 'second';");
  await next;
  assert.equal(await call("a"), "second");
});

test("a file that a handler imports reloads it too, however deep, and a call under way ends in the old code", async (t) => {
  const { call, write, changed } = await functionsFixture(t, {
    "a.ts": `import { text } from "./lib/deep/text.ts";
      type Event = { wait?: boolean } | null;
      export const handler = async (event: Event): Promise<string> => {
        if (event?.wait) await new Promise((done) => setTimeout(done, 3_000, null));
        return text;
      };`,
    "lib/deep/text.ts": "export const text: string = 'old';",
  });
  const underWay = call("a", { wait: true });
  assert.equal(await call("a"), "old");
  const next = changed();
  await write("lib/deep/text.ts", "export const text: string = 'new';");
  await next;
  assert.equal(await call("a"), "new");
  assert.equal(await underWay, "old");
});

test("a file that does not finish loading, ends its thread or has no handler keeps no other from being found", async (t) => {
  const { functions, call, lines, write, directory, changed } = await functionsFixture(t, {
    "exits.mjs": "process.exit(0);",
    "throws.mjs": "throw new Error('at the top');",
    "nothing.mjs": "export const handler = 'not a function';",
    "z.mjs": "export const handler = () => 'z';",
  });
  assert.deepEqual(functions.names(), ["z"]);
  assert.equal(await call("z"), "z");
  await assert.rejects(call("nothing"), failedAs("not_found"));
  await assert.rejects(call("throws"), /at the top/);
  const named = () => lines.filter(({ message }) => message === "function cannot be loaded");
  await eventually("both named", () => named().length >= 2);
  const next = changed();
  await Promise.all(["exits.mjs", "throws.mjs"].map((name) => rm(path.join(directory, name))));
  await write("fresh.mjs", "export const handler = () => 'fresh';");
  await next;
  await eventually("the folder as it is", () => functions.names().join() === "fresh,z");
  assert.equal(await call("fresh"), "fresh");
  await assert.rejects(call("throws"), failedAs("not_found"));
});

test("a folder that comes into being later is found", async (t) => {
  const { functions, directory, write, changed } = await functionsFixture(t, {});
  await rm(directory, { recursive: true });
  assert.deepEqual(functions.names(), []);
  const next = changed();
  await write("late.mjs", "export const handler = () => 1;");
  assert.deepEqual(await next, ["late"]);
});
