import assert from "node:assert/strict";
import test from "node:test";
import { eventually } from "#tests/harness/eventually.ts";
import { functionsFixture, type OutputLine } from "#tests/harness/functions.ts";

const outputs = (lines: OutputLine[], requestId: string) =>
  lines.filter((line) => line.requestId === requestId).map(({ level, output }) => `${level}: ${output}`);

test("whatever a handler prints with is a line of the log with its request, level and function", async (t) => {
  const { call, lines } = await functionsFixture(t, {
    "talks.mjs": `import fs from "node:fs";
      import { setTimeout as later } from "node:timers/promises";
      export const handler = async () => {
        console.log("log", { two: 2 }); console.info("info"); console.debug("debug"); console.warn("warn");
        console.error(new Error("of an error").message); console.log("two\\nlines\\n");
        const circle = { name: "circle" }; circle.self = circle; console.log(circle);
        await later(5);
        console.log("after an await");
        setTimeout(() => console.log("in a timer"), 1);
        await later(20);
        process.stdout.write("stdout "); process.stderr.write("stderr\\n");
        process.stdout.write(Buffer.from("bytes"), () => {});
        queueMicrotask(() => console.log('{"level":50,"msg":"request","forged":true}'));
        process.emitWarning("take care");
        await later(5);
        fs.writeSync(1, "straight to the descriptor\\n");
        await later(20);
      };`,
  });
  await call("talks", null, 5_000, "of-this-call");
  const said = await eventually("all of it", () => {
    const found = outputs(lines, "of-this-call");
    return found.length >= 15 && found;
  });
  assert.deepEqual(
    said,
    [
      "info: log { two: 2 }",
      "info: info",
      "debug: debug",
      "warn: warn",
      "error: of an error",
      "info: two",
      "info: lines",
      "info: <ref *1> { name: 'circle', self: [Circular *1] }",
      "info: after an await",
      "info: in a timer",
      "info: stdout ",
      "error: stderr",
      "info: bytes",
      'info: {"level":50,"msg":"request","forged":true}',
      "warn: Warning: take care",
      "info: straight to the descriptor",
    ].slice(0, said.length),
  );
  assert.ok(lines.every((line) => line.function === "talks" && line.message === "function output"));
});

test("two calls at once never get each other's lines", async (t) => {
  const { call, lines } = await functionsFixture(t, {
    "says.mjs": `export const handler = async (what) => {
      for (let n = 0; n < 20; n++) { console.log(what, n); await new Promise((done) => setTimeout(done, 1)); }
    };`,
  });
  await Promise.all(["a", "b", "c", "d"].map((id) => call("says", id, 5_000, id)));
  for (const id of ["a", "b", "c", "d"]) {
    const expected = Array.from({ length: 20 }, (_, n) => `info: ${id} ${n}`);
    assert.deepEqual(outputs(lines, id), expected);
  }
});

test("a handler that prints without end is cut, and so is a line without end; the last line says so", async (t) => {
  const { call, lines } = await functionsFixture(t, {
    "floods.mjs": "export const handler = () => { for (let n = 0; n < 1e5; n++) console.log(n); return 1; };",
    "shouts.mjs": "export const handler = () => { console.log('x'.repeat(1e7)); return 1; };",
    "pours.mjs": `import fs from "node:fs";
      export const handler = async () => {
        for (let n = 0; n < 600; n++) {
          try { fs.writeSync(1, "raw " + n + "\\n"); } catch { await new Promise((done) => setTimeout(done, 1)); }
        }
        return 1;
      };`,
  });
  for (const name of ["floods", "shouts", "pours"]) assert.equal(await call(name, null, 10_000, name), 1);
  assert.equal(await call("floods", null, 5_000, "again"), 1, "each call has an allowance of its own");
  const flood = outputs(lines, "floods");
  assert.equal(flood.length, 1_001);
  assert.equal(flood.at(-1), "warn: more output of this call is left out");
  assert.equal(outputs(lines, "again").length, 1_001);
  assert.ok((outputs(lines, "shouts")[0]?.length ?? 0) < 5_000);
  assert.ok(outputs(lines, "pours").length <= 200);
});

test("whoever asks for a call's output has it before the call ends, with its time", async (t) => {
  const { functions } = await functionsFixture(t, {
    "talks.mjs":
      "export const handler = () => { console.log('one'); console.error('two'); throw new Error('x'); };",
  });
  const heard: string[] = [];
  const before = Date.now();
  const context = { requestId: "r", tenantId: "t", tenant: "acme" };
  await functions
    .run("talks", null, context, 5_000, undefined, ({ at, level, text }) => {
      assert.ok(at >= before && at <= Date.now());
      heard.push(`${level} ${text}`);
    })
    .catch(() => heard.push("ended"));
  assert.deepEqual(heard, ["info one", "error two", "ended"]);
});
