import { z } from "zod";
import { decodeCursor, toPage } from "#lib/api/page.ts";
import { defineQuery } from "#lib/command/define.ts";
import { findProblems } from "#lib/contract/publish-checks.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { loadDraft, loadRevision } from "./loaded.ts";
import { differences } from "./rules.ts";
import type { Changes, Revision } from "./schema.ts";

type RevisionRow = {
  number: number;
  hash: string;
  routeCount: number;
  note: string;
  rolledBackFrom: number | null;
  publishedAt: Date;
  publishedByLabel: string;
};

/** A revision without its content. */
export function toRevision(row: RevisionRow, liveRevision: number | null): Revision {
  const { publishedByLabel, publishedAt, ...rest } = row;
  return {
    number: rest.number,
    hash: rest.hash,
    routeCount: rest.routeCount,
    note: rest.note,
    rolledBackFrom: rest.rolledBackFrom,
    publishedAt: publishedAt.toISOString(),
    publishedBy: publishedByLabel,
    live: rest.number === liveRevision,
  };
}

/** The draft against what is live: what would change, and what stands in the way. */
export const getChanges = defineQuery("tenant.read", async ({ tx, actor }): Promise<Changes> => {
  const tenantId = actor.tenant.id;
  const tenant = await tx.tenant.findFirst({ where: { id: tenantId } });
  const draft = await tx.draft.findFirst({ where: { tenantId } });
  if (!tenant || !draft) throw notFound("tenant");
  const { routes } = await loadDraft(tx, tenantId);
  const { routes: live } = await loadRevision(tx, tenantId, tenant.liveRevision);
  return {
    draftVersion: Number(draft.version),
    liveRevision: tenant.liveRevision,
    changes: differences(live, routes),
    problems: findProblems(routes),
  };
});

const SUMMARY = {
  number: true,
  hash: true,
  routeCount: true,
  note: true,
  rolledBackFrom: true,
  publishedAt: true,
  publishedByLabel: true,
} as const;

/** One page of revisions, newest first. */
export const listRevisions = defineQuery(
  "tenant.read",
  async ({ tx, actor }, input: { limit: number; cursor?: string | undefined }) => {
    const tenantId = actor.tenant.id;
    const after = decodeCursor(input.cursor, [z.string().regex(/^\d{1,9}$/)]);
    const tenant = await tx.tenant.findFirst({ where: { id: tenantId }, select: { liveRevision: true } });
    const rows = await tx.revision.findMany({
      where: { tenantId, ...(after ? { number: { lt: Number(after[0]) } } : {}) },
      select: SUMMARY,
      orderBy: { number: "desc" },
      take: input.limit + 1,
    });
    return toPage(
      rows,
      input.limit,
      (row) => [String(row.number)],
      (row) => toRevision(row, tenant?.liveRevision ?? null),
    );
  },
);

/** One revision with its whole content. Throws `not_found`. */
export const getRevision = defineQuery("tenant.read", async ({ tx, actor }, input: { number: number }) => {
  const tenantId = actor.tenant.id;
  const tenant = await tx.tenant.findFirst({ where: { id: tenantId }, select: { liveRevision: true } });
  const row = await tx.revision.findFirst({
    where: { tenantId, number: input.number },
    select: { ...SUMMARY, content: true },
  });
  if (!row) throw notFound("revision");
  return { ...toRevision(row, tenant?.liveRevision ?? null), content: JSON.parse(row.content) };
});

/** Which of the running gateways serve a revision, and since when. Throws `not_found`. */
export const getPropagation = defineQuery("tenant.read", async ({ tx, actor }, input: { number: number }) => {
  const tenantId = actor.tenant.id;
  const revision = await tx.revision.findFirst({
    where: { tenantId, number: input.number },
    select: { publishedAt: true },
  });
  if (!revision) throw notFound("revision");
  const rows = await tx.$queryRaw<
    {
      id: string;
      name: string;
      revision: number | null;
      since: Date | null;
      refused: number | null;
      error: string | null;
    }[]
  >`SELECT g.id, g.name, a.revision, a.since, a.refused, a.error
    FROM gateway_instances g
    LEFT JOIN acknowledgements a ON a.instance_id = g.id AND a.tenant_id = ${tenantId}::uuid
    WHERE g.kind = 'gateway' AND g.stopped_at IS NULL AND g.last_seen_at > now() - interval '15 seconds'
    ORDER BY g.name LIMIT 500`;
  return {
    number: input.number,
    publishedAt: revision.publishedAt.toISOString(),
    gateways: rows.map((row) => {
      const serving = row.revision === input.number;
      const refused = row.refused === input.number;
      const superseded = row.revision !== null && row.revision > input.number;
      return {
        id: row.id,
        name: row.name,
        state: serving ? "serving" : refused ? "refused" : superseded ? "superseded" : "waiting",
        since: serving ? (row.since?.toISOString() ?? null) : null,
        error: refused ? row.error : null,
      };
    }),
  };
});
