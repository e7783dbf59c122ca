import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { createFunctionsHost, FunctionError, type FunctionErrorKind, type StartNew } from "./index.ts";

const context = { requestId: "r1", tenantId: "t1", tenant: "acme" };

async function host(t: TestContext, files: Record<string, string>, onStartNew?: StartNew) {
  const directory = await mkdtemp(join(tmpdir(), "functions-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  const lines: object[] = [];
  const log = (fields: object, message: string) => void lines.push({ ...fields, message });
  const functions = createFunctionsHost({
    directory,
    maxThreads: 2,
    memoryLimitMb: 32,
    logger: { debug: log, info: log, warn: log, error: log },
    ...(onStartNew ? { onStartNew } : {}),
  });
  t.after(async () => {
    await functions.close();
    await rm(directory, { recursive: true });
  });
  await functions.ready;
  return { functions, directory, lines };
}

const kind = (expected: FunctionErrorKind) => (error: unknown) =>
  error instanceof FunctionError && error.kind === expected;

test("a handler gets the event and the context and its JSON result comes back", async (t) => {
  const { functions } = await host(t, {
    "echo.mjs":
      "export const handler = async (event, context) => ({ event, id: context.requestId, f: context.functionName });",
    "old.js": "exports.handler = () => 'from CommonJS';",
    "typed.ts": "export const handler = (n: number): number => n + 1;",
    "no-handler.mjs": "export const other = 1;",
    "Not_A_Name.mjs": "export const handler = () => 1;",
  });
  assert.deepEqual(functions.names(), ["echo", "old", "typed"]);
  assert.deepEqual(await functions.run("echo", { a: [1] }, context, 5_000), {
    event: { a: [1] },
    id: "r1",
    f: "echo",
  });
  assert.equal(await functions.run("old", null, context, 5_000), "from CommonJS");
  assert.equal(await functions.run("typed", 1, context, 5_000), 2);
  await assert.rejects(functions.run("no-handler", null, context, 5_000), kind("not_found"));
  await assert.rejects(functions.run("nothing", null, context, 5_000), kind("not_found"));
});

test("a timeout ends a busy loop and the next call works", async (t) => {
  const { functions } = await host(t, {
    "busy.mjs": "export const handler = (event) => { while (event.loop) {} return 'done'; };",
  });
  const started = Date.now();
  await assert.rejects(functions.run("busy", { loop: true }, context, 100), kind("timeout"));
  assert.ok(Date.now() - started < 3_000);
  assert.equal(await functions.run("busy", { loop: false }, context, 5_000), "done");
});

test("more calls than threads all finish, also when those before them time out", async (t) => {
  const { functions } = await host(t, {
    "busy.mjs": "export const handler = (event) => { while (event.loop) {} return event.n; };",
  });
  const hung = [1, 2].map((n) => functions.run("busy", { loop: true, n }, context, 150));
  const waiting = [3, 4, 5].map((n) => functions.run("busy", { loop: false, n }, context, 10_000));
  await Promise.all(hung.map((call) => assert.rejects(call, kind("timeout"))));
  assert.deepEqual(await Promise.all(waiting), [3, 4, 5]);
});

test("an error's stack tells what caused it and which errors it gathers, in circles too", async (t) => {
  const { functions } = await host(t, {
    "caused.mjs": `export const handler = () => {
      const refused = new Error("connect refused");
      refused.cause = new TypeError("fetch failed", { cause: refused });
      throw refused.cause;
    };`,
    "gathers.mjs": `export const handler = () => {
      throw new AggregateError([new Error("first"), "second"], "both", { cause: { code: "E_BOTH" } });
    };`,
  });
  const stackOf = (name: string) =>
    functions.run(name, null, context, 5_000).then(
      () => "",
      (error: FunctionError) => error.stack ?? "",
    );
  assert.match(
    await stackOf("caused"),
    /^TypeError: fetch failed\n[\s\S]*\n\[cause\] Error: connect refused\n/,
  );
  assert.match(
    await stackOf("gathers"),
    /: both\n[\s\S]*\n\[error 1\] Error: first\n[\s\S]*\n\[error 2\] second\n\[cause\] \{ code: 'E_BOTH' \}$/,
  );
});

test("every way to fail has its own kind and ends nothing but the call", async (t) => {
  const { functions } = await host(t, {
    "throws.mjs": "export const handler = () => { throw new RangeError('too far'); };",
    "exits.mjs": "export const handler = () => new Promise(() => process.exit(3));",
    "uncaught.mjs":
      "export const handler = () => new Promise(() => { setTimeout(() => { throw new Error('late'); }); });",
    "hungry.mjs":
      "export const handler = () => { const all = []; for (;;) all.push(new Array(1e5).fill({})); };",
    "cyclic.mjs": "export const handler = () => { const a = {}; a.a = a; return a; };",
    "broken.mjs": "export const handler = () => {",
    "fine.mjs": "export const handler = () => 'fine';",
  });
  await assert.rejects(functions.run("throws", null, context, 5_000), (error: unknown) => {
    assert.ok(error instanceof FunctionError);
    assert.deepEqual([error.kind, error.name, error.message], ["threw", "RangeError", "too far"]);
    assert.match(error.stack ?? "", /throws\.mjs/);
    return true;
  });
  await assert.rejects(functions.run("exits", null, context, 5_000), kind("crashed"));
  await assert.rejects(functions.run("uncaught", null, context, 5_000), kind("crashed"));
  await assert.rejects(functions.run("hungry", null, context, 20_000), kind("crashed"));
  await assert.rejects(functions.run("cyclic", null, context, 5_000), kind("bad_result"));
  await assert.rejects(functions.run("broken", null, context, 5_000), kind("threw"));
  assert.deepEqual(functions.names(), ["cyclic", "exits", "fine", "hungry", "throws", "uncaught"]);
  assert.equal(await functions.run("fine", null, context, 5_000), "fine");
});

test("an aborted signal ends the call", async (t) => {
  const { functions } = await host(t, {
    "waits.mjs": "export const handler = () => new Promise((resolve) => setTimeout(resolve, 60_000));",
  });
  const abort = new AbortController();
  const call = functions.run("waits", null, context, 60_000, abort.signal);
  abort.abort();
  await assert.rejects(call, kind("aborted"));
  await assert.rejects(functions.run("waits", null, context, 60_000, abort.signal), kind("aborted"));
});

test("new, changed and removed files are picked up while running", async (t) => {
  const { functions, directory } = await host(t, { "a.mjs": "export const handler = () => 1;" });
  const changed = () =>
    new Promise<string[]>((resolve) => {
      const stop = functions.onChange((names) => {
        stop();
        resolve(names);
      });
    });
  assert.equal(await functions.run("a", null, context, 5_000), 1);
  let next = changed();
  await writeFile(join(directory, "b.mjs"), "export const handler = () => 'b';");
  assert.deepEqual(await next, ["a", "b"]);
  next = changed();
  await writeFile(join(directory, "a.mjs"), "export const handler = () => 'second edition';");
  await next;
  assert.equal(await functions.run("a", null, context, 5_000), "second edition");
  next = changed();
  await rm(join(directory, "b.mjs"));
  assert.deepEqual(await next, ["a"]);
});

test("console output and writes to stdout go to the log, with the request they belong to", async (t) => {
  const { functions, lines } = await host(t, {
    "talks.mjs": `export const handler = async () => {
      console.log("one", { two: 2 }); console.warn("three"); process.stdout.write("four\\n");
      await new Promise((resolve) => setImmediate(resolve));
    };`,
  });
  await functions.run("talks", null, context, 5_000);
  while (lines.length < 3) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(
    lines.map((line) => (line as { output: string }).output),
    ["one { two: 2 }", "three", "four"],
  );
  assert.ok(lines.every((line) => (line as { requestId: string }).requestId === "r1"));
});

test("durable.startNew reaches the host with the context of the call that asked", async (t) => {
  const calls: unknown[] = [];
  const { functions } = await host(
    t,
    {
      "starts.mjs": `export const handler = async (event) => {
        const { instanceId } = await global.durable.startNew("work", event.id, { n: 1 });
        return instanceId;
      };`,
      "late.mjs": `import { setTimeout as later } from "node:timers/promises";
        let refused = null;
        export const handler = async (event) => {
          if (event === "ask") { while (!refused) await new Promise((r) => setTimeout(r, 5)); return refused; }
          void later(20).then(() => durable.startNew("work")).catch((error) => { refused = error.message; });
        };`,
    },
    async (call) => {
      calls.push(call);
      if (call.instanceId === "bad") throw new Error("there is no function 'work'");
      return { instanceId: "job-1" };
    },
  );
  assert.equal(await functions.run("starts", {}, context, 5_000), "job-1");
  assert.deepEqual(calls, [{ function: "work", instanceId: null, input: { n: 1 }, context }]);
  await assert.rejects(functions.run("starts", { id: "bad" }, context, 5_000), /there is no function 'work'/);
  calls.length = 0;
  await functions.run("late", null, context, 5_000);
  const other = { requestId: "r2", tenantId: "t2", tenant: "globex" };
  assert.match(String(await functions.run("late", "ask", other, 5_000)), /has ended/);
  assert.deepEqual(calls, []);
});

test("handlers do not see the process's own settings", async (t) => {
  process.env.GATEWAY_DATABASE_URL ??= "postgres://secret";
  process.env.FUNCTION_GREETING = "hi";
  const { functions } = await host(t, { "env.mjs": "export const handler = () => process.env;" });
  const seen = (await functions.run("env", null, context, 5_000)) as Record<string, string>;
  assert.equal(seen.GATEWAY_DATABASE_URL, undefined);
  assert.equal(seen.FUNCTION_GREETING, "hi");
});

test("closing lets a running call finish within the grace period", async (t) => {
  const { functions } = await host(t, {
    "slow.mjs":
      "export const handler = () => new Promise((resolve) => setTimeout(resolve, 200, 'finished'));",
  });
  const call = functions.run("slow", null, context, 5_000);
  await new Promise((resolve) => setImmediate(resolve));
  const [result] = await Promise.all([call, functions.close(5_000)]);
  assert.equal(result, "finished");
});

test("a call that is aborted as it ends costs no other call anything", async (t) => {
  const { functions } = await host(t, {
    "soon.mjs": "export const handler = () => new Promise((resolve) => setTimeout(resolve, 2, 'soon'));",
  });
  for (let round = 0; round < 60; round++) {
    const aborted = Array.from({ length: 4 }, async (_, index) => {
      const leaving = new AbortController();
      setTimeout(() => leaving.abort(), 1 + ((round + index) % 5));
      await functions.run("soon", null, context, 5_000, leaving.signal).catch((error: unknown) => {
        assert.ok(kind("aborted")(error), String(error));
      });
    });
    const others = [1, 2, 3].map(() => functions.run("soon", null, context, 5_000));
    assert.deepEqual(await Promise.all(others), ["soon", "soon", "soon"]);
    await Promise.all(aborted);
  }
});
