import { defineQuery } from "#lib/command/define.ts";
import { SILENT_AFTER_MS } from "./rules.ts";
import type { Gateways, Instance } from "./schema.ts";

type InstanceRow = Omit<Instance, "startedAt" | "lastSeenAt" | "since"> & {
  startedAt: Date;
  lastSeenAt: Date;
  since: Date | null;
};

/**
 * What every running process of the data plane serves of this tenant. One that has been quiet for too long is
 * `silent`. Stopped ones are shown for 10 minutes, silent ones for a day, unless another has started at their name
 * and address since: then they were replaced.
 */
export const listGateways = defineQuery("tenant.read", async ({ tx, actor }): Promise<Gateways> => {
  const [live] = await tx.$queryRaw<{ revision: number | null; publishedAt: Date | null }[]>`
    SELECT t.live_revision AS revision, r.published_at AS "publishedAt"
    FROM tenants t LEFT JOIN revisions r ON r.tenant_id = t.id AND r.number = t.live_revision
    WHERE t.id = ${actor.tenant.id}::uuid`;
  const rows = await tx.$queryRaw<InstanceRow[]>`
    SELECT g.id, g.name, g.kind, g.address, g.version,
           g.started_at AS "startedAt", g.last_seen_at AS "lastSeenAt",
           CASE WHEN g.stopped_at IS NOT NULL THEN 'stopped'
                WHEN extract(epoch FROM now() - g.last_seen_at) * 1000
                  > CASE g.kind WHEN 'gateway' THEN ${SILENT_AFTER_MS.gateway}::int ELSE ${SILENT_AFTER_MS.worker}::int END
                THEN 'silent' ELSE 'up' END AS status,
           a.revision, a.since, a.refused, a.error, g.limits
    FROM gateway_instances g
    LEFT JOIN acknowledgements a ON a.instance_id = g.id AND a.tenant_id = ${actor.tenant.id}::uuid
    WHERE CASE WHEN g.stopped_at IS NOT NULL THEN g.stopped_at > now() - interval '10 minutes'
               ELSE g.last_seen_at > now() - interval '1 day' AND NOT EXISTS (
                 SELECT FROM gateway_instances later WHERE later.kind = g.kind AND later.name = g.name
                   AND later.address = g.address AND later.started_at > g.started_at) END
    ORDER BY g.kind, g.name, g.started_at LIMIT 500`;
  return {
    liveRevision: live?.revision ?? null,
    publishedAt: live?.publishedAt?.toISOString() ?? null,
    instances: rows.map((row) => ({
      ...row,
      startedAt: row.startedAt.toISOString(),
      lastSeenAt: row.lastSeenAt.toISOString(),
      since: row.since?.toISOString() ?? null,
    })),
  };
});

/** The functions that the data plane has registered, by name. */
export const listFunctions = defineQuery("tenant.read", async ({ tx }) => {
  const rows = await tx.function.findMany({ orderBy: { name: "asc" }, take: 1_000 });
  return rows.map((row) => ({ name: row.name, registeredAt: row.registeredAt.toISOString() }));
});
