import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { eventually } from "#tests/harness/eventually.ts";
import { functionsFixture } from "#tests/harness/functions.ts";
import type { FunctionError, FunctionErrorKind } from "./index.ts";

/** What a handler does, how that call ends, and within how many milliseconds it has to. */
type Mishap = [code: string, kind: FunctionErrorKind | "answers", timeoutMs?: number];
const LATE = 300;
const MISHAPS: Record<string, Mishap> = {
  throws: ["throw new Error('no')", "threw"],
  "throws nothing at all": ["throw undefined", "threw"],
  "throws what cannot be described": [
    "throw new Proxy(new Error('x'), { get() { throw new Error('trap'); } })",
    "threw",
  ],
  "leaves its thread": ["process.exit(0)", "crashed"],
  "leaves its thread inside": ["process.reallyExit(0)", "crashed"],
  aborts: ["process.abort()", "threw"],
  "kills its process": ["process.kill(process.pid, 'SIGKILL')", "threw"],
  "kills the gateway": ["process.kill(process.ppid, 'SIGKILL')", "threw"],
  "kills the gateway inside": ["process._kill(process.ppid, 9)", "threw"],
  "stops the gateway for a debugger": ["process._debugProcess(process.ppid)", "threw"],
  "throws in a timer": ["await new Promise(() => setTimeout(() => { throw new Error('t'); }))", "crashed"],
  "throws in a tick": [
    "await new Promise(() => process.nextTick(() => { throw new Error('t'); }))",
    "crashed",
  ],
  "leaves a rejection": ["Promise.reject(new Error('r')); await new Promise(() => {})", "crashed"],
  "recurses for ever": ["const f = () => f() + 1; return f()", "threw"],
  "takes memory in small pieces": ["const a = []; for (;;) a.push({ x: {} })", "crashed"],
  "takes memory in one piece": ["const a = []; for (;;) a.push('x'.repeat(1e7).split(''))", "crashed"],
  "fills a map": ["const m = new Map(); for (let i = 0; ; i++) m.set(i, i)", "crashed"],
  "takes buffers": ["const a = []; for (;;) a.push(Buffer.alloc(1e7, 1))", "crashed"],
  "takes buffers, slowly": [
    "const a = []; for (;;) { a.push(Buffer.alloc(1e7, 1)); await new Promise((r) => setTimeout(r)); }",
    "crashed",
  ],
  loops: ["for (;;);", "timeout", LATE],
  "loops in promises": [
    "const go = () => queueMicrotask(go); go(); await new Promise(() => {})",
    "timeout",
    LATE,
  ],
  "loops in ticks": [
    "const go = () => process.nextTick(go); go(); await new Promise(() => {})",
    "timeout",
    LATE,
  ],
  "loops in promises and answers": [
    "const go = () => queueMicrotask(go); go(); return 'done'",
    "timeout",
    LATE,
  ],
  "waits for a lock": ["Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)", "timeout", LATE],
  "hangs in a regular expression": ["/^(a+)+$/.test('a'.repeat(40) + 'b')", "timeout", LATE],
  "hangs in native code": [
    "(await import('node:crypto')).pbkdf2Sync('a', 'b', 2e9, 64, 'sha512')",
    "timeout",
    LATE,
  ],
  "never answers": ["await new Promise(() => {})", "timeout", LATE],
  "answers a circle": ["const a = {}; a.a = a; return a", "bad_result"],
  "answers a bigint": ["return { n: 1n }", "bad_result"],
  "answers what throws": ["return { toJSON() { throw new Error('json'); } }", "bad_result"],
  "answers too much": ["return 'x'.repeat(4e7)", "crashed"],
  "answers a function": ["return () => 1", "answers"],
  "speaks to the host": [
    "(await import('node:worker_threads')).parentPort.postMessage('R{\"ok\":true}'); return 'own'",
    "answers",
  ],
  "writes into its own channel": [
    "const fs = await import('node:fs'); fs.writeSync(3, 'Rnonsense\\n'); await new Promise(() => {})",
    "crashed",
  ],
  "closes its own channel": [
    "const fs = await import('node:fs'); fs.closeSync(3); await new Promise(() => {})",
    "crashed",
    LATE,
  ],
  "starts a thread": [
    "new (await import('node:worker_threads')).Worker('for(;;);', { eval: true })",
    "threw",
  ],
  "loads hooks": ["(await import('node:module')).register('data:text/javascript,')", "threw"],
};
const name = (what: string) => what.replace(/[^a-z]+/g, "-");

