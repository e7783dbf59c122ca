import assert from "node:assert/strict";
import test from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { createCacheStore, type Stored, sizeOf } from "./cache-store.ts";

const answer = (bytes: number, fill = 0): Stored => ({
  kind: "answer",
  answer: {
    status: 200,
    headers: [["A", "b"]],
    body: Buffer.allocUnsafeSlow(bytes).fill(fill),
    length: bytes,
    age: 0,
    keptAt: 0,
  },
});

test("what was not asked for the longest goes first, and what has ended is gone", () => {
  let now = 0;
  const store = createCacheStore(20_000, () => now);
  for (const [tenant, key] of [
    ["t", "a"],
    ["t", "b"],
    ["u", "c"],
    ["u", "d"],
  ] as const)
    store.set(tenant, key, answer(3_000), 1_000);
  assert.ok(store.get("a"));
  store.set("v", "e", answer(3_000), 1_000);
  assert.deepEqual(
    ["a", "b", "c", "d", "e"].map((key) => store.get(key) !== null),
    [true, false, true, true, true],
  );
  now = 1_000;
  assert.equal(store.get("a"), null);
});

test("no tenant takes more than half of the memory, whatever it sends", () => {
  const store = createCacheStore(100_000, () => 0);
  store.set("small", "s", answer(100), 1_000);
  for (let i = 0; i < 500; i++) store.set("greedy", `${i}`, answer(5_000), 1_000);
  assert.ok(store.get("s"));
  assert.ok(store.stats().bytes <= 50_000 + 2_000);
});

test("the sum of what is kept and what is on its way never passes the bound", () => {
  const max = 50_000;
  const step = fc.oneof(
    fc.record({ do: fc.constant("set" as const), tenant: fc.nat(3), key: fc.nat(20), bytes: fc.nat(60_000) }),
    fc.record({ do: fc.constant("get" as const), tenant: fc.nat(3), key: fc.nat(20), bytes: fc.constant(0) }),
    fc.record({
      do: fc.constant("reserve" as const),
      tenant: fc.nat(3),
      key: fc.nat(20),
      bytes: fc.nat(60_000),
    }),
    fc.record({ do: fc.constant("wait" as const), tenant: fc.nat(3), key: fc.nat(20), bytes: fc.nat(500) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      let now = 0;
      const store = createCacheStore(max, () => now);
      const reserved: number[] = [];
      for (const { do: what, tenant, key, bytes } of steps) {
        if (what === "set") store.set(`t${tenant}`, `t${tenant} ${key}`, answer(bytes), 1_000);
        else if (what === "get") store.get(`t${tenant} ${key}`);
        else if (what === "wait") now += bytes;
        else if (store.reserve(bytes)) reserved.push(bytes);
        else if (reserved.length > 0) store.release(reserved.pop() as number);
        const { bytes: kept, recording } = store.stats();
        assert.ok(kept + recording <= max, `${kept} + ${recording}`);
        assert.equal(
          recording,
          reserved.reduce((sum, each) => sum + each, 0),
        );
      }
      let sum = 0;
      for (let tenant = 0; tenant <= 3; tenant++)
        for (let key = 0; key <= 20; key++) {
          const value = store.get(`t${tenant} ${key}`);
          if (value) sum += sizeOf(value);
        }
      now += 1_001;
      assert.equal(store.stats().bytes, sum);
      for (let tenant = 0; tenant <= 3; tenant++)
        for (let key = 0; key <= 20; key++) store.get(`t${tenant} ${key}`);
      assert.deepEqual([store.stats().bytes, store.stats().entries, store.stats().tenants], [0, 0, 0]);
    }),
  );
});

/** More than what is garbage is never collected; that all of it is, may take V8's own threads another turn. */
const COLLECTIONS = 20;

test("the memory that the process really takes is what is counted", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const used = async () => {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < COLLECTIONS; i++) {
      collect();
      await new Promise((resolve) => setImmediate(resolve));
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      least = Math.min(least, heapUsed + arrayBuffers);
    }
    return least;
  };
  const max = 8 * 1_048_576;
  const before = await used();
  const store = createCacheStore(max, () => 0);
  for (let i = 0; i < 40_000; i++)
    store.set(`t${i % 7}`, `key-of-some-length-${i}`, answer(i % 10 === 0 ? 3_000 : 50), 1_000);
  assert.ok(store.stats().bytes > max * 0.9);
  const taken = (await used()) - before;
  assert.ok(taken < max * 1.1, `${taken} bytes`);
  store.get("keeps it alive");
});
