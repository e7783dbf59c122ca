import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { eventually } from "#tests/harness/eventually.ts";
import { type JobsWorld, jobsWorld } from "#tests/harness/jobs.ts";

/** Handlers by what they return. */
const RETURNS: Record<string, string> = {
  "returns-undefined": "undefined",
  "returns-function": "() => 1",
  "returns-symbol": "Symbol('s')",
  "returns-date": "new Date(0)",
  "returns-nan": "[NaN, Infinity, undefined, () => 1]",
  "returns-bigint": "10n",
  "returns-circular": "(() => { const a = {}; a.self = a; return a; })()",
  "returns-thrower": "({ toJSON() { throw new RangeError('not today'); } })",
  "returns-getter": "({ get it() { throw new Error('no getter'); } })",
  "returns-deep": "JSON.parse('['.repeat(100_000) + ']'.repeat(100_000))",
  "returns-10mb": "({ rows: 'é'.repeat(5 * 1_048_576) })",
};
/** Handlers by what they throw. */
const THROWS: Record<string, string> = {
  "throws-null": "null",
  "throws-undefined": "undefined",
  "throws-string": "'plain text'",
  "throws-number": "42",
  "throws-object": "{ code: 'E_ODD', deep: { er: 1 } }",
  "throws-frozen": "Object.freeze(new TypeError('frozen solid'))",
  "throws-proxy":
    "new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 2; }, ownKeys() { throw 3; } })",
  "throws-getter":
    "Object.defineProperty(new Error('x'), 'message', { get() { throw new Error('gotcha'); } })",
  "throws-huge": "new Error('h'.repeat(20_000_000))",
  "throws-cyclic": "(() => { const e = new Error('round'); e.cause = e; return e; })()",
  "throws-symbol": "Symbol('sym')",
  "throws-nul": "new Error('a\\u0000b\\ud800')",
  "throws-nameless": "Object.assign(new Error(''), { name: '' })",
};
const OTHERS: Record<string, string> = {
  prints: `(event, context) => {
    console.log("began", { attempt: context.attempt });
    console.error("password=hunter2");
    if (context.attempt === 1) throw new Error("again");
    return "done";
  }`,
  "prints-and-hangs":
    "async () => { console.warn('waiting'); await new Promise(() => setInterval(() => {}, 1000)); }",
  "prints-and-exits": "() => { console.log('last words'); process.exit(3); }",
  "prints-a-lot": "() => { for (let i = 0; i < 900; i++) console.log('line ' + i); }",
  spins: "() => { for (;;); }",
  starts: `async (event) => {
    const { instanceId } = await durable.startNew("echo", undefined, { n: 1 }, event.options);
    return instanceId;
  }`,
};

let world: JobsWorld;
before(async () => {
  world = await jobsWorld();
  const save = (name: string, code: string) =>
    writeFile(path.join(world.functions, `${name}.mjs`), `export const handler = ${code};`);
  for (const [name, value] of Object.entries(RETURNS)) await save(name, `async () => (${value})`);
  for (const [name, value] of Object.entries(THROWS)) await save(name, `async () => { throw ${value}; }`);
  for (const [name, code] of Object.entries(OTHERS)) await save(name, code);
  await world.worker();
});
after(() => world.close());

const ended = (id: string) =>
  eventually(
    `the end of ${id}`,
    async () => {
      const row = await world.job(id);
      return row && ["succeeded", "dead"].includes(row.state as string) ? row : null;
    },
    20_000,
  );
const once = async (name: string) => ended(await world.enqueue(name, { maxAttempts: 1, timeoutMs: 15_000 }));
const errorOf = (row: Record<string, unknown>) =>
  row.error as { name: string; message: string; stack?: string };
type Log = { lines: { at: string; level: string; message: string }[]; cut: boolean };
const logsOf = async (id: string) => (await world.attempts(id)).map((attempt) => attempt.logs as Log | null);

for (const [name, stored] of [
  ["returns-undefined", null],
  ["returns-function", null],
  ["returns-symbol", null],
  ["returns-date", "1970-01-01T00:00:00.000Z"],
  ["returns-nan", [null, null, null, null]],
] as const) {
  test(`${name}: what JSON cannot say reads null, and the job has succeeded`, async () => {
    const row = await once(name);
    assert.equal(row.state, "succeeded");
    assert.deepEqual(row.result, stored);
  });
}

for (const [name, said] of [
  ["returns-bigint", /BigInt/],
  ["returns-circular", /circular/i],
  ["returns-thrower", /not today/],
  ["returns-getter", /no getter/],
  ["returns-deep", /stack|deep/i],
] as const) {
  test(`${name}: a result that is no JSON fails the attempt, saying why`, async () => {
    const row = await once(name);
    assert.equal(row.state, "dead");
    assert.match(errorOf(row).message, said);
    assert.equal(row.result, null);
  });
}

test("a result of 10 MB is stored as its beginning, with its size", async () => {
  const row = await once("returns-10mb");
  assert.equal(row.state, "succeeded");
  const { $truncated, bytes, preview } = row.result as Record<string, unknown>;
  assert.deepEqual([$truncated, bytes], [true, 10 * 1_048_576 + 11]);
  assert.equal((preview as string).length, 4_096);
});

