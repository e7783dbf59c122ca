import { defineQuery } from "#lib/command/define.ts";
import { JOB_STATES } from "#lib/contract/jobs.ts";
import type { Transaction } from "#lib/db/client.ts";
import { COUNT_CAP, countJobs } from "#lib/jobs/queries.ts";
import { countExpiringKeys } from "#lib/keys/queries.ts";
import type { Overview } from "./schema.ts";

/** No further than the cap, the newest first: a tenant under attack has no slower overview than another. */
async function refusalsOfLastHour(tx: Transaction, tenantId: string): Promise<Overview["refusals"]> {
  const byCode = await tx.$queryRaw<{ code: string; count: number }[]>`
    SELECT code, count(*)::int AS count FROM (
      SELECT code FROM refusals WHERE tenant_id = ${tenantId}::uuid AND at > now() - interval '1 hour'
      ORDER BY at DESC LIMIT ${COUNT_CAP}) newest
    GROUP BY code ORDER BY count(*) DESC, code`;
  const [beyond] = await tx.$queryRaw<{ amount: bigint | null }[]>`
    SELECT sum(amount)::bigint AS amount FROM unrecorded_refusals
    WHERE tenant_id = ${tenantId}::uuid AND until_at > now() - interval '1 hour'`;
  const count = byCode.reduce((all, one) => all + one.count, 0);
  return { total: { count, capped: count >= COUNT_CAP }, byCode, unrecorded: Number(beyond?.amount ?? 0) };
}

/** What the tenant has and what waits: counts that stop at a cap, so the page is as fast with millions of rows. */
export const getOverview = defineQuery("tenant.read", async ({ tx, actor }): Promise<Overview> => {
  const tenantId = actor.tenant.id;
  const routes = await tx.draftRoute.count({ where: { tenantId } });
  const [keys] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM (
      SELECT 1 FROM api_keys WHERE tenant_id = ${tenantId}::uuid AND revoked_at IS NULL
        AND (expires_at IS NULL OR expires_at > now()) LIMIT ${COUNT_CAP + 1}) capped`;
  const active = keys?.count ?? 0;
  const jobs = {} as Overview["jobs"];
  for (const state of JOB_STATES) jobs[state] = await countJobs(tx, tenantId, { state });
  return {
    routes,
    activeKeys: { count: Math.min(active, COUNT_CAP), capped: active > COUNT_CAP },
    expiringKeys: await countExpiringKeys(tx, tenantId, COUNT_CAP),
    refusals: await refusalsOfLastHour(tx, tenantId),
    jobs,
  };
});
