import { actorLabel } from "#lib/access/actor.ts";
import { defineCommand } from "#lib/command/define.ts";
import { Prisma } from "#lib/db/client.ts";
import { conflict } from "#lib/errors/domain-error.ts";
import type { BulkRevoke, BulkRevoked } from "./schema.ts";

const SAMPLE = 20;

const selection = (input: BulkRevoke) =>
  "ids" in input.keys
    ? Prisma.sql`id = ANY(${input.keys.ids}::uuid[])`
    : Prisma.sql`created_at < ${new Date(input.keys.madeBefore)}`;

/**
 * Ends many keys for good, after a leak: those named, or all that were made before a moment. A dry run says how many
 * that would be; the real one is refused with `conflict` when it would hit another number than was previewed.
 */
export const revokeKeys = defineCommand(
  "key.manage",
  async ({ tx, actor, audit, notify }, input: BulkRevoke): Promise<BulkRevoked> => {
    const hit = Prisma.sql`tenant_id = ${actor.tenant.id}::uuid AND revoked_at IS NULL AND ${selection(input)}`;
    if (input.dryRun) {
      const [found] = await tx.$queryRaw<{ amount: number }[]>`
        SELECT count(*)::int AS amount FROM api_keys WHERE ${hit}`;
      const sample = await tx.$queryRaw<{ id: string; name: string; lastFour: string }[]>`
        SELECT id, name, last_four AS "lastFour" FROM api_keys WHERE ${hit}
        ORDER BY created_at DESC, id DESC LIMIT ${SAMPLE}`;
      return { revoked: 0, wouldRevoke: found?.amount ?? 0, sample };
    }
    const rows = await tx.$queryRaw<{ id: string; name: string; lastFour: string }[]>`
      UPDATE api_keys SET revoked_at = now(), revoked_by_label = ${actorLabel(actor)}, version = version + 1
      WHERE ${hit} RETURNING id, name, last_four AS "lastFour"`;
    if (rows.length !== input.expected) {
      throw conflict(`This would revoke ${rows.length} keys, and ${input.expected} were previewed.`);
    }
    if (rows.length === 0) return { revoked: 0, wouldRevoke: 0, sample: [] };
    await audit({
      action: "key.revoke-many",
      targetType: "key",
      targetId: actor.tenant.id,
      before: {
        selection: "ids" in input.keys ? "ids" : { madeBefore: input.keys.madeBefore },
        keys: rows.map(({ id }) => id),
      },
      reason: input.reason,
    });
    await notify("changed");
    return { revoked: rows.length, wouldRevoke: 0, sample: rows.slice(0, SAMPLE) };
  },
);
