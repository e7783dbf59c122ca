import { z } from "zod";
import { decodeCursor, type Page, toPage } from "#lib/api/page.ts";
import { defineQuery } from "#lib/command/define.ts";
import { Prisma } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { readEntries, type StoredEntry } from "./read.ts";
import { targetName } from "./rules.ts";
import type { AuditChoices, AuditEntry, AuditEntryDetail, AuditFilters } from "./schema.ts";
import { actionsIn, actorsIn, waysTo } from "./search.ts";

export { checkChain } from "./check-chain.ts";
export { exportAudit } from "./export.ts";

const parsed = (text: string | null): unknown => (text === null ? null : JSON.parse(text));

function toEntry(row: StoredEntry): AuditEntry {
  return {
    id: row.id,
    seq: row.seq === null ? null : Number(row.seq),
    at: row.at.toISOString(),
    actor: { type: row.actorType, id: row.actorId, tokenId: row.actorTokenId, label: row.actorLabel },
    action: row.action,
    target: {
      type: row.targetType,
      id: row.targetId,
      name: targetName(row.targetType, row.targetId, parsed(row.before), parsed(row.after)),
    },
    reason: row.reason,
    requestId: row.requestId,
    ip: row.ip,
    supportSessionId: row.supportSessionId,
  };
}

type ListInput = AuditFilters & { limit: number; cursor?: string | undefined };

/** One page of the tenant's log, newest first. */
export const listAudit = defineQuery(
  "audit.read",
  async ({ tx, actor }, { limit, cursor, ...filters }: ListInput): Promise<Page<AuditEntry>> => {
    const place = decodeCursor(cursor, [z.iso.datetime(), z.uuid()]);
    const rows = await readEntries(tx, await waysTo(tx, actor.tenant.id, filters), {
      order: "newest",
      after: place && { at: place[0], id: place[1] },
      most: limit + 1,
    });
    return toPage(rows, limit, (row) => [row.at.toISOString(), row.id], toEntry);
  },
);

/** One entry with what was before and after. Throws `not_found`. */
export const getAuditEntry = defineQuery(
  "audit.read",
  async ({ tx, actor }, { id }: { id: string }): Promise<AuditEntryDetail> => {
    const only = Prisma.sql`tenant_id = ${actor.tenant.id}::uuid AND id = ${id}::uuid`;
    const [row] = await readEntries(tx, [only], { order: "newest", after: null, most: 1 });
    if (!row) throw notFound("audit entry");
    return {
      ...toEntry(row),
      before: parsed(row.before) as AuditEntryDetail["before"],
      after: parsed(row.after) as AuditEntryDetail["after"],
      hash: row.hash && Buffer.from(row.hash).toString("hex"),
    };
  },
);

const MOST_OFFERED = 100;

/** Which actions there are in the log, and who did something; the first hundred by name. */
export const getAuditChoices = defineQuery("audit.read", async ({ tx, actor }): Promise<AuditChoices> => {
  const { id } = actor.tenant;
  return { actions: await actionsIn(tx, id), actors: await actorsIn(tx, id, "", MOST_OFFERED) };
});
