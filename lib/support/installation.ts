import type { Actor } from "#lib/access/actor.ts";
import { SILENT_AFTER_MS } from "#lib/gateways/rules.ts";
import { atDesk } from "./desk.ts";
import type { Installation } from "./schema.ts";

type InstanceRow = Omit<Installation["instances"][number], "startedAt" | "lastSeenAt"> & {
  startedAt: Date;
  lastSeenAt: Date;
};

/** What is true of the installation as a whole: its processes, its tenants, and what the ledger had to be helped with. */
export async function getInstallation(actor: Actor): Promise<Installation> {
  return atDesk(actor, async (tx) => {
    const [counts] = await tx.$queryRaw<{ tenants: bigint; openSessions: bigint }[]>`
      SELECT tenants, open_sessions AS "openSessions" FROM support_installation()`;
    const instances = await tx.$queryRaw<InstanceRow[]>`
      SELECT g.id, g.name, g.kind, g.address, g.version, g.started_at AS "startedAt", g.last_seen_at AS "lastSeenAt",
        CASE WHEN g.stopped_at IS NOT NULL THEN 'stopped'
             WHEN extract(epoch FROM now() - g.last_seen_at) * 1000
               > CASE g.kind WHEN 'gateway' THEN ${SILENT_AFTER_MS.gateway}::int ELSE ${SILENT_AFTER_MS.worker}::int END
             THEN 'silent' ELSE 'up' END AS status
      FROM gateway_instances g
      WHERE CASE WHEN g.stopped_at IS NOT NULL THEN g.stopped_at > now() - interval '10 minutes'
                 ELSE g.last_seen_at > now() - interval '1 day' AND NOT EXISTS (
                   SELECT FROM gateway_instances later WHERE later.kind = g.kind AND later.name = g.name
                     AND later.address = g.address AND later.started_at > g.started_at) END
      ORDER BY g.kind, g.name, g.started_at LIMIT 500`;
    const repairs = await tx.$queryRaw<{ kind: string; jobs: bigint; tenants: bigint; lastAt: Date }[]>`
      SELECT kind, jobs, tenants, last_at AS "lastAt" FROM support_repairs()`;
    return {
      tenants: Number(counts?.tenants ?? 0),
      openSessions: Number(counts?.openSessions ?? 0),
      instances: instances.map((row) => ({
        ...row,
        startedAt: row.startedAt.toISOString(),
        lastSeenAt: row.lastSeenAt.toISOString(),
      })),
      repairs: repairs.map((row) => ({
        kind: row.kind,
        jobs: Number(row.jobs),
        tenants: Number(row.tenants),
        lastAt: row.lastAt.toISOString(),
      })),
    };
  });
}
