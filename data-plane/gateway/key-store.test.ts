import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";
import fc from "fast-check";
import { blockOf, KEY_BYTES, type KeyRow } from "#data-plane/sql/keys.ts";
import { createKeyStore } from "./key-store.ts";

const digest = (name: string) => createHash("sha256").update(name).digest();
const uuid = (name: string) => {
  const hex = digest(name).toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
};
const textOf = (name: string) => digest(name).toString("latin1");
type Version = Pick<KeyRow, "authorizedRequests" | "succeeds" | "expiresAt" | "revokedAt"> & { xid: number };
const row = (name: string, { xid, ...version }: Version): KeyRow => ({
  id: uuid(name),
  tenantId: uuid(`tenant of ${name.length}`),
  hash: digest(name).toString("base64"),
  changedXid: String(xid),
  ...version,
});
const factsOf = ({ id, tenantId, expiresAt, revokedAt, authorizedRequests, succeeds }: KeyRow) => ({
  id,
  tenantId,
  expiresAt,
  revokedAt,
  paths: (authorizedRequests as { path: string }[] | null)?.map(({ path }) => path) ?? null,
  succeeds: succeeds ?? [],
});

const names = fc.integer({ min: 0, max: 400 }).map((number) => `key ${number}`);
const version = fc.record({
  xid: fc.integer({ min: 1, max: 2 ** 40 }),
  expiresAt: fc.option(fc.integer({ min: 0, max: 2 ** 42 })),
  revokedAt: fc.option(fc.integer({ min: 0, max: 2 ** 42 })),
  authorizedRequests: fc.option(
    fc.array(
      fc.constantFrom("/a", "/b/:id", "/c/*").map((path) => ({ method: "GET", path })),
      { maxLength: 2 },
    ),
  ),
  succeeds: fc.option(fc.array(names.map(uuid), { minLength: 1, maxLength: 2 })),
});
const change = fc.tuple(names, version);

test("after any changes, in any order, the newest of each key is found, and nothing else", () => {
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 300 }),
      fc.option(fc.array(change, { maxLength: 300 })),
      (changes, all) => {
        const store = createKeyStore();
        const model = new Map<string, KeyRow>();
        const apply = (list: readonly [string, Version][]) => {
          const rows = list.map(([name, made]) => row(name, made));
          store.apply(blockOf(rows));
          for (const [index, [name]] of list.entries()) {
            const next = rows[index] as KeyRow;
            const known = model.get(name);
            if (!known || BigInt(known.changedXid) < BigInt(next.changedXid)) model.set(name, next);
            store.get(textOf(name)); // an object that is in use must follow
          }
        };
        apply(changes);
        if (all) {
          model.clear();
          store.beginAll();
          apply(all);
          for (const _ of store.endAll());
        }
        assert.equal(store.count(), model.size);
        for (let number = 0; number <= 400; number++) {
          const name = `key ${number}`;
          const found = store.get(textOf(name));
          const expected = model.get(name);
          if (!expected || !found) assert.equal(found, expected);
          else {
            const { authorizedRequests, tally, ...rest } = found;
            const paths = authorizedRequests?.map(({ path }) => path) ?? null;
            assert.deepEqual({ ...rest, paths }, factsOf(expected));
            assert.equal(tally, null);
          }
        }
        const copy = createKeyStore();
        for (const block of store.blocks(7)) copy.apply(block);
        assert.equal(copy.count(), model.size);
        for (const name of model.keys()) assert.deepEqual(copy.get(textOf(name)), store.get(textOf(name)));
      },
    ),
    { numRuns: 60 },
  );
});

const plain: Version = { xid: 1, expiresAt: null, revokedAt: null, authorizedRequests: null, succeeds: null };

test("what a key has counted goes on when it changes", () => {
  const store = createKeyStore();
  store.apply(blockOf([row("a", plain)]));
  const before = store.get(textOf("a"));
  assert.ok(before);
  const tally = { keyId: before.id, bucket: 0, requests: 3, refusals: 0, usedAt: null, routes: new Map() };
  before.tally = tally;
  store.apply(blockOf([row("a", { ...plain, xid: 2, revokedAt: 5 })]));
  assert.equal(store.get(textOf("a"))?.revokedAt, 5);
  assert.equal(store.get(textOf("a"))?.tally, tally);
});

test("rights that cannot be read are no rights", () => {
  const store = createKeyStore();
  store.apply(blockOf([row("a", { ...plain, authorizedRequests: [{ method: "NONE" }] })]));
  assert.deepEqual(store.get(textOf("a"))?.authorizedRequests, []);
});

test("a look-up that comes back late does not undo a change, and a full read undoes anything", () => {
  const store = createKeyStore();
  store.apply(blockOf([row("a", { ...plain, xid: 9, revokedAt: 5 })]));
  store.apply(blockOf([row("a", { ...plain, xid: 8 })]));
  assert.equal(store.get(textOf("a"))?.revokedAt, 5);
  store.beginAll();
  store.apply(blockOf([row("a", { ...plain, xid: 7 })]));
  assert.equal(store.get(textOf("a"))?.revokedAt, null, "the database was put back to an earlier time");
  store.apply(blockOf([row("a", { ...plain, xid: 6, revokedAt: 1 })]));
  assert.equal(store.get(textOf("a"))?.revokedAt, null, "and within one read the newest counts");
});

test("many more keys than are kept as objects are all found", () => {
  const store = createKeyStore();
  const count = 70_000;
  for (let from = 0; from < count; from += 10_000) {
    store.apply(blockOf(Array.from({ length: 10_000 }, (_, index) => row(`n${from + index}`, plain))));
  }
  for (let round = 0; round < 2; round++) {
    for (let index = 0; index < count; index += 1) {
      const key = store.get(textOf(`n${index}`));
      if (key?.tenantId !== uuid(`tenant of ${`n${index}`.length}`)) assert.fail(`n${index}`);
    }
  }
  assert.equal(store.count(), count);
  assert.equal(
    [...store.blocks(1_000)].reduce((sum, { bytes }) => sum + bytes.length, 0),
    count * KEY_BYTES,
  );
});
