import { defineQuery } from "#lib/command/define.ts";
import type { Transaction } from "#lib/db/client.ts";
import type { BlastRadius } from "./schema.ts";

/** No count goes further, so that the question is as fast with millions of rows. */
const CAP = 10_000;

type Counts = Record<Exclude<keyof BlastRadius, "requestsLastDay">, number> & { requests: bigint | null };

const counted = (count: number) => ({ count: Math.min(count, CAP), capped: count > CAP });

/** What stops when the tenant is deleted: counts that stop at a cap. Traffic is that of requests with a key. */
export const getBlastRadius = defineQuery(
  "tenant.manage",
  async ({ tx, actor }): Promise<BlastRadius> => read(tx, actor.tenant.id),
);

async function read(tx: Transaction, tenantId: string): Promise<BlastRadius> {
  const [row] = await tx.$queryRaw<Counts[]>`
    SELECT
      coalesce((SELECT route_count FROM revisions r JOIN tenants t ON t.id = r.tenant_id AND t.live_revision = r.number
        WHERE r.tenant_id = ${tenantId}::uuid), 0) AS "liveRoutes",
      (SELECT count(*)::int FROM (SELECT FROM api_keys WHERE tenant_id = ${tenantId}::uuid AND revoked_at IS NULL
        AND (expires_at IS NULL OR expires_at > now()) LIMIT ${CAP + 1}) capped) AS "activeKeys",
      (SELECT count(*)::int FROM (SELECT FROM memberships WHERE tenant_id = ${tenantId}::uuid LIMIT ${CAP + 1}) capped)
        AS members,
      (SELECT count(*)::int FROM (SELECT FROM jobs WHERE tenant_id = ${tenantId}::uuid
        AND state IN ('queued', 'running', 'retrying') LIMIT ${CAP + 1}) capped) AS "openJobs",
      (SELECT count(*)::int FROM (SELECT FROM jobs WHERE tenant_id = ${tenantId}::uuid AND state = 'dead'
        LIMIT ${CAP + 1}) capped) AS "deadLetters",
      (SELECT sum(requests)::bigint FROM api_key_traffic
        WHERE tenant_id = ${tenantId}::uuid AND bucket > now() - interval '24 hours') AS requests`;
  const { requests, ...counts } = row as Counts;
  return {
    liveRoutes: counts.liveRoutes,
    activeKeys: counted(counts.activeKeys),
    members: counted(counts.members),
    openJobs: counted(counts.openJobs),
    deadLetters: counted(counts.deadLetters),
    requestsLastDay: Number(requests ?? 0),
  };
}
