import { CHAIN_START, type ChainEnd, checkLinks, type LinkedEntry } from "#lib/audit/chain.ts";
import { defineQuery } from "#lib/command/define.ts";
import type { Transaction } from "#lib/db/client.ts";
import type { ChainCheck } from "./schema.ts";

/** One answer recomputes no more than this, so that it is quick and costs little. */
const AT_ONCE = 2_000;

type Row = Omit<LinkedEntry, "seq" | "hash"> & { seq: bigint; hash: Uint8Array };

async function readLinks(tx: Transaction, tenantId: string, after: number): Promise<LinkedEntry[]> {
  const rows = await tx.$queryRaw<Row[]>`
    SELECT l.seq, l.hash, l.entry_id AS "entryId", e.tenant_id AS chain, e.id, e.at, e.actor_type AS "actorType",
      e.actor_id AS "actorId", e.actor_label AS "actorLabel", e.action, e.target_type AS "targetType",
      e.target_id AS "targetId", e.before::text AS before, e.after::text AS after, e.reason,
      e.request_id AS "requestId", e.ip, e.support_session_id AS "supportSessionId",
      e.actor_token_id AS "actorTokenId"
    FROM (SELECT * FROM audit_links WHERE tenant_id = ${tenantId}::uuid AND seq > ${after}::bigint
      ORDER BY seq LIMIT ${AT_ONCE}) l LEFT JOIN audit_entries e ON e.id = l.entry_id ORDER BY l.seq`;
  return rows.map((row) => ({ ...row, seq: Number(row.seq), hash: Buffer.from(row.hash) }));
}

async function endOf(tx: Transaction, tenantId: string): Promise<ChainEnd> {
  const [end] = await tx.$queryRaw<{ seq: bigint; hash: Uint8Array }[]>`
    SELECT seq, hash FROM audit_chains WHERE tenant_id = ${tenantId}::uuid`;
  return end ? { seq: Number(end.seq), hash: Buffer.from(end.hash) } : CHAIN_START;
}

/** The link at this number, from which to go on; the chain's start for none. */
async function linkAt(tx: Transaction, tenantId: string, seq: number): Promise<ChainEnd> {
  if (seq === 0) return CHAIN_START;
  const [link] = await tx.$queryRaw<{ hash: Uint8Array }[]>`
    SELECT hash FROM audit_links WHERE tenant_id = ${tenantId}::uuid AND seq = ${seq}::bigint`;
  return link ? { seq, hash: Buffer.from(link.hash) } : CHAIN_START;
}

/**
 * Recomputes a part of the tenant's chain behind the entry `after`, and says how far it got. What has not been asked for
 * from the first entry on has not been verified.
 */
export const checkChain = defineQuery(
  "audit.read",
  async ({ tx, actor }, { after }: { after: number }): Promise<ChainCheck> => {
    const { id } = actor.tenant;
    const told = await endOf(tx, id);
    const from = await linkAt(tx, id, after);
    const links = (await readLinks(tx, id, from.seq)).filter(({ seq }) => seq <= told.seq);
    const { end, flaw } = checkLinks("tenant", from, links);
    const done = flaw !== null || end.seq === told.seq || links.length === 0;
    const result = { verifiedTo: end.seq, end: told.seq, done };
    if (flaw) return { ...result, flaw };
    if (links.length === 0 && end.seq < told.seq) {
      return { ...result, flaw: { seq: end.seq + 1, entryId: null, what: "is missing" } };
    }
    if (end.seq === told.seq && !end.hash.equals(told.hash)) {
      const what = "is the last, and the end of the chain has another hash";
      return { ...result, flaw: { seq: end.seq, entryId: null, what } };
    }
    return { ...result, flaw: null };
  },
);
