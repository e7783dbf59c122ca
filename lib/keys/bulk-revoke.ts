import { actorLabel } from "#lib/access/actor.ts";
import { defineCommand } from "#lib/command/define.ts";
import { Prisma } from "#lib/db/client.ts";
import { conflict } from "#lib/errors/domain-error.ts";
import type { BulkRevoke, BulkRevoked } from "./schema.ts";

const SAMPLE = 20;
/** As many ids as the audit entry names; beyond it tells how many, chosen how, and a digest of their ids. */
const NAMED = 1_000;
/** All or nothing is one transaction, and every key is in nine indexes: 100,000 keys take seconds. */
const LONGEST_MS = 5 * 60_000;

type Shown = { id: string; name: string; lastFour: string };
type Ended = {
  amount: number;
  ids: string[] | null;
  digest: string | null;
  at: Date;
  sample: Shown[] | null;
};

const selection = (input: BulkRevoke) =>
  "ids" in input.keys
    ? Prisma.sql`id = ANY(${input.keys.ids}::uuid[])`
    : Prisma.sql`created_at < ${new Date(input.keys.madeBefore)}`;

const otherNumber = (amount: number, expected: number) =>
  conflict(`This would revoke ${amount} keys, and ${expected} were previewed.`);

/**
 * Ends many keys for good, after a leak: those named, or all that were made before a moment. A dry run says how many
 * that would be; the real one is refused with `conflict` when it would hit another number than was previewed.
 */
export const revokeKeys = defineCommand(
  "key.manage",
  async ({ tx, actor, audit, notify }, input: BulkRevoke): Promise<BulkRevoked> => {
    const hit = Prisma.sql`tenant_id = ${actor.tenant.id}::uuid AND revoked_at IS NULL AND ${selection(input)}`;
    const [found] = await tx.$queryRaw<{ amount: number }[]>`
      SELECT count(*)::int AS amount FROM api_keys WHERE ${hit}`;
    const amount = found?.amount ?? 0;
    if (input.dryRun) {
      const sample = await tx.$queryRaw<Shown[]>`
        SELECT id, name, last_four AS "lastFour" FROM api_keys WHERE ${hit}
        ORDER BY created_at DESC, id DESC LIMIT ${SAMPLE}`;
      return { revoked: 0, wouldRevoke: amount, sample };
    }
    // Known before anything is written; and asked of what was written too, because keys come and go meanwhile.
    if (amount !== input.expected) throw otherNumber(amount, input.expected);
    if (amount === 0) return { revoked: 0, wouldRevoke: 0, sample: [] };
    const [ended] = await tx.$queryRaw<[Ended]>`
      WITH ended AS (
        UPDATE api_keys SET revoked_at = now(), revoked_by_label = ${actorLabel(actor)}, version = version + 1
        WHERE ${hit} RETURNING id, name, last_four, revoked_at)
      SELECT count(*)::int AS amount, min(revoked_at) AS at,
             CASE WHEN count(*) <= ${NAMED} THEN array_agg(id::text ORDER BY id) END AS ids,
             encode(sha256(string_agg(id::text, chr(10) ORDER BY id)::bytea), 'hex') AS digest,
             (SELECT json_agg(shown)
              FROM (SELECT id, name, last_four AS "lastFour" FROM ended LIMIT ${SAMPLE}) shown) AS sample
      FROM ended`;
    if (ended.amount !== input.expected) throw otherNumber(ended.amount, input.expected);
    await audit({
      action: "key.revoke-many",
      targetType: "key",
      targetId: actor.tenant.id,
      before: {
        selection: "ids" in input.keys ? "ids" : { madeBefore: input.keys.madeBefore },
        count: ended.amount,
        ...(ended.ids ? { keys: ended.ids } : { idsSha256: ended.digest }),
      },
      after: { revokedAt: ended.at.toISOString() },
      reason: input.reason,
    });
    await notify("changed");
    return { revoked: ended.amount, wouldRevoke: 0, sample: ended.sample ?? [] };
  },
  { longestMs: LONGEST_MS },
);
