import { Prisma, type Transaction } from "#lib/db/client.ts";

/** Stands for "no route" where a route's id is part of a key. */
export const NOWHERE = "00000000-0000-0000-0000-000000000000";

/** Whether the ledger has noted something that no worker has folded into the groups yet. */
export async function hasNotes(tx: Transaction, tenantId: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ noted: boolean }[]>`
    SELECT EXISTS (SELECT FROM dead_letter_changes WHERE tenant_id = ${tenantId}::uuid) AS noted`;
  return row?.noted ?? false;
}

const of = (fingerprints: readonly string[] | null) =>
  fingerprints === null ? Prisma.empty : Prisma.sql`AND fingerprint = ANY(${[...fingerprints]}::text[])`;

/**
 * The tenant's groups as they are at this moment: those that are folded, and the ledger's notes on top. Without notes
 * it is the table itself, whose indexes then give a sorted page.
 */
export function groupRows(
  tenantId: string,
  noted: boolean,
  fingerprints: readonly string[] | null = null,
): Prisma.Sql {
  if (!noted) {
    return Prisma.sql`(SELECT fingerprint, error_name, error_message, dead, deaths, first_seen, last_seen, first_revision
      FROM dead_letter_groups WHERE tenant_id = ${tenantId}::uuid ${of(fingerprints)}) AS groups`;
  }
  return Prisma.sql`(
    SELECT COALESCE(folded.fingerprint, noted.fingerprint) AS fingerprint,
      COALESCE(noted.error_name, folded.error_name, '') AS error_name,
      COALESCE(noted.error_message, folded.error_message, '') AS error_message,
      COALESCE(folded.dead, 0) + COALESCE(noted.dead, 0) AS dead,
      COALESCE(folded.deaths, 0) + COALESCE(noted.deaths, 0) AS deaths,
      LEAST(folded.first_seen, noted.first_seen) AS first_seen,
      GREATEST(folded.last_seen, noted.last_seen) AS last_seen,
      LEAST(folded.first_revision, noted.first_revision) AS first_revision
    FROM (SELECT * FROM dead_letter_groups WHERE tenant_id = ${tenantId}::uuid ${of(fingerprints)}) AS folded
    FULL JOIN (
      SELECT fingerprint, sum(change)::bigint AS dead, count(*) FILTER (WHERE change = 1) AS deaths,
        (array_agg(error_name ORDER BY at DESC, id DESC) FILTER (WHERE change = 1))[1] AS error_name,
        (array_agg(error_message ORDER BY at DESC, id DESC) FILTER (WHERE change = 1))[1] AS error_message,
        min(at) FILTER (WHERE change = 1) AS first_seen, max(at) FILTER (WHERE change = 1) AS last_seen,
        min(revision) FILTER (WHERE change = 1) AS first_revision
      FROM dead_letter_changes WHERE tenant_id = ${tenantId}::uuid ${of(fingerprints)}
      GROUP BY fingerprint) AS noted ON noted.fingerprint = folded.fingerprint) AS groups`;
}

/**
 * Where the jobs of one group (`fingerprint` of the query around it) came from, the ledger's notes included: a row for
 * each function and route. Of very many only those with most dead are looked at.
 */
export function originRows(tenantId: string, noted: boolean, most: number): Prisma.Sql {
  const folded = Prisma.sql`
    SELECT function, route_id, dead, deaths, first_revision, last_revision, last_seen FROM dead_letter_origins
    WHERE tenant_id = ${tenantId}::uuid AND fingerprint = wanted.fingerprint ORDER BY dead DESC LIMIT ${most}::int`;
  if (!noted) return Prisma.sql`(${folded}) AS origins`;
  return Prisma.sql`(
    SELECT function, route_id, sum(dead)::bigint AS dead, sum(deaths)::bigint AS deaths,
      min(first_revision) AS first_revision, max(last_revision) AS last_revision, max(last_seen) AS last_seen
    FROM (
      (${folded})
      UNION ALL
      SELECT function, COALESCE(route_id, ${NOWHERE}::uuid), change, CASE WHEN change = 1 THEN 1 ELSE 0 END,
        CASE WHEN change = 1 THEN revision END, CASE WHEN change = 1 THEN revision END, CASE WHEN change = 1 THEN at END
      FROM dead_letter_changes
      WHERE tenant_id = ${tenantId}::uuid AND fingerprint = wanted.fingerprint) AS every
    GROUP BY function, route_id HAVING sum(deaths) > 0 ORDER BY 3 DESC LIMIT ${most}::int) AS origins`;
}

/** Whether a group (`groups` of the query around it) has had a job that fits `condition` on its function or route. */
export const cameFrom = (tenantId: string, condition: Prisma.Sql): Prisma.Sql => Prisma.sql`(
  EXISTS (SELECT FROM dead_letter_origins AS came
    WHERE came.tenant_id = ${tenantId}::uuid AND came.fingerprint = groups.fingerprint AND ${condition})
  OR EXISTS (SELECT FROM dead_letter_changes AS came
    WHERE came.tenant_id = ${tenantId}::uuid AND came.fingerprint = groups.fingerprint AND change = 1
      AND ${condition}))`;

/** How many jobs of one group died when: `unit` is the stretch of time, `since` where it begins. */
export function deathRows(
  tenantId: string,
  fingerprint: Prisma.Sql,
  noted: boolean,
  unit: "hour" | "day",
  since: Date,
): Prisma.Sql {
  const notes = Prisma.sql`
      UNION ALL
      SELECT at, 1 FROM dead_letter_changes
      WHERE tenant_id = ${tenantId}::uuid AND fingerprint = ${fingerprint} AND change = 1 AND at >= ${since}`;
  return Prisma.sql`(
    SELECT date_trunc(${unit}, at, 'UTC') AS at, sum(deaths)::int AS deaths FROM (
      SELECT hour AS at, deaths FROM dead_letter_hours
      WHERE tenant_id = ${tenantId}::uuid AND fingerprint = ${fingerprint} AND hour >= ${since}
      ${noted ? notes : Prisma.empty}) AS every
    GROUP BY 1)`;
}
