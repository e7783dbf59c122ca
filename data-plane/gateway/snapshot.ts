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
};
export type StoredKey = KeyFacts & { changedXid: bigint; tally: Tally | null };

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
    };
  }

  return {
    tenant: (slug: string) => bySlug.get(slug),
    key: (keyHash: string) => keys.get(keyHash),
    keyCount: () => keys.size,
    tenants: () => [...byId.values()],

    /** Replaces all keys and forgets tenants that are not in `rows`; what they serve stays as it is. */
    replaceAll(tenants: readonly TenantRow[], rows: readonly KeyRow[]): void {
      const before = byId;
      const keysBefore = keys;
      bySlug = new Map();
      byId = new Map();
      for (const row of tenants) if (!row.deleted) storeTenant(row, before.get(row.id));
      keys = new Map();
      for (const row of rows) keys.set(row.hash, toKey(row, keysBefore.get(row.hash)?.tally ?? null));
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

    /** Takes a key unless a newer version of it is known: a look-up may come back after the change it missed. */
    applyKey(row: KeyRow): StoredKey {
      const known = keys.get(row.hash);
      if (known && known.changedXid >= BigInt(row.changedXid)) return known;
      const key = toKey(row, known?.tally ?? null);
      keys.set(row.hash, key);
      return key;
    },

    /** Whether a tenant's live revision is neither served nor refused yet. */
    lacks(row: TenantRow): boolean {
      const state = byId.get(row.id);
      if (!state || state.number === (row.liveRevision ?? 0)) return false;
      return row.liveRevision === null || state.refused !== row.liveRevision;
    },

    /** Serves a revision from now on, or refuses it and goes on as before. Gives the tenant's new state. */
    applyRevision(tenantId: string, number: number | null, content: string | null): TenantState | null {
      const state = byId.get(tenantId);
      if (!state) return null;
      try {
        let revision: CompiledRevision = NOTHING_PUBLISHED;
        if (number !== null) {
          if (content === null) throw new Error(`Revision ${number} does not exist.`);
          revision = compileRevision(content);
        }
        Object.assign(state, {
          revision,
          number: number ?? 0,
          since: new Date(),
          refused: null,
          error: null,
        });
      } catch (error) {
        state.refused = number;
        state.error = error instanceof Error ? error.message : String(error);
      }
      return state;
    },
  };
}
