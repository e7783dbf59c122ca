import { actorLabel } from "#lib/access/actor.ts";
import type { CommandContext } from "#lib/command/define.ts";
import { Prisma, type Transaction } from "#lib/db/client.ts";
import { conflict, notFound } from "#lib/errors/domain-error.ts";
import { type RevisionRow, toRevision } from "./revision-row.ts";
import type { Revision } from "./schema.ts";

type Freeze = {
  /** The text itself, or the statement that finds it in the database: ten megabytes need not travel twice. */
  content: Prisma.Sql;
  hash: string;
  routeCount: number;
  note: string;
  rolledBackFrom: number | null;
};

/** Locks the tenant's draft, so that two publishers of one tenant take turns, and returns its version. */
export async function lockDraft(tx: Transaction, tenantId: string): Promise<number> {
  const [draft] = await tx.$queryRaw<{ version: bigint }[]>`
    SELECT version FROM drafts WHERE tenant_id = ${tenantId}::uuid FOR UPDATE`;
  if (!draft) throw notFound("tenant");
  return Number(draft.version);
}

/** The number of what is live, null for nothing. The draft must be locked for it to stay so. */
export async function readLive(tx: Transaction, tenantId: string): Promise<number | null> {
  const tenant = await tx.tenant.findFirst({ where: { id: tenantId }, select: { liveRevision: true } });
  return tenant?.liveRevision ?? null;
}

/** Throws `conflict` when something else is live than was during the review; says what and by whom. */
export async function assertStillLive(
  { tx, actor }: { tx: Transaction; actor: { tenant: { id: string } } },
  seen: number | null | undefined,
  live: number | null,
): Promise<void> {
  if (seen === undefined || seen === live) return;
  const row = await tx.revision.findFirst({
    where: { tenantId: actor.tenant.id, number: live ?? 0 },
    select: { publishedByLabel: true, rolledBackFrom: true },
  });
  const how = row?.rolledBackFrom ? `rolled back to r${row.rolledBackFrom}` : "published";
  throw conflict(
    `r${live} is live by now: ${row?.publishedByLabel ?? "somebody"} ${how} while you were looking.`,
    [{ path: "liveRevision", message: `The live revision is ${live}.` }],
  );
}

/** Stores the next revision, moves the pointer to it, audits and notifies. The draft must be locked. */
export async function goLive(context: CommandContext, freeze: Freeze): Promise<Revision> {
  const { tx, actor, audit, notify } = context;
  const { hash, routeCount, note, rolledBackFrom } = freeze;
  const tenantId = actor.tenant.id;
  const [row] = await tx.$queryRaw<RevisionRow[]>`
    INSERT INTO revisions (tenant_id, number, content, hash, route_count, note, rolled_back_from, published_by,
      published_by_label)
    SELECT ${tenantId}::uuid, coalesce(max(number), 0) + 1, ${freeze.content}, ${hash}, ${routeCount}::int, ${note},
      ${rolledBackFrom}::int, ${actor.userId}::uuid, ${actorLabel(actor)}
    FROM revisions WHERE tenant_id = ${tenantId}::uuid
    RETURNING number, hash, route_count AS "routeCount", note, rolled_back_from AS "rolledBackFrom",
      published_at AS "publishedAt", published_by_label AS "publishedByLabel"`;
  if (!row) throw notFound("tenant");
  await tx.tenant.updateMany({ where: { id: tenantId }, data: { liveRevision: row.number } });
  await audit({
    action: rolledBackFrom === null ? "revision.publish" : "revision.rollback",
    targetType: "revision",
    targetId: String(row.number),
    after: { hash, routeCount, note, rolledBackFrom },
  });
  await notify("changed");
  return toRevision(row, row.number);
}

/** Text as a parameter of a statement. */
export const asText = (text: string): Prisma.Sql => Prisma.sql`${text}::text`;
