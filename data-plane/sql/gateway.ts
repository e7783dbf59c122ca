import { KEY, type KeyRow } from "./keys.ts";
import type { Queryable } from "./queryable.ts";

/** Every statement of the gateway, but for those of jobs. Its role may do this much and no more. */
export type TenantRow = {
  id: string;
  slug: string;
  liveRevision: number | null;
  deleted: boolean;
  changedXid: string;
};
export type IssuerRow = {
  id: string;
  tenantId: string;
  iss: string;
  audiences: string[];
  kind: "jwks" | "secret";
  jwksUrl: string | null;
  /** Sealed; base64. */
  secret: string | null;
  secretKeyId: string | null;
  algorithms: string[];
  clockSkewSeconds: number;
  enabled: boolean;
  deleted: boolean;
  changedXid: string;
};
export type Changes = {
  snapshot: string;
  /** How many tenants were ever purged: when it moves, what was kept of the one that is gone is to be forgotten. */
  purges: string;
  tenants: TenantRow[];
  issuers: IssuerRow[];
  /** Null when they are too many for one answer: read them in blocks, since `since`. */
  keys: KeyRow[] | null;
  /** The transaction from which on changes were read; null for all of them. */
  since: string | null;
};

const TENANT = `SELECT id, slug, live_revision AS "liveRevision", deleted_at IS NOT NULL AS deleted,
  changed_xid::text AS "changedXid" FROM tenants`;
const ISSUER = `SELECT id, tenant_id AS "tenantId", iss, audiences, kind, jwks_url AS "jwksUrl",
  encode(secret, 'base64') AS secret, secret_key_id AS "secretKeyId", algorithms,
  clock_skew_seconds AS "clockSkewSeconds", enabled, deleted_at IS NOT NULL AS deleted,
  changed_xid::text AS "changedXid" FROM issuers`;
/** More keys than this at once (a bulk revocation) would take long to read as one. */
const KEYS_AT_ONCE = 1_000;

/**
 * What changed since a snapshot was read, and the snapshot to go on from. Everything at or above the old
 * snapshot's xmin is read again, so that a transaction which committed late is not lost; rows can therefore come
 * twice. One statement, one snapshot.
 */
export async function readChangesSince(db: Queryable, snapshot: string): Promise<Changes> {
  const { rows } = await db.query<{
    snapshot: string;
    purges: string;
    since: string;
    tenants: TenantRow[] | null;
    keys: KeyRow[] | null;
    issuers: IssuerRow[] | null;
  }>({
    name: "changes-since",
    text: `WITH since AS (SELECT pg_snapshot_xmin($1::pg_snapshot) AS xid)
      SELECT pg_current_snapshot()::text AS snapshot, (SELECT xid::text FROM since) AS since,
        (SELECT count::text FROM purges) AS purges,
        (SELECT json_agg(t) FROM (${TENANT} WHERE changed_xid >= (SELECT xid FROM since)) t) AS tenants,
        (SELECT json_agg(k) FROM (${KEY} WHERE changed_xid >= (SELECT xid FROM since)
          ORDER BY changed_xid LIMIT ${KEYS_AT_ONCE + 1}) k) AS keys,
        (SELECT json_agg(i) FROM (${ISSUER} WHERE changed_xid >= (SELECT xid FROM since)) i) AS issuers`,
    values: [snapshot],
  });
  const { keys, tenants, issuers, ...row } = rows[0] as (typeof rows)[number];
  const few = keys === null || keys.length <= KEYS_AT_ONCE;
  return { ...row, tenants: tenants ?? [], issuers: issuers ?? [], keys: few ? (keys ?? []) : null };
}

/**
 * Every tenant and issuer; the keys are to be read in blocks. The snapshot is taken first: what commits meanwhile is
 * read again later.
 */
export async function readEverything(db: Queryable): Promise<Changes> {
  const taken = await db.query<{ snapshot: string; purges: string }>(
    "SELECT pg_current_snapshot()::text AS snapshot, (SELECT count::text FROM purges) AS purges",
  );
  const { rows: tenants } = await db.query<TenantRow>(TENANT);
  const { rows: issuers } = await db.query<IssuerRow>(`${ISSUER} WHERE deleted_at IS NULL`);
  const { snapshot, purges } = taken.rows[0] as (typeof taken.rows)[number];
  return { snapshot, purges, tenants, issuers, keys: null, since: null };
}

