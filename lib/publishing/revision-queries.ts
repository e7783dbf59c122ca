import { z } from "zod";
import { decodeCursor, toPage } from "#lib/api/page.ts";
import { defineQuery } from "#lib/command/define.ts";
import type { parseRevision } from "#lib/contract/revision.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { SILENT_AFTER_MS } from "#lib/gateways/rules.ts";
import { toRevision } from "./revision-row.ts";
import type { Propagation } from "./schema.ts";
import { liveRevision } from "./sides.ts";

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
    const live = await liveRevision(tx, tenantId);
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
      (row) => toRevision(row, live),
    );
  },
);

/** One revision without its content, for a page that shows what it is. Throws `not_found`. */
export const getRevisionSummary = defineQuery(
  "tenant.read",
  async ({ tx, actor }, input: { number: number }) => {
    const where = { tenantId: actor.tenant.id, number: input.number };
    const row = await tx.revision.findFirst({ where, select: SUMMARY });
    if (!row) throw notFound("revision");
    return toRevision(row, await liveRevision(tx, actor.tenant.id));
  },
);

/** One revision with its whole content. Throws `not_found`. */
export const getRevision = defineQuery("tenant.read", async ({ tx, actor }, input: { number: number }) => {
  const where = { tenantId: actor.tenant.id, number: input.number };
  const row = await tx.revision.findFirst({ where, select: { ...SUMMARY, content: true } });
  if (!row) throw notFound("revision");
  const live = await liveRevision(tx, actor.tenant.id);
  return { ...toRevision(row, live), content: JSON.parse(row.content) };
});

/** A revision as one document that can be imported again. Throws `not_found`. */
export const exportRevision = defineQuery("tenant.read", async ({ tx, actor }, input: { number: number }) => {
  const where = { tenantId: actor.tenant.id, number: input.number };
  const row = await tx.revision.findFirst({ where, select: { hash: true, content: true } });
  if (!row) throw notFound("revision");
  const { format, routes }: ReturnType<typeof parseRevision> = JSON.parse(row.content);
  return { format, hash: row.hash, routes };
});

type GatewayRow = {
  id: string;
  name: string;
  lastSeenAt: Date;
  silentMs: number;
  revision: number | null;
  refused: number | null;
  error: string | null;
  afterMs: number | null;
};

/**
 * Which of the gateways serve a revision, and how soon. Times are differences of the database's own clock: from
 * storing the revision to storing the gateway's answer, so a gateway served it a moment earlier than is said. A
 * gateway that started after the revision was published has none: it had nothing to follow. One that was not heard from stays listed for a day, unless another has started at its name and address since.
 */
export const getPropagation = defineQuery(
  "tenant.read",
  async ({ tx, actor }, input: { number: number }): Promise<Propagation> => {
    const tenantId = actor.tenant.id;
    const where = { tenantId, number: input.number };
    const revision = await tx.revision.findFirst({ where, select: { publishedAt: true } });
    if (!revision) throw notFound("revision");
    const rows = await tx.$queryRaw<GatewayRow[]>`
      SELECT g.id, g.name, g.last_seen_at AS "lastSeenAt",
        greatest(0, extract(epoch FROM now() - g.last_seen_at) * 1000)::float8 AS "silentMs",
        a.revision, a.refused, a.error,
        CASE WHEN g.started_at <= r.published_at
          THEN (extract(epoch FROM a.acknowledged_at - r.published_at) * 1000)::float8 END AS "afterMs"
      FROM gateway_instances g
      JOIN revisions r ON r.tenant_id = ${tenantId}::uuid AND r.number = ${input.number}::int
      LEFT JOIN acknowledgements a ON a.instance_id = g.id AND a.tenant_id = r.tenant_id
      WHERE g.kind = 'gateway' AND g.stopped_at IS NULL AND g.last_seen_at > now() - interval '1 day'
        AND NOT EXISTS (SELECT FROM gateway_instances later WHERE later.kind = g.kind AND later.name = g.name
          AND later.address = g.address AND later.started_at > g.started_at)
      ORDER BY g.name, g.started_at LIMIT 500`;
    return {
      number: input.number,
      publishedAt: revision.publishedAt.toISOString(),
      gateways: rows.map((row) => {
        const serving = row.revision === input.number;
        const refused = row.refused === input.number;
        const superseded = row.revision !== null && row.revision > input.number;
        const silent = row.silentMs > SILENT_AFTER_MS.gateway;
        return {
          id: row.id,
          name: row.name,
          state: serving
            ? "serving"
            : refused
              ? "refused"
              : superseded
                ? "superseded"
                : silent
                  ? "silent"
                  : "waiting",
          // A gateway of an older version does not say when; its row is then older than the revision.
          afterMs:
            (serving || refused) && row.afterMs !== null && row.afterMs >= 0 ? Math.round(row.afterMs) : null,
          revision: row.revision || null,
          lastSeenAt: row.lastSeenAt.toISOString(),
          silentMs: silent ? Math.round(row.silentMs) : 0,
          error: refused ? row.error : null,
        };
      }),
    };
  },
);