let fixture: Awaited<ReturnType<typeof functionsFixture>>;
let release: () => void = () => {};
const teardown: (() => Promise<void>)[] = [];
before(async () => {
  const files: Record<string, string> = {
    "fine.mjs": "export const handler = () => 'fine';",
    "bystander.mjs":
      "export const handler = async () => { await durable.startNew('wait'); return 'undisturbed'; };",
  };
  for (const [what, [code]] of Object.entries(MISHAPS)) {
    files[`${name(what)}.mjs`] = `export const handler = async () => { ${code} };`;
  }
  fixture = await functionsFixture(
    { after: (done) => void teardown.push(done as () => Promise<void>) },
    files,
    {
      memoryLimitMb: 24,
      onStartNew: () =>
        new Promise((resolve) => {
          release = () => resolve({ instanceId: "go" });
        }),
    },
  );
});
after(async () => {
  for (const done of teardown) await done();
});

for (const [what, [, kind, timeoutMs = 20_000]] of Object.entries(MISHAPS)) {
  test(`a handler that ${what} costs its own request and no other`, async () => {
    release = () => {};
    const idle = release;
    const bystander = fixture.call("bystander");
    await eventually("the bystander to be under way", () => release !== idle);
    const ended = await fixture.call(name(what), null, timeoutMs).then(
      () => "answers",
      (error: unknown) => (error as FunctionError).kind,
    );
    if (timeoutMs === LATE) assert.ok(ended === kind || ended === "timeout", ended);
    else assert.equal(ended, kind);
    release();
    assert.equal(await bystander, "undisturbed");
    assert.equal(await fixture.call("fine"), "fine");
  });
}

test("what a call leaves behind costs no later call anything", async (t) => {
  const later = (code: string) =>
    `import { setTimeout as later } from "node:timers/promises";
     export const handler = () => { void later(20).then(() => { ${code} }); return "answered"; };`;
  const { call, lines } = await functionsFixture(
    t,
    {
      "timers.mjs": `export let handler = () => {
        setTimeout(() => { for (;;); }, 1);
        setInterval(() => { throw new Error("never seen"); }, 10);
        setImmediate(() => setImmediate(() => process.exit(1)));
        return "answered";
      };`,
      "throws-late.mjs": later("throw new Error('much too late')"),
      "exits-late.mjs": later("process.exit(1)"),
      "rejects-late.mjs": later("Promise.reject(new Error('also too late'))"),
      "slow.mjs": "export const handler = () => new Promise((resolve) => setTimeout(resolve, 60, 'whole'));",
    },
    { maxThreads: 1 },
  );
  for (const late of ["timers", "throws-late", "exits-late", "rejects-late"]) {
    assert.equal(await call(late), "answered");
    assert.equal(await call("slow"), "whole", late);
  }
  const said = lines.map(({ output, function: by }) => `${by}: ${output}`);
  for (const [by, what] of [
    ["throws-late", "much too late"],
    ["rejects-late", "also too late"],
  ]) {
    const expected = `${by}: after the answer, nobody caught Error: ${what}`;
    assert.ok(
      said.some((line) => line.startsWith(expected)),
      said.join("\n"),
    );
  }
});

test("a call is not lost to a thread that what an earlier one left behind keeps busy", async (t) => {
  const { call } = await functionsFixture(
    t,
    {
      "loops-late.mjs": `import { setTimeout as later } from "node:timers/promises";
        export const handler = () => { void later(1).then(() => { for (;;); }); return "answered"; };`,
      "fine.mjs": "export const handler = () => 'fine';",
    },
    { maxThreads: 1 },
  );
  assert.equal(await call("loops-late"), "answered");
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(await call("fine"), "fine", "begun again elsewhere");
});

test("a handler that changes the language's objects changes them for nobody else", async (t) => {
  const { call } = await functionsFixture(
    t,
    {
      "pollutes.mjs": `export const handler = () => {
        Object.prototype.polluted = true; Array.prototype.map = () => "mapped"; JSON.parse = () => "parsed";
        return {}.polluted;
      };`,
      "looks.mjs": "export const handler = () => [{}.polluted ?? null, [1].map((n) => n), JSON.parse('1')];",
      "keeps.mjs": "let calls = 0; export const handler = () => ++calls;",
    },
    { maxThreads: 1 },
  );
  assert.equal(await call("pollutes"), true);
  assert.deepEqual(await call("looks"), [null, [1], 1]);
  assert.equal(await call("keeps"), 1);
  assert.equal(await call("keeps"), 2, "what a module keeps stays while its thread does");
});
