import { KEY_AT, KEY_BYTES, type KeyBlock } from "#data-plane/sql/keys.ts";
import { compileAuthorizedRequests } from "#lib/contract/authorized-requests.ts";
import type { KeyFacts } from "#lib/contract/decision.ts";
import type { Tally } from "./tallies.ts";

/** A key as requests meet it. There is an object only for keys that are in use. */
export type StoredKey = KeyFacts & { tally: Tally | null };

const PAGE_BITS = 14;
const PAGE = 1 << PAGE_BITS;
const IN_PAGE = PAGE - 1;
const HASH_WORDS = 8;
const ID_BYTES = 16;
const SHARDS = 1_024;
/** In numbers: two to an entry. */
const FIRST_SHARD_SIZE = 8;
const EMPTY = 0;
/** Objects of keys in use: this many of the latest stay, and as many of those before. */
const MAX_HOT = 32_768;
const NONE: readonly string[] = [];

/** The fields of PAGE keys, each in an array of its own, so that a key costs bytes and no object. */
type Page = {
  hashes: Uint32Array;
  ids: Buffer;
  tenants: Uint32Array;
  expiresAt: Float64Array;
  revokedAt: Float64Array;
  changedXid: Float64Array;
  /** A place in `rights`; 0 for none. */
  rights: Uint32Array;
  /** The round of `beginAll` that the key was last heard of in; 0 when there is no key here. */
  round: Uint8Array;
};
const newPage = (): Page => ({
  hashes: new Uint32Array(PAGE * HASH_WORDS),
  ids: Buffer.alloc(PAGE * ID_BYTES),
  tenants: new Uint32Array(PAGE),
  expiresAt: new Float64Array(PAGE),
  revokedAt: new Float64Array(PAGE),
  changedXid: new Float64Array(PAGE),
  rights: new Uint32Array(PAGE),
  round: new Uint8Array(PAGE),
});