export type RevisionRow = { tenantId: string; number: number; content: string };

/** The content of one revision per tenant, for those that exist. */
export async function readRevisions(
  db: Queryable,
  wanted: readonly { tenantId: string; number: number }[],
): Promise<RevisionRow[]> {
  const { rows } = await db.query<RevisionRow>({
    name: "revisions",
    text: `SELECT r.tenant_id AS "tenantId", r.number, r.content
      FROM unnest($1::uuid[], $2::int[]) AS w (tenant_id, number) JOIN revisions r USING (tenant_id, number)`,
    values: [wanted.map(({ tenantId }) => tenantId), wanted.map(({ number }) => number)],
  });
  return rows;
}

export type InstanceReport = {
  id: string;
  name: string;
  address: string;
  version: string;
  startedAt: Date;
  appliedSnapshot: string | null;
  /** Who counts rate limits: this process, all gateways in a Redis, or this process because Redis is away. */
  limits: "own" | "shared" | "fallback";
};
export type Acknowledgement = {
  tenantId: string;
  revision: number;
  since: Date;
  refused: number | null;
  error: string | null;
};

/** Says that this gateway lives, what it has applied and what it serves, in one statement. */
export async function reportInstance(
  db: Queryable,
  instance: InstanceReport,
  acknowledgements: readonly Acknowledgement[],
): Promise<void> {
  const column = <K extends keyof Acknowledgement>(name: K) => acknowledgements.map((each) => each[name]);
  await db.query({
    name: "report-instance",
    text: `WITH instance AS (
        INSERT INTO gateway_instances
          (id, kind, name, address, version, started_at, last_seen_at, applied_snapshot, limits)
        VALUES ($1, 'gateway', $2, $3, $4, $5, now(), $6::pg_snapshot, $12)
        ON CONFLICT (id) DO UPDATE SET last_seen_at = now(), address = excluded.address, limits = excluded.limits,
          applied_snapshot = coalesce(excluded.applied_snapshot, gateway_instances.applied_snapshot))
      INSERT INTO acknowledgements (tenant_id, instance_id, revision, since, refused, error)
      SELECT a.tenant_id, $1, a.revision, a.since, a.refused, a.error
      FROM unnest($7::uuid[], $8::int[], $9::timestamptz[], $10::int[], $11::text[])
        AS a (tenant_id, revision, since, refused, error)
      JOIN tenants t ON t.id = a.tenant_id
      ON CONFLICT (tenant_id, instance_id) DO UPDATE SET revision = excluded.revision,
        since = excluded.since, refused = excluded.refused, error = excluded.error,
        acknowledged_at = CASE
          WHEN (acknowledgements.revision, acknowledgements.refused)
            IS DISTINCT FROM (excluded.revision, excluded.refused)
          THEN clock_timestamp() ELSE acknowledgements.acknowledged_at END`,
    values: [
      instance.id,
      instance.name,
      instance.address,
      instance.version,
      instance.startedAt,
      instance.appliedSnapshot,
      column("tenantId"),
      column("revision"),
      column("since"),
      column("refused"),
      column("error"),
      instance.limits,
    ],
  });
}

export async function markStopped(db: Queryable, instanceId: string): Promise<void> {
  await db.query("UPDATE gateway_instances SET stopped_at = now(), last_seen_at = now() WHERE id = $1", [
    instanceId,
  ]);
}

export type JobStatusRow = {
  id: string;
  state: string;
  attempts: number;
  maxAttempts: number;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  result: unknown;
  error: unknown;
};

export async function readJobStatus(
  db: Queryable,
  tenantId: string,
  jobId: string,
): Promise<JobStatusRow | null> {
  const { rows } = await db.query<JobStatusRow>({
    name: "job-status",
    text: `SELECT id, state, attempts, max_attempts AS "maxAttempts", created_at AS "createdAt",
        started_at AS "startedAt", finished_at AS "finishedAt", result, error
      FROM jobs WHERE tenant_id = $1 AND id = $2`,
    values: [tenantId, jobId],
  });
  return rows[0] ?? null;
}
