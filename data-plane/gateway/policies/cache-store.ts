/** An answer as it was kept. Its headers are the target's after the transformation, never the gateway's own. */
export type KeptAnswer = {
  status: number;
  headers: readonly (readonly [name: string, value: string])[];
  body: Buffer;
  /** What Content-Length says; null for the answer to a HEAD that did not say. */
  length: number | null;
  /** Seconds that it was old when it came. */
  age: number;
  /** On the store's own clock. */
  keptAt: number;
};
export type Stored =
  | { kind: "answer"; answer: KeptAnswer }
  /** Which of a request's headers the answers to it depend on. */
  | { kind: "vary"; names: readonly string[] }
  /** The last answer was not kept, so that nobody need wait for the next. */
  | { kind: "passes" };

type Entry = { key: string; tenant: Share; value: Stored; bytes: number; expiresAt: number };
type Share = { id: string; entries: Map<string, Entry>; bytes: number };

/** What an entry takes beside its body and the text of its headers: the maps' places, objects and buffers. */
const ENTRY_BYTES = 1_024;
const HEADER_BYTES = 64;
/** No tenant may crowd out all others. */
const TENANT_SHARE = 0.5;
/** Answers under way may take as much of the memory as this before no more of them are kept. */
const RECORDING_SHARE = 0.5;

export function sizeOf(value: Stored): number {
  if (value.kind !== "answer") return ENTRY_BYTES;
  let bytes = ENTRY_BYTES + value.answer.body.length;
  for (const [name, text] of value.answer.headers) bytes += HEADER_BYTES + name.length + text.length;
  return bytes;
}

/**
 * Memory for answers, bounded in bytes: those that were not asked for the longest go first, a tenant's own before
 * another's once it holds half. `now` is in milliseconds and must not jump when the clock is set.
 */
export function createCacheStore(maxBytes: number, now: () => number) {
  /** In the order of their last use. */
  const entries = new Map<string, Entry>();
  const tenants = new Map<string, Share>();
  let stored = 0;
  let recording = 0;

  function remove(entry: Entry): void {
    entries.delete(entry.key);
    entry.tenant.entries.delete(entry.key);
    entry.tenant.bytes -= entry.bytes;
    stored -= entry.bytes;
    if (entry.tenant.entries.size === 0) tenants.delete(entry.tenant.id);
  }

  function append(entry: Entry): void {
    entries.set(entry.key, entry);
    entry.tenant.entries.set(entry.key, entry);
  }

  function evict(order: Map<string, Entry>, enough: () => boolean): void {
    for (const entry of order.values()) {
      if (enough()) return;
      remove(entry);
    }
  }

  return {
    /** The largest value that is kept. */
    maxEntryBytes: Math.min(1_048_576, Math.floor(maxBytes / 4)),

    get(key: string): Stored | null {
      const entry = entries.get(key);
      if (!entry) return null;
      if (entry.expiresAt <= now()) {
        remove(entry);
        return null;
      }
      entries.delete(key);
      entry.tenant.entries.delete(key);
      append(entry);
      return entry.value;
    },

    set(tenantId: string, key: string, value: Stored, forMs: number): void {
      const before = entries.get(key);
      if (before) remove(before);
      const bytes = sizeOf(value);
      if (bytes > maxBytes * TENANT_SHARE || bytes > maxBytes - recording) return;
      const share = tenants.get(tenantId);
      if (share) evict(share.entries, () => share.bytes + bytes <= maxBytes * TENANT_SHARE);
      evict(entries, () => stored + recording + bytes <= maxBytes);
      let tenant = tenants.get(tenantId); // gone when its last entry had to go
      if (!tenant) {
        tenant = { id: tenantId, entries: new Map(), bytes: 0 };
        tenants.set(tenantId, tenant);
      }
      append({ key, tenant, value, bytes, expiresAt: now() + forMs });
      tenant.bytes += bytes;
      stored += bytes;
    },

    /** Takes memory for an answer that is on its way. False when there is none to be had. */
    reserve(bytes: number): boolean {
      if (recording + bytes > maxBytes * RECORDING_SHARE) return false;
      recording += bytes;
      evict(entries, () => stored + recording <= maxBytes);
      return true;
    },
    release(bytes: number): void {
      recording -= bytes;
    },

    stats: () => ({ entries: entries.size, bytes: stored, recording, tenants: tenants.size }),
  };
}
export type CacheStore = ReturnType<typeof createCacheStore>;
