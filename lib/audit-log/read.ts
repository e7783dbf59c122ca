import { Prisma, type Transaction } from "#lib/db/client.ts";

/** One entry as it is stored, with its link. */
export type StoredEntry = {
  id: string;
  seq: bigint | null;
  hash: Uint8Array | null;
  at: Date;
  actorType: string;
  actorId: string | null;
  actorTokenId: string | null;
  actorLabel: string;
  action: string;
  targetType: string;
  targetId: string;
  before: string | null;
  after: string | null;
  reason: string | null;
  requestId: string;
  ip: string;
  supportSessionId: string | null;
};

type Place = { at: string; id: string };
type Part = { order: "newest" | "oldest"; after: Place | null; most: number };

/**
 * The next entries in the order of time that fulfil one of the conditions, each once. Each condition is asked for no
 * more than are wanted, so that an index gives them however many there are.
 */
export async function readEntries(
  tx: Transaction,
  ways: readonly Prisma.Sql[],
  { order, after, most }: Part,
): Promise<StoredEntry[]> {
  if (ways.length === 0) return [];
  const sorted = order === "newest" ? Prisma.sql`at DESC, id DESC` : Prisma.sql`at, id`;
  const beyond = !after
    ? Prisma.empty
    : order === "newest"
      ? Prisma.sql`AND (at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`
      : Prisma.sql`AND (at, id) > (${after.at}::timestamptz, ${after.id}::uuid)`;
  const parts = ways.map(
    (condition) =>
      Prisma.sql`(SELECT id, at FROM audit_entries WHERE ${condition} ${beyond} ORDER BY ${sorted} LIMIT ${most})`,
  );
  return tx.$queryRaw<StoredEntry[]>`
    WITH wanted AS (
      SELECT DISTINCT at, id FROM (${Prisma.join(parts, " UNION ALL ")}) one ORDER BY ${sorted} LIMIT ${most})
    SELECT e.id, l.seq, l.hash, e.at, e.actor_type AS "actorType", e.actor_id AS "actorId", e.actor_token_id AS "actorTokenId",
      e.actor_label AS "actorLabel", e.action, e.target_type AS "targetType", e.target_id AS "targetId",
      e.before::text AS before, e.after::text AS after, e.reason, e.request_id AS "requestId", e.ip,
      e.support_session_id AS "supportSessionId"
    FROM wanted JOIN audit_entries e ON e.id = wanted.id LEFT JOIN audit_links l ON l.entry_id = e.id
    ORDER BY ${order === "newest" ? Prisma.sql`e.at DESC, e.id DESC` : Prisma.sql`e.at, e.id`}`;
}
