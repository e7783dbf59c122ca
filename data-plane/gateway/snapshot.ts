import { hash } from "node:crypto";
import type { KeyRow, TenantRow } from "#data-plane/sql/gateway.ts";
import { compileAuthorizedRequests } from "#lib/contract/authorized-requests.ts";
import { type CompiledRevision, compileRevision } from "#lib/contract/compile.ts";
import type { DecisionTenant, KeyFacts } from "#lib/contract/decision.ts";
import type { Tally } from "./tallies.ts";

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
export type StoredKey = KeyFacts & {
  changedXid: bigint;
  tally: Tally | null;
  /** `authorizedRequests` as the database has them. */
  rights: unknown;
};

const NONE: readonly string[] = [];
const NOTHING_PUBLISHED = compileRevision({ format: 1, routes: [] });

/** Keys are found by the SHA-256 of the whole key, as base64. */
export const hashKey = (apiKey: string): string => hash("sha256", apiKey, "base64");

/** Everything that requests are decided with, in memory. It is only ever changed between two requests. */
export type Snapshot = ReturnType<typeof createSnapshot>;

export function createSnapshot() {
  let bySlug = new Map<string, TenantState>();
  let byId = new Map<string, TenantState>();
  let keys = new Map<string, StoredKey>();

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

  function toKey(row: KeyRow, tally: Tally | null): StoredKey {
    let authorizedRequests: KeyFacts["authorizedRequests"];
    try {
      authorizedRequests = compileAuthorizedRequests(row.authorizedRequests);
    } catch {
      authorizedRequests = []; // rights that cannot be read are no rights
    }
    return {
      id: row.id,
      tenantId: row.tenantId,
      expiresAt: row.expiresAt,
      revokedAt: row.revokedAt,
      authorizedRequests,
      succeeds: row.succeeds ?? NONE,
      changedXid: BigInt(row.changedXid),
      tally,
      rights: row.authorizedRequests ?? null,
    };
  }

  /** Takes a key unless a newer version of it is known: a look-up may come back after the change it missed. */
  function applyKey(row: KeyRow): StoredKey {
    const known = keys.get(row.hash);
    if (known && known.changedXid >= BigInt(row.changedXid)) return known;
    const key = toKey(row, known?.tally ?? null);
    keys.set(row.hash, key);
    return key;
  }

  return {
    tenant: (slug: string) => bySlug.get(slug),
    key: (keyHash: string) => keys.get(keyHash),
    keyCount: () => keys.size,
    keys: () => keys.entries(),
    tenants: () => [...byId.values()],
    tenantById: (id: string) => byId.get(id),

    /**
     * Replaces all keys and forgets tenants that are not in `rows`; what they serve stays as it is. Gives the keys
     * that are new or changed, and whether anything is gone.
     */
    replaceAll(tenants: readonly TenantRow[], rows: readonly KeyRow[]): { changed: KeyRow[]; gone: boolean } {
      const before = byId;
      const keysBefore = keys;
      bySlug = new Map();
      byId = new Map();
      for (const row of tenants) if (!row.deleted) storeTenant(row, before.get(row.id));
      keys = new Map();
      const changed: KeyRow[] = [];
      let kept = 0;
      for (const row of rows) {
        const known = keysBefore.get(row.hash);
        if (known) kept++;
        if (known?.changedXid !== BigInt(row.changedXid)) changed.push(row);
        keys.set(row.hash, toKey(row, known?.tally ?? null));
      }
      const left = [...before.keys()].some((id) => !byId.has(id));
      return { changed, gone: left || kept < keysBefore.size };
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

    applyKey,

    /** Whether a tenant's live revision is neither served nor refused yet. */
    lacks(row: TenantRow): boolean {
      const state = byId.get(row.id);
      if (!state) return false;
      if (state.unconfirmed) return true;
      if (state.number === (row.liveRevision ?? 0)) return false;
      return row.liveRevision === null || state.refused !== row.liveRevision;
    },

    /** Serves a revision from now on, or refuses it and goes on as before. Gives the tenant's new state. */
    applyRevision(tenantId: string, number: number | null, content: string | null): TenantState | null {
      const state = byId.get(tenantId);
      if (!state) return null;
      try {
        let revision: CompiledRevision = NOTHING_PUBLISHED;
        let contentHash: string | null = null;
        if (number !== null) {
          if (content === null) throw new Error(`Revision ${number} does not exist.`);
          contentHash = hash("sha256", content);
          const known = state.content === contentHash ? state.revision : null;
          revision = known ?? compileRevision(content);
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
