import assert from "node:assert/strict";
import test from "node:test";
import type { KeySet } from "../contract/key-set.ts";
import { createKeySets, REFRESH_AFTER_MS, UNKNOWN_KEY_INTERVAL_MS } from "./key-sets.ts";

const setOf = (...kids: string[]): KeySet => ({ keys: kids.map((kid) => ({ kty: "RSA", kid })), ignored: 0 });

/** Keys at one address, under a clock and a server that the test moves. */
function stage() {
  const world = { now: 1_000_000, asked: 0, keys: ["a"], away: false };
  const keySets = createKeySets({
    now: () => world.now,
    async fetch() {
      world.asked++;
      if (world.away) throw new Error("away");
      return setOf(...world.keys);
    },
  });
  return { world, keys: keySets.of({ id: "issuer" }, "https://issuer.example/keys"), keySets };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));
const kids = (set: KeySet | null) => set?.keys.map(({ kid }) => kid) ?? null;

test("a thousand first requests share one fetch, and later ones ask nobody", async () => {
  const { world, keys } = stage();
  const found = await Promise.all(Array.from({ length: 1_000 }, () => keys.current()));
  assert.deepEqual(new Set(found.map((set) => kids(set)?.join())), new Set(["a"]));
  await keys.current();
  assert.equal(world.asked, 1);
});

test("a flood of unknown key IDs asks the issuer once a minute, however long it lasts", async () => {
  const { world, keys } = stage();
  const first = await keys.current();
  assert.ok(first);
  for (let second = 0; second < 600; second++) {
    world.now += 1_000;
    await Promise.all(Array.from({ length: 20 }, () => keys.newerThan(first)));
  }
  assert.equal(world.asked, 1 + 600_000 / UNKNOWN_KEY_INTERVAL_MS);
});

test("a new key is found by the first token that is signed with it", async () => {
  const { world, keys } = stage();
  const first = (await keys.current()) as KeySet;
  world.now += UNKNOWN_KEY_INTERVAL_MS;
  world.keys = ["a", "b"];
  assert.deepEqual(kids(await keys.newerThan(first)), ["a", "b"]);
  assert.deepEqual(kids(keys.peek()), ["a", "b"]);
});

test("a key that was withdrawn goes at the next refresh, and an unchanged set stays the same object", async () => {
  const { world, keys } = stage();
  world.keys = ["a", "b"];
  const first = await keys.current();
  world.now += REFRESH_AFTER_MS;
  assert.equal(keys.peek(), first, "nobody waits for a refresh");
  await settled();
  assert.equal(keys.peek(), first);
  world.keys = ["b"];
  world.now += REFRESH_AFTER_MS;
  keys.peek();
  await settled();
  assert.deepEqual(kids(keys.peek()), ["b"]);
  assert.equal(world.asked, 3);
});

test("an issuer that is away is served from what was last fetched, and asked once a minute", async () => {
  const { world, keys } = stage();
  const first = (await keys.current()) as KeySet;
  world.away = true;
  world.now += REFRESH_AFTER_MS;
  for (let second = 0; second < 300; second++) {
    assert.equal(await keys.current(), first);
    await settled();
    world.now += 1_000;
  }
  assert.equal(world.asked, 1 + 5);
  assert.equal(await keys.newerThan(first), null, "whether there is a newer key, nobody can say");
  world.away = false;
  world.now += UNKNOWN_KEY_INTERVAL_MS;
  assert.equal(await keys.newerThan(first), first);
});

test("an issuer that has never answered is asked more and more seldom, and at once when it is back", async () => {
  const { world, keys } = stage();
  world.away = true;
  for (let second = 0; second < 600; second++) {
    assert.equal(await keys.current(), null);
    world.now += 1_000;
  }
  assert.ok(world.asked > 10 && world.asked < 20, String(world.asked));
  world.away = false;
  world.now += UNKNOWN_KEY_INTERVAL_MS;
  assert.deepEqual(kids(await keys.current()), ["a"]);
});

test("two issuers at one address do not use up each other's turns, and a new address starts afresh", async () => {
  const { world, keys, keySets } = stage();
  const other = keySets.of({ id: "other" }, "https://issuer.example/keys");
  await keys.current();
  await other.current();
  assert.equal(world.asked, 2);
  assert.notEqual(keySets.of({ id: "issuer" }, "https://issuer.example/moved"), keys);
});

test("a check says what is wrong and keeps what works", async () => {
  const { world, keys } = stage();
  await keys.current();
  world.away = true;
  assert.deepEqual(await keys.check(), { keySet: null, error: "away" });
  assert.deepEqual(kids(keys.peek()), ["a"]);
});
