import type { IssuerRow } from "#data-plane/sql/gateway.ts";
import type { Issuer } from "#lib/contract/issuer.ts";
import type { SealedSecret } from "#lib/secrets/sealed-secret.ts";

/** An issuer as the database has it. A change makes a new object, so whoever holds the old one can tell. */
export type StoredIssuer = Issuer & {
  jwksUrl: string | null;
  sealed: SealedSecret | null;
  enabled: boolean;
  changedXid: bigint;
};

function toIssuer(row: IssuerRow): StoredIssuer {
  const { secret, secretKeyId } = row;
  return {
    id: row.id,
    tenantId: row.tenantId,
    iss: row.iss,
    audiences: row.audiences,
    kind: row.kind,
    algorithms: row.algorithms,
    clockSkewSeconds: row.clockSkewSeconds,
    jwksUrl: row.jwksUrl,
    sealed: secret && secretKeyId ? { keyId: secretKeyId, sealed: Buffer.from(secret, "base64") } : null,
    enabled: row.enabled,
    changedXid: BigInt(row.changedXid),
  };
}

function toRow(issuer: StoredIssuer): IssuerRow {
  const { sealed, changedXid, audiences, algorithms, ...rest } = issuer;
  return {
    ...rest,
    audiences: [...audiences],
    algorithms: [...algorithms],
    secret: sealed ? Buffer.from(sealed.sealed).toString("base64") : null,
    secretKeyId: sealed?.keyId ?? null,
    deleted: false,
    changedXid: String(changedXid),
  };
}

const NONE: readonly StoredIssuer[] = [];

/** The issuers of every tenant, in memory. `onGone` hears of those that were deleted. */
export function createIssuers(onGone: (issuerId: string) => void) {
  let byId = new Map<string, StoredIssuer>();
  let enabledOf = new Map<string, StoredIssuer[]>();

  /** Puts an issuer in its earlier form's place among the tenant's enabled ones, or takes it out. */
  function list({ id, tenantId }: { id: string; tenantId: string }): void {
    const enabled = (enabledOf.get(tenantId) ?? []).filter((each) => each.id !== id);
    const issuer = byId.get(id);
    if (issuer?.enabled) enabled.push(issuer);
    if (enabled.length > 0) enabledOf.set(tenantId, enabled);
    else enabledOf.delete(tenantId);
  }

  return {
    /** Those that may answer for a tenant's tokens now. */
    of: (tenantId: string): readonly StoredIssuer[] => enabledOf.get(tenantId) ?? NONE,
    /** Everybody as the database has them, secrets sealed. */
    rows: (): IssuerRow[] => [...byId.values()].map(toRow),
    /** Whether `issuer` is still as it was when it was handed out, and may answer. */
    isCurrent: (issuer: StoredIssuer): boolean => issuer.enabled && byId.get(issuer.id) === issuer,

    /**
     * Forgets every issuer that is not in `rows`, and says whether there was any. Those that did not change stay the
     * same objects.
     */
    replaceAll(rows: readonly IssuerRow[]): boolean {
      const before = byId;
      byId = new Map();
      enabledOf = new Map();
      for (const row of rows) {
        if (row.deleted) continue;
        const known = before.get(row.id);
        const issuer = known?.changedXid === BigInt(row.changedXid) ? known : toIssuer(row);
        byId.set(row.id, issuer);
        if (!issuer.enabled) continue;
        const siblings = enabledOf.get(row.tenantId);
        if (siblings) siblings.push(issuer);
        else enabledOf.set(row.tenantId, [issuer]);
      }
      let gone = false;
      for (const id of before.keys()) {
        if (byId.has(id)) continue;
        gone = true;
        onGone(id);
      }
      return gone;
    },

    /** Takes a row unless it, or a newer one, is known: changes can be read twice. */
    apply(row: IssuerRow): void {
      const known = byId.get(row.id);
      if (known && known.changedXid >= BigInt(row.changedXid)) return;
      if (row.deleted) {
        byId.delete(row.id);
        onGone(row.id);
      } else byId.set(row.id, toIssuer(row));
      list(row);
    },
  };
}
export type Issuers = ReturnType<typeof createIssuers>;
