import { hash } from "node:crypto";
import type { TenantRow } from "#data-plane/sql/gateway.ts";
import { blockOf, KEY_BYTES, type KeyBlock, type KeyRow } from "#data-plane/sql/keys.ts";
import { type CompiledRevision, compileRevision } from "#lib/contract/compile.ts";
import type { DecisionTenant } from "#lib/contract/decision.ts";
import { compileInTurns, hashInTurns } from "./compile-in-turns.ts";
import { createKeyStore, type StoredKey } from "./key-store.ts";
import { createTurns } from "./turns.ts";

export type TenantState = DecisionTenant & {
  /** What it serves; 0 when it serves nothing. */
  number: number;
  since: Date;
  /** A newer revision that could not be served, and why. */
  refused: number | null;
  error: string | null;
  changedXid: bigint;
  /** The SHA-256 of the revision's text; null when it serves nothing. */
  content: string | null;
  /** It comes from files, and the database has not been heard about it yet. */
  unconfirmed: boolean;
};

const NOTHING_PUBLISHED = compileRevision({ format: 1, routes: [] });

/** Keys applied before requests get a turn. */
const KEYS_AT_ONCE = 1_000;

/** Keys are found by the SHA-256 of the whole key, its bytes as Latin-1 characters. */
export const hashKey = (apiKey: string): string => hash("sha256", apiKey, "binary");

/** Everything that requests are decided with, in memory. It is only ever changed between two requests. */
export type Snapshot = ReturnType<typeof createSnapshot>;

export function createSnapshot() {
  let bySlug = new Map<string, TenantState>();
  let byId = new Map<string, TenantState>();
  const keys = createKeyStore();

  function storeTenant(row: TenantRow, known: TenantState | undefined): TenantState {
    const state: TenantState = known ?? {
      id: row.id,
      slug: row.slug,
      // Until its first revision has been compiled, nobody can say which routes it has.
      revision: row.liveRevision === null ? NOTHING_PUBLISHED : null,
      number: 0,
      since: new Date(),
      refused: null,
      error: null,
      changedXid: 0n,
      content: null,
      unconfirmed: false,
    };
    if (bySlug.get(state.slug) === state && state.slug !== row.slug) bySlug.delete(state.slug);
    const changed = { slug: row.slug, changedXid: BigInt(row.changedXid) };
    Object.assign(state, changed);
    byId.set(row.id, state);
    bySlug.set(row.slug, state);
    return state;
  }

  return {
    tenant: (slug: string) => bySlug.get(slug),
    key: keys.get,
    keyCount: keys.count,
    keyBlocks: keys.blocks,
    tenants: () => [...byId.values()],
    tenantById: (id: string) => byId.get(id),

    /** Forgets tenants that are not in `tenants`; what the others serve stays as it is. Gives whether any is gone. */
    replaceTenants(tenants: readonly TenantRow[]): boolean {
      const before = byId;
      bySlug = new Map();
      byId = new Map();
      for (const row of tenants) if (!row.deleted) storeTenant(row, before.get(row.id));
      return [...before.keys()].some((id) => !byId.has(id));
    },

    /** Takes keys in parts, with turns for requests in between; gives whether any is new or changed. */
    async applyKeys(block: KeyBlock): Promise<boolean> {
      const turns = createTurns();
      const end = block.bytes.length / KEY_BYTES;
      let changed = 0;
      for (let start = 0; start < end; start += KEYS_AT_ONCE) {
        changed += keys.apply(block, start, Math.min(start + KEYS_AT_ONCE, end));
        if (turns.due()) await turns.give();
      }
      return changed > 0;
    },
    /** From here to `endAllKeys`, every key there is will be applied. */
    beginAllKeys: keys.beginAll,
    /** Forgets the keys that were not; gives whether there were any. */
    async endAllKeys(): Promise<boolean> {
      const turns = createTurns();
      const sweep = keys.endAll();
      for (;;) {
        const { done, value } = sweep.next();
        if (done) return value > 0;
        if (turns.due()) await turns.give();
      }
    },

    applyTenant(row: TenantRow): void {
      const known = byId.get(row.id);
      if (known && known.changedXid > BigInt(row.changedXid)) return;
      if (!row.deleted) {
        storeTenant(row, known);
      } else if (known) {
        byId.delete(row.id);
        bySlug.delete(known.slug);
      }
    },

    /** Takes a key that was looked up; gives what is known of it now, which may be newer. */
    applyKey(row: KeyRow): StoredKey {
      keys.apply(blockOf([row]));
      return keys.get(Buffer.from(row.hash, "base64").toString("latin1")) as StoredKey;
    },

    /** Whether a tenant's live revision is neither served nor refused yet. */
    lacks(row: TenantRow): boolean {
      const state = byId.get(row.id);
      if (!state) return false;
      if (state.unconfirmed) return true;
      if (state.number === (row.liveRevision ?? 0)) return false;
      return row.liveRevision === null || state.refused !== row.liveRevision;
    },

    /** Serves a revision from now on, or refuses it and goes on as before. Gives the tenant's new state. */
    async applyRevision(
      tenantId: string,
      number: number | null,
      content: string | null,
    ): Promise<TenantState | null> {
      const state = byId.get(tenantId);
      if (!state) return null;
      try {
        let revision: CompiledRevision = NOTHING_PUBLISHED;
        let contentHash: string | null = null;
        if (number !== null) {
          if (content === null) throw new Error(`Revision ${number} does not exist.`);
          contentHash = await hashInTurns(content);
          const known = state.content === contentHash ? state.revision : null;
          revision = known ?? (await compileInTurns(content));
        }
        Object.assign(state, {
          revision,
          content: contentHash,
          unconfirmed: false,
          number: number ?? 0,
          since: new Date(),
          refused: null,
          error: null,
        });
      } catch (error) {
        state.unconfirmed = false;
        state.refused = number;
        state.error = error instanceof Error ? error.message : String(error);
      }
      return state;
    },
  };
}