for (const [name, expected] of [
  ["throws-null", "null"],
  ["throws-undefined", "undefined"],
  ["throws-string", "plain text"],
  ["throws-number", "42"],
  ["throws-object", /E_ODD/],
  ["throws-frozen", "frozen solid"],
  ["throws-proxy", /.+/],
  ["throws-getter", /.+/],
  ["throws-huge", /^h{4096}$/],
  ["throws-cyclic", "round"],
  ["throws-symbol", "Symbol(sym)"],
  ["throws-nul", "a\ufffdb\ufffd"],
  ["throws-nameless", "(no message)"],
] as const) {
  test(`${name}: whatever is thrown makes an error that can be stored and read`, async () => {
    const row = await once(name);
    assert.equal(row.state, "dead");
    const { name: kind, message } = errorOf(row);
    assert.ok(kind.length > 0 && kind.length <= 256);
    if (typeof expected === "string") assert.equal(message, expected);
    else assert.match(message, expected);
    assert.ok(JSON.stringify(row.error).length < 40_000);
    assert.match(row.error_fingerprint as string, /^[0-9a-f]{16}$/);
  });
}

test("a handler that never lets go of its thread is ended at its time", async () => {
  const row = await ended(await world.enqueue("spins", { maxAttempts: 1, timeoutMs: 300 }));
  assert.equal(row.state, "dead");
  assert.equal(errorOf(row).name, "TimeoutError");
});

test("what an attempt prints is kept with that attempt and no other", async () => {
  const id = await world.enqueue("prints", { maxAttempts: 2 });
  await ended(id);
  const logs = await logsOf(id);
  const told = logs.map((log) => log?.lines.map(({ level, message }) => [level, message]));
  assert.deepEqual(told, [
    [
      ["info", "began { attempt: 1 }"],
      ["error", "password=hunter2"],
    ],
    [
      ["info", "began { attempt: 2 }"],
      ["error", "password=hunter2"],
    ],
  ]);
  assert.ok(logs.every((log) => log?.lines.every(({ at }) => !Number.isNaN(Date.parse(at)))));
});

test("what an attempt printed before it ran out of time or ended its process is kept", async () => {
  const hung = await world.enqueue("prints-and-hangs", { maxAttempts: 1, timeoutMs: 400 });
  const exited = await world.enqueue("prints-and-exits", { maxAttempts: 1 });
  await Promise.all([ended(hung), ended(exited)]);
  assert.equal((await logsOf(hung))[0]?.lines[0]?.message, "waiting");
  assert.equal((await logsOf(exited))[0]?.lines[0]?.message, "last words");
});

test("of an attempt that prints a lot the beginning and the end are kept, and it says so", async () => {
  const id = await world.enqueue("prints-a-lot", { maxAttempts: 1 });
  await ended(id);
  const [log] = await logsOf(id);
  assert.equal(log?.cut, true);
  assert.equal(log?.lines[0]?.message, "line 0");
  assert.equal(log?.lines.at(-1)?.message, "line 899");
  assert.equal(log?.lines.length, 200);
});

test("a job that is put off waits for its time, then runs", async () => {
  const before = Date.now();
  const row = await ended(
    await world.enqueue("starts", { input: { options: { delaySeconds: 1.5, maxAttempts: 7 } } }),
  );
  const started = await world.job(row.result as string);
  assert.equal(started?.state, "queued");
  assert.equal(started?.max_attempts, 7);
  assert.equal(Number(started?.run_at) - Number(started?.created_at), 1_500);
  await world.reaches(row.result as string, "succeeded");
  assert.ok(Date.now() - before >= 1_500);
});

test("a delay that is none is refused in the handler's own words, and nothing is enqueued", async () => {
  const count = async () => (await world.superuser.query("SELECT count(*)::int AS n FROM jobs")).rows[0].n;
  const before = await count();
  const row = await ended(
    await world.enqueue("starts", { maxAttempts: 1, input: { options: { delaySeconds: -1 } } }),
  );
  assert.match(errorOf(row).message, /delaySeconds must be a number from 0 to 2592000/);
  assert.equal(await count(), before + 1);
});

test("a last attempt whose result PostgreSQL refuses makes the job dead, and an earlier one is tried again", async () => {
  await world.superuser.query(`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'cannot be stored' USING ERRCODE = '22P05'; END $$;
    CREATE TRIGGER refuse BEFORE UPDATE ON jobs FOR EACH ROW
      WHEN (NEW.state = 'succeeded' AND NEW.function = 'returns-date') EXECUTE FUNCTION refuse()`);
  try {
    const last = await once("returns-date");
    assert.equal(last.state, "dead");
    assert.equal(last.attempts, 1);
    assert.equal(errorOf(last).name, "NotStorable");
    const retried = await world.reaches(await world.enqueue("returns-date", { maxAttempts: 2 }), "retrying");
    assert.equal(retried.attempts, 1);
  } finally {
    await world.superuser.query("DROP FUNCTION refuse CASCADE");
  }
});

test("an ending that is refused takes none of its batch along", async () => {
  await world.superuser.query(`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'cannot be stored' USING ERRCODE = '22P05'; END $$;
    CREATE TRIGGER refuse BEFORE UPDATE ON jobs FOR EACH ROW
      WHEN (NEW.state = 'succeeded' AND NEW.function = 'returns-date') EXECUTE FUNCTION refuse()`);
  try {
    const names = ["echo", "returns-date", "echo", "echo"];
    const rows = await Promise.all(names.map((name) => world.enqueue(name, { maxAttempts: 1 }).then(ended)));
    assert.deepEqual(
      rows.map((row) => row.state),
      ["succeeded", "dead", "succeeded", "succeeded"],
    );
  } finally {
    await world.superuser.query("DROP FUNCTION refuse CASCADE");
  }
});
