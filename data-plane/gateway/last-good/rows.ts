import type { IssuerRow, KeyRow } from "#data-plane/sql/gateway.ts";
import type { StoredKey } from "../snapshot.ts";

/** A tenant as it is served. */
export type ServedTenant = {
  id: string;
  slug: string;
  changedXid: string;
  deleted: boolean;
  /** 0 when it serves nothing; `content` is the SHA-256 that the revision's file is named after. */
  number: number;
  content: string | null;
};

/** A key with its tenant as a place in the record's list: id, tenant, hash, rights, succeeds, expiry, end, xid. */
type PackedKey = [string, number, string, unknown, string[] | null, number | null, number | null, string];

/** What one line of a file holds. */
export type Rows = {
  tenants?: ServedTenant[];
  issuers?: IssuerRow[];
  keys?: { of: string[]; list: PackedKey[] };
  /** The last line of a file of rows: without it the file was never finished. */
  end?: true;
};

type KeyParts = Omit<KeyRow, "changedXid"> & { changedXid: string | bigint };

export function packKeys(keys: Iterable<KeyParts>): NonNullable<Rows["keys"]> {
  const places = new Map<string, number>();
  const list: PackedKey[] = [];
  for (const key of keys) {
    let place = places.get(key.tenantId);
    if (place === undefined) {
      place = places.size;
      places.set(key.tenantId, place);
    }
    const { id, hash, authorizedRequests, succeeds, expiresAt, revokedAt, changedXid } = key;
    list.push([id, place, hash, authorizedRequests, succeeds, expiresAt, revokedAt, String(changedXid)]);
  }
  return { of: [...places.keys()], list };
}

export function unpackKeys({ of, list }: NonNullable<Rows["keys"]>): KeyRow[] {
  return list.map(([id, place, hash, authorizedRequests, succeeds, expiresAt, revokedAt, changedXid]) => ({
    id,
    tenantId: of[place] as string,
    hash,
    authorizedRequests,
    succeeds,
    expiresAt,
    revokedAt,
    changedXid,
  }));
}

/** A key as the database had it, from what memory keeps of it. */
export function keyParts(hash: string, key: StoredKey): KeyParts {
  const { id, tenantId, expiresAt, revokedAt, rights, succeeds, changedXid } = key;
  return {
    id,
    tenantId,
    hash,
    authorizedRequests: rights,
    succeeds: succeeds.length > 0 ? [...succeeds] : null,
    expiresAt,
    revokedAt,
    changedXid,
  };
}