function uuidText(bytes: Buffer, from: number): string {
  const hex = bytes.toString("hex", from, from + ID_BYTES);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
const orNull = (time: number): number | null => (Number.isNaN(time) ? null : time);

/** Lists of requests as text, each kept once however many keys have it. */
function createRightsTable() {
  const texts: (string | null)[] = [null];
  const uses: number[] = [0];
  const places = new Map<string, number>();
  const free: number[] = [];
  return {
    at: (place: number): string | null => texts[place] ?? null,
    take(text: string | null): number {
      if (text === null) return 0;
      let place = places.get(text);
      if (place === undefined) {
        place = free.pop() ?? texts.length;
        texts[place] = text;
        uses[place] = 0;
        places.set(text, place);
      }
      uses[place] = (uses[place] as number) + 1;
      return place;
    },
    release(place: number): void {
      if (place === 0) return;
      uses[place] = (uses[place] as number) - 1;
      if (uses[place] !== 0) return;
      places.delete(texts[place] as string);
      texts[place] = null;
      free.push(place);
    },
  };
}

/**
 * Every key of the installation, found by its SHA-256. A million of them take about 100 MB and are no work for the
 * garbage collector. It grows in small steps: no request waits for a table to be built anew.
 */
export function createKeyStore() {
  const pages: Page[] = [];
  /** Open addressing by shards: pairs of the slot's number plus one (0 is empty) and the hash's second word. */
  const shards = Array.from({ length: SHARDS }, () => new Uint32Array(FIRST_SHARD_SIZE));
  const shardCounts = new Uint32Array(SHARDS);
  const rights = createRightsTable();
  const tenantIds: string[] = [];
  const tenantPlaces = new Map<string, number>();
  const successors = new Map<number, readonly string[]>();
  const free: number[] = [];
  const words = new Uint32Array(HASH_WORDS);
  const wordBytes = Buffer.from(words.buffer);
  let slots = 0;
  let count = 0;
  let round = 1;
  let hot = new Map<number, StoredKey>();
  let before = new Map<number, StoredKey>();

  const pageOf = (slot: number) => pages[slot >>> PAGE_BITS] as Page;

  /** The SHA-256 as eight words; `hash` is its 32 bytes as Latin-1 characters. */
  function readText(hash: string): void {
    for (let at = 0; at < wordBytes.length; at++) wordBytes[at] = hash.charCodeAt(at);
  }
  function readBytes(bytes: Buffer, from: number): void {
    bytes.copy(wordBytes, 0, from, from + HASH_WORDS * 4);
  }

  function isAt(slot: number): boolean {
    const { hashes } = pageOf(slot);
    const from = (slot & IN_PAGE) * HASH_WORDS;
    for (let word = 0; word < HASH_WORDS; word++) if (hashes[from + word] !== words[word]) return false;
    return true;
  }

  /** The slot of the key whose SHA-256 is in `words`; -1 when there is none. */
  function find(): number {
    const shard = shards[(words[0] as number) & (SHARDS - 1)] as Uint32Array;
    const mask = shard.length - 2;
    const second = words[1] as number;
    for (let at = (second << 1) & mask; ; at = (at + 2) & mask) {
      const entry = shard[at] as number;
      if (entry === EMPTY) return -1;
      if (shard[at + 1] === second && isAt(entry - 1)) return entry - 1;
    }
  }

  function place(shard: Uint32Array, entry: number, second: number): void {
    const mask = shard.length - 2;
    let at = (second << 1) & mask;
    while (shard[at] !== EMPTY) at = (at + 2) & mask;
    shard[at] = entry;
    shard[at + 1] = second;
  }
  /** The same entries without `except`, in a table of `size` numbers. */
  function rebuild(number: number, size: number, except: number): void {
    const old = shards[number] as Uint32Array;
    const next = new Uint32Array(size);
    for (let at = 0; at < old.length; at += 2) {
      const entry = old[at] as number;
      if (entry !== EMPTY && entry - 1 !== except) place(next, entry, old[at + 1] as number);
    }
    shards[number] = next;
  }

  function newSlot(): number {
    const slot = free.pop() ?? slots++;
    if (slot >>> PAGE_BITS === pages.length) pages.push(newPage());
    const number = (words[0] as number) & (SHARDS - 1);
    const { length } = shards[number] as Uint32Array;
    if (((shardCounts[number] as number) + 1) * 8 > length * 3) rebuild(number, length * 2, -1);
    place(shards[number] as Uint32Array, slot + 1, words[1] as number);
    shardCounts[number] = (shardCounts[number] as number) + 1;
    pageOf(slot).hashes.set(words, (slot & IN_PAGE) * HASH_WORDS);
    count++;
    return slot;
  }

  function tenantPlace(bytes: Buffer, from: number): number {
    const key = bytes.toString("latin1", from, from + ID_BYTES);
    let found = tenantPlaces.get(key);
    if (found === undefined) {
      found = tenantIds.push(uuidText(bytes, from)) - 1;
      tenantPlaces.set(key, found);
    }
    return found;
  }

  /** Drops the object of a key that has changed; what it counted goes on with the next one. */
  function renew(slot: number): void {
    const known = hot.get(slot) ?? before.get(slot);
    if (!known) return;
    before.delete(slot);
    hot.set(slot, make(slot, known.tally));
  }

  function make(slot: number, tally: Tally | null): StoredKey {
    const page = pageOf(slot);
    const at = slot & IN_PAGE;
    const text = rights.at(page.rights[at] as number);
    let authorizedRequests: KeyFacts["authorizedRequests"] = null;
    if (text !== null) {
      try {
        authorizedRequests = compileAuthorizedRequests(JSON.parse(text));
      } catch {
        authorizedRequests = []; // rights that cannot be read are no rights
      }
    }
    return {
      id: uuidText(page.ids, at * ID_BYTES),
      tenantId: tenantIds[page.tenants[at] as number] as string,
      expiresAt: orNull(page.expiresAt[at] as number),
      revokedAt: orNull(page.revokedAt[at] as number),
      authorizedRequests,
      succeeds: successors.get(slot) ?? NONE,
      tally,
    };
  }

  function take(slot: number): StoredKey {
    let key = hot.get(slot);
    if (key) return key;
    key = before.get(slot) ?? make(slot, null);
    if (hot.size >= MAX_HOT) {
      before = hot;
      hot = new Map();
    }
    hot.set(slot, key);
    return key;
  }

  function remove(slot: number): void {
    const page = pageOf(slot);
    const at = slot & IN_PAGE;
    const number = (page.hashes[at * HASH_WORDS] as number) & (SHARDS - 1);
    rebuild(number, (shards[number] as Uint32Array).length, slot);
    shardCounts[number] = (shardCounts[number] as number) - 1;
    page.round[at] = 0;
    rights.release(page.rights[at] as number);
    page.rights[at] = 0;
    successors.delete(slot);
    hot.delete(slot);
    before.delete(slot);
    free.push(slot);
    count--;
  }

  /**
   * Takes a key unless a newer version of it is known: a look-up may come back after the change it missed. Reading
   * everything, what was known before that began is replaced whatever its version.
   */
  function put(block: KeyBlock, index: number, more: KeyBlock["more"][number] | undefined): boolean {
    const { bytes } = block;
    const from = index * KEY_BYTES;
    readBytes(bytes, from + KEY_AT.hash);
    const known = find();
    const changedXid =
      bytes.readUInt32BE(from + KEY_AT.changedXid) * 2 ** 32 +
      bytes.readUInt32BE(from + KEY_AT.changedXid + 4);
    const slot = known === -1 ? newSlot() : known;
    const page = pageOf(slot);
    const at = slot & IN_PAGE;
    const had = page.changedXid[at] as number;
    if (known !== -1 && page.round[at] === round && had >= changedXid) return false;
    const text = more?.rights ?? null;
    bytes.copy(page.ids, at * ID_BYTES, from, from + ID_BYTES);
    page.tenants[at] = tenantPlace(bytes, from + KEY_AT.tenant);
    page.expiresAt[at] = bytes.readDoubleBE(from + KEY_AT.expiresAt);
    page.revokedAt[at] = bytes.readDoubleBE(from + KEY_AT.revokedAt);
    page.changedXid[at] = changedXid;
    if (text !== rights.at(page.rights[at] as number)) {
      rights.release(page.rights[at] as number);
      page.rights[at] = rights.take(text);
    }
    page.round[at] = round;
    if (more?.succeeds) successors.set(slot, more.succeeds);
    else successors.delete(slot);
    renew(slot);
    return known === -1 || had !== changedXid;
  }

  return {
    /** The key whose SHA-256 is `hash`, 32 bytes as Latin-1 characters. */
    get(hash: string): StoredKey | undefined {
      readText(hash);
      const slot = find();
      return slot === -1 ? undefined : take(slot);
    },
    count: () => count,

    /** Takes the keys of a block from `start` up to `end`; gives how many of them are new or changed. */
    apply(block: KeyBlock, start = 0, end = block.bytes.length / KEY_BYTES): number {
      const { more } = block;
      let next = more.findIndex(({ at }) => at >= start);
      let changed = 0;
      for (let index = start; index < end; index++) {
        const has = next !== -1 && more[next]?.at === index;
        if (put(block, index, has ? more[next++] : undefined)) changed++;
      }
      return changed;
    },

    /** From here to `endAll`, every key there is will be applied. */
    beginAll(): void {
      round = round === 255 ? 1 : round + 1;
    },
    /** Forgets keys that were not applied since `beginAll`, in parts; gives how many. */
    *endAll(): Generator<void, number> {
      let gone = 0;
      for (const [number, page] of pages.entries()) {
        for (let at = 0; at < PAGE; at++) {
          if (page.round[at] === 0 || page.round[at] === round) continue;
          remove(number * PAGE + at);
          gone++;
        }
        yield;
      }
      return gone;
    },

    /** Everything, in blocks of up to `size` keys. */
    *blocks(size: number): Generator<KeyBlock> {
      for (let start = 0; start < slots; start += size) {
        const bytes = Buffer.alloc(Math.min(size, slots - start) * KEY_BYTES);
        const more: { at: number; rights: string | null; succeeds: readonly string[] | null }[] = [];
        let filled = 0;
        for (let slot = start; slot < Math.min(start + size, slots); slot++) {
          const page = pageOf(slot);
          const at = slot & IN_PAGE;
          if (page.round[at] === 0) continue;
          const to = filled * KEY_BYTES;
          page.ids.copy(bytes, to, at * ID_BYTES, (at + 1) * ID_BYTES);
          const tenant = tenantIds[page.tenants[at] as number] as string;
          bytes.write(tenant.replaceAll("-", ""), to + KEY_AT.tenant, "hex");
          for (let word = 0; word < HASH_WORDS; word++) {
            words[word] = page.hashes[at * HASH_WORDS + word] as number;
          }
          wordBytes.copy(bytes, to + KEY_AT.hash);
          bytes.writeDoubleBE(page.expiresAt[at] as number, to + KEY_AT.expiresAt);
          bytes.writeDoubleBE(page.revokedAt[at] as number, to + KEY_AT.revokedAt);
          bytes.writeBigUInt64BE(BigInt(page.changedXid[at] as number), to + KEY_AT.changedXid);
          const text = rights.at(page.rights[at] as number);
          const succeeds = successors.get(slot) ?? null;
          if (text !== null || succeeds) more.push({ at: filled, rights: text, succeeds });
          filled++;
        }
        if (filled > 0) yield { bytes: bytes.subarray(0, filled * KEY_BYTES), more };
      }
    },
  };
}
export type KeyStore = ReturnType<typeof createKeyStore>;
