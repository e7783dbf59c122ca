import { z } from "zod";
import { decodeCursor, toPage } from "#lib/api/page.ts";
import { defineQuery } from "#lib/command/define.ts";
import { JOB_STATES, type JobState } from "#lib/contract/jobs.ts";
import { Prisma, type Transaction } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import type { ItemView, Run, RunItem } from "./schema.ts";

type RunRow = Omit<Run, "createdAt" | "expiresAt" | "startedAt" | "finishedAt"> & {
  createdAt: Date;
  expiresAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
};
const RUN = Prisma.sql`id, action, state, selection, preview, reason, actor_label AS actor, created_at AS "createdAt",
  expires_at AS "expiresAt", started_at AS "startedAt", finished_at AS "finishedAt",
  rate_per_minute AS "ratePerMinute", canary, canary_state AS "canaryState", stop_after AS "stopAfter",
  stop_reason AS "stopReason", held_up AS "heldUp", total, done, skipped, failed, succeeded, died,
  other_ends AS "otherEnds", returned,
  (SELECT COALESCE(stay.ended_how, CASE WHEN stay.expires_at <= clock_timestamp() THEN 'expired' ELSE 'inside' END)
   FROM support_sessions AS stay
   WHERE stay.id = dead_letter_runs.support_session_id AND stay.tenant_id = dead_letter_runs.tenant_id) AS support`;

const toRun = (row: RunRow): Run => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  startedAt: row.startedAt?.toISOString() ?? null,
  finishedAt: row.finishedAt?.toISOString() ?? null,
});

/** A run as it is now. Throws `not_found`. */
export async function readRun(tx: Transaction, tenantId: string, id: string): Promise<Run> {
  const [row] = await tx.$queryRaw<RunRow[]>`
    SELECT ${RUN} FROM dead_letter_runs WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid`;
  if (!row) throw notFound("run");
  return toRun(row);
}

export const getRun = defineQuery("tenant.read", ({ tx, actor }, { id }: { id: string }) =>
  readRun(tx, actor.tenant.id, id),
);

type ListInput = { limit: number; cursor?: string | undefined; open?: "1" | undefined };

/** Runs that were started, the newest first; with `open` those that are not over. */
export const listRuns = defineQuery("tenant.read", async ({ tx, actor }, input: ListInput) => {
  const after = decodeCursor(input.cursor, [z.iso.datetime(), z.uuid()]);
  const conditions = [
    Prisma.sql`tenant_id = ${actor.tenant.id}::uuid`,
    input.open ? Prisma.sql`state IN ('running', 'paused')` : Prisma.sql`state <> 'prepared'`,
  ];
  if (after) conditions.push(Prisma.sql`(created_at, id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`);
  const rows = await tx.$queryRaw<RunRow[]>`
    SELECT ${RUN} FROM dead_letter_runs WHERE ${Prisma.join(conditions, " AND ")}
    ORDER BY created_at DESC, id DESC LIMIT ${input.limit + 1}`;
  return toPage(rows, input.limit, (row) => [row.createdAt.toISOString(), row.id], toRun);
});

const VIEWS: Record<ItemView, Prisma.Sql> = {
  // Without an index: the caller begins behind the last job that was dealt with.
  waiting: Prisma.sql`outcome = 'waiting'`,
  done: Prisma.sql`outcome = 'done'`,
  skipped: Prisma.sql`outcome = 'skipped'`,
  failed: Prisma.sql`outcome = 'failed'`,
  succeeded: Prisma.sql`outcome = 'done' AND verdict = 'succeeded'`,
  died: Prisma.sql`outcome = 'done' AND verdict = 'died'`,
  returned: Prisma.sql`returned`,
};

type ItemRow = {
  position: number;
  jobId: string;
  function: string;
  outcome: RunItem["outcome"];
  code: RunItem["code"];
  by: string | null;
  byAt: Date | null;
  detail: string | null;
  at: Date | null;
  returned: boolean;
  verdict: RunItem["verdict"];
};
type ItemsInput = { id: string; view?: ItemView | undefined; limit: number; cursor?: string | undefined };

const toItem = ({ detail, ...row }: ItemRow): RunItem => ({
  ...row,
  byAt: row.byAt?.toISOString() ?? null,
  at: row.at?.toISOString() ?? null,
  foundState:
    row.outcome === "skipped" && JOB_STATES.includes(detail as JobState) ? (detail as JobState) : null,
  error: row.outcome === "failed" ? detail : null,
});

/** One page of a run's jobs in the order in which they are dealt with, of one outcome or of all. Throws `not_found`. */
export const listRunItems = defineQuery("tenant.read", async ({ tx, actor }, input: ItemsInput) => {
  const tenantId = actor.tenant.id;
  const after = decodeCursor(input.cursor, [z.string().regex(/^\d{1,9}$/)]);
  const run = await readRun(tx, tenantId, input.id);
  const dealt = input.view === "waiting" ? run.done + run.skipped + run.failed : 0;
  const from = Math.max(dealt, Number(after?.[0] ?? 0));
  const conditions = [
    Prisma.sql`tenant_id = ${tenantId}::uuid AND run_id = ${input.id}::uuid`,
    Prisma.sql`position > ${from}::int`,
    input.view ? VIEWS[input.view] : Prisma.sql`true`,
  ];
  const rows = await tx.$queryRaw<ItemRow[]>`
    SELECT position, job_id AS "jobId", function, outcome, code, by_label AS by, by_at AS "byAt", detail, at,
      returned, verdict
    FROM dead_letter_run_items WHERE ${Prisma.join(conditions, " AND ")}
    ORDER BY position LIMIT ${input.limit + 1}`;
  return toPage(rows, input.limit, (row) => [String(row.position)], toItem);
});
