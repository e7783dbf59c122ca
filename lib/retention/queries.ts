import { defineQuery } from "#lib/command/define.ts";
import { DEFAULT_RETENTION, deletesAt, RETENTION_OF, type Retention } from "#lib/contract/job-retention.ts";
import { Prisma, type Transaction } from "#lib/db/client.ts";
import type { JobRepair, JobRetention, JobSettings, RepairKind, RetentionPreviewQuery } from "./schema.ts";

/** Counting further costs more than anybody gains. */
const COUNT_CAP = 10_000;

/** The tenant's settings, for commands and other slices' queries inside their transaction. */
export async function readJobSettings(tx: Transaction, tenantId: string): Promise<JobSettings> {
  const row = await tx.jobSettings.findFirst({ where: { tenantId } });
  if (!row) return { retentionDays: DEFAULT_RETENTION, version: 0 };
  return {
    retentionDays: {
      succeeded: row.retentionDaysSucceeded,
      dead: row.retentionDaysDead,
      closed: row.retentionDaysClosed,
    },
    version: row.version,
  };
}

/** For how long the tenant's ended jobs are kept. */
export const getJobSettings = defineQuery("tenant.read", ({ tx, actor }, _: undefined) =>
  readJobSettings(tx, actor.tenant.id),
);

/** Until when a job is kept, and who holds it. For the job's own page, inside its transaction. */
export async function readRetention(
  tx: Transaction,
  tenantId: string,
  job: { id: string; state: string; finishedAt: string | null; heldAt: Date | null },
): Promise<JobRetention> {
  if (job.heldAt !== null) {
    const entry = await tx.jobAction.findFirst({
      where: { jobId: job.id, tenantId, action: "hold" },
      orderBy: { at: "desc" },
      select: { actorLabel: true, reason: true },
    });
    const { actorLabel: by = "", reason = "" } = entry ?? {};
    return { deletesAt: null, held: { at: job.heldAt.toISOString(), by, reason } };
  }
  if (job.finishedAt === null) return { deletesAt: null, held: null };
  const { retentionDays } = await readJobSettings(tx, tenantId);
  return { deletesAt: deletesAt(job, retentionDays), held: null };
}

/** How many jobs would be deleted at once if the tenant kept them for only so long; counted no further than 10,000. */
export const previewRetention = defineQuery(
  "tenant.read",
  async ({ tx, actor }, days: RetentionPreviewQuery) => {
    const retention: Retention = days;
    const overdue = Object.entries(RETENTION_OF).map(
      ([state, which]) => Prisma.sql`(SELECT 1 FROM jobs
        WHERE tenant_id = ${actor.tenant.id}::uuid AND state = ${state} AND held_at IS NULL
          AND finished_at < now() - ${retention[which]}::int * interval '1 day'
        LIMIT ${COUNT_CAP + 1})`,
    );
    const [row] = await tx.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM (
        SELECT 1 FROM (${Prisma.join(overdue, " UNION ALL ")}) each LIMIT ${COUNT_CAP + 1}) capped`;
    const count = row?.count ?? 0;
    return { count: Math.min(count, COUNT_CAP), capped: count > COUNT_CAP };
  },
);

/** What was repaired in the tenant's ledger within the last 24 hours, by kind; usually nothing. */
export const listRepairs = defineQuery(
  "tenant.read",
  async ({ tx, actor }, _: undefined): Promise<JobRepair[]> => {
    const rows = await tx.$queryRaw<
      { kind: RepairKind; count: number; lastAt: Date; jobId: string | null }[]
    >`
    SELECT kind, sum(count)::int AS count, max(last_at) AS "lastAt",
      (array_agg(job_id ORDER BY last_at DESC))[1] AS "jobId"
    FROM job_repairs
    WHERE tenant_id = ${actor.tenant.id}::uuid AND hour > now() - interval '25 hours'
      AND last_at > now() - interval '24 hours'
    GROUP BY kind ORDER BY max(last_at) DESC`;
    return rows.map((row) => ({ ...row, lastAt: row.lastAt.toISOString() }));
  },
);
