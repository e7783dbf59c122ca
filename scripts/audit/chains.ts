import type pg from "pg";
import type { ChainEnd, ChainKind, LinkedEntry } from "#lib/audit/chain.ts";
import type { ChainReader } from "#lib/audit/verify.ts";

/** A chain that there ought to be, by its tenant's slug or its person's address. */
export type Chain = { kind: ChainKind; id: string; name: string; end: ChainEnd | null };

const PAGE = 500;
const FIRST = "00000000-0000-0000-0000-000000000000";

const toEnd = (seq: string | null, hash: Buffer | null): ChainEnd | null =>
  seq === null || hash === null ? null : { seq: Number(seq), hash };

/** Every chain of that kind, a page at a time, in the order of their ids. */
export async function* chainsOf(client: pg.Client, kind: ChainKind): AsyncGenerator<Chain> {
  let after = FIRST;
  for (;;) {
    const { rows } = await client.query<{ chain: string; name: string; seq: string; hash: Buffer }>(
      "SELECT * FROM audit_heads($1, $2, $3)",
      [kind, after, PAGE],
    );
    for (const { chain, name, seq, hash } of rows) yield { kind, id: chain, name, end: toEnd(seq, hash) };
    if (rows.length < PAGE) return;
    after = rows.at(-1)?.chain ?? after;
  }
}

type Row = Record<string, string | null> & { at: Date | null; hash: Buffer };

/** A chain as the schema's owner reads it. */
export const readerOf = (client: pg.Client, { kind, id }: Pick<Chain, "kind" | "id">): ChainReader => ({
  async links(after, most) {
    const { rows } = await client.query<Row>("SELECT * FROM audit_slice($1, $2, $3, $4)", [
      kind,
      id,
      after,
      most,
    ]);
    return rows.map(
      (row): LinkedEntry => ({
        seq: Number(row.seq),
        hash: row.hash,
        entryId: row.entry_id ?? "",
        chain: row.chain ?? null,
        id: row.id ?? null,
        at: row.at,
        actorType: row.actor_type ?? null,
        actorId: row.actor_id ?? null,
        actorLabel: row.actor_label ?? null,
        action: row.action ?? null,
        targetType: row.target_type ?? null,
        targetId: row.target_id ?? null,
        before: row.before ?? null,
        after: row.after ?? null,
        reason: row.reason ?? null,
        requestId: row.request_id ?? null,
        ip: row.ip ?? null,
        supportSessionId: row.support_session_id ?? null,
        actorTokenId: row.actor_token_id ?? null,
      }),
    );
  },
  async ending() {
    const { rows } = await client.query("SELECT * FROM audit_ending($1, $2)", [kind, id]);
    const { seq, hash, last_seq: last, unlinked } = rows[0];
    return { end: toEnd(seq, hash), lastSeq: last === null ? null : Number(last), unlinked };
  },
});
