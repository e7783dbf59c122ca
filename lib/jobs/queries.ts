import { z } from "zod";
import { decodeCursor, toPage } from "#lib/api/page.ts";
import { defineQuery } from "#lib/command/define.ts";
import { clientStatus, type JobState } from "#lib/contract/jobs.ts";
import type { Masker } from "#lib/contract/masking.ts";
import { Prisma, type Transaction } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { readRetention } from "#lib/retention/queries.ts";
import { errorOf, readAttempts, readDoubtful, SHOWN_ATTEMPTS } from "./attempts.ts";
import { asking } from "./filters.ts";
import { readCount, readPage } from "./list.ts";
import { readMasker } from "./mask-rules.ts";
import { shownChange } from "./payload-change.ts";
import { stepsOf, timelineOf } from "./rules.ts";
import type {
  CappedCount,
  JobActionEntry,
  JobDetail,
  JobFilters,
  JobSort,
  JobStep,
  JobSummary,
  Pipeline,
} from "./schema.ts";

export type { Masker } from "#lib/contract/masking.ts";
export { listAttempts } from "./attempts.ts";
export { asking, conditionsOf } from "./filters.ts";
export { COUNT_CAP } from "./list.ts";
export { getMaskRules, readMasker } from "./mask-rules.ts";
export { withoutSecrets } from "./without-secrets.ts";

/** A list shows the beginning of a message; the job's own page has all of it. */
const LISTED_MESSAGE_CHARACTERS = 500;

type StepColumns = { steps: string[]; step: number | null; stepAttempts: number | null; stepBase: number };

type SummaryRow = Omit<
  JobSummary,
  "createdAt" | "startedAt" | "finishedAt" | "runAt" | "error" | "pipeline"
> &
  StepColumns & {
    createdAt: Date;
    startedAt: Date | null;
    finishedAt: Date | null;
    runAt: Date;
    errorName: string | null;
    errorMessage: string | null;
  };

const SUMMARY = Prisma.sql`id, function, state, attempts, max_attempts AS "maxAttempts",
  created_at AS "createdAt", started_at AS "startedAt", finished_at AS "finishedAt", run_at AS "runAt",
  error->>'name' AS "errorName", left(error->>'message', ${LISTED_MESSAGE_CHARACTERS}::int) AS "errorMessage",
  error_fingerprint AS "errorFingerprint", request_id AS "requestId", enqueued_by AS "enqueuedBy",
  steps, step, step_attempts AS "stepAttempts", step_base AS "stepBase"`;

/** Where a pipeline stands, from the columns that say so; null for a plain job. */
export function pipelineOf({ steps, step, stepAttempts, stepBase }: StepColumns): Pipeline | null {
  if (step === null || stepAttempts === null) return null;
  return { functions: steps, step: step + 1, attemptsPerStep: stepAttempts, attemptsBefore: stepBase };
}

function toSummary(summary: SummaryRow, masker: Masker): JobSummary {
  const { errorName, errorMessage, steps, step, stepAttempts, stepBase, ...row } = summary;
  return {
    ...row,
    pipeline: pipelineOf({ steps, step, stepAttempts, stepBase }),
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    runAt: row.runAt.toISOString(),
    error: errorName === null ? null : { name: errorName, message: masker.text(errorMessage ?? "") },
  };
}

type ListInput = JobFilters & { limit: number; cursor?: string | undefined; sort?: JobSort | undefined };

/** One page of jobs, newest first unless told otherwise. Payloads are not in it. */
export const listJobs = defineQuery("tenant.read", ({ tx, actor }, input: ListInput) => {
  const { limit, cursor, sort = "newest", ...filters } = input;
  const after = decodeCursor(cursor, [z.iso.datetime(), z.uuid()]);
  const place = after ? { at: after[0], id: after[1] } : null;
  return asking(async () => {
    const asked = { tx, tenantId: actor.tenant.id, filters, sort };
    const rows = await readPage<SummaryRow>(asked, SUMMARY, place, limit);
    const masker = await readMasker(tx, actor.tenant.id);
    return toPage(
      rows,
      limit,
      (row) => [row.createdAt.toISOString(), row.id],
      (row) => toSummary(row, masker),
    );
  });
});

/** How many jobs match, counted no further than the cap. For other slices' queries, inside their transaction. */
export const countJobs = (tx: Transaction, tenantId: string, filters: JobFilters): Promise<CappedCount> =>
  asking(() => readCount({ tx, tenantId, filters, sort: "newest" }));

/** How many jobs match the filters, counted no further than 10,000. */
export const getJobCount = defineQuery("tenant.read", ({ tx, actor }, filters: JobFilters) =>
  countJobs(tx, actor.tenant.id, filters),
);

/** Jobs as lists show them: `which` is everything after WHERE, the tenant included. For other slices' queries. */
export async function readSummaries(
  tx: Transaction,
  which: Prisma.Sql,
  masker: Masker,
): Promise<JobSummary[]> {
  const rows = await tx.$queryRaw<SummaryRow[]>`SELECT ${SUMMARY} FROM jobs WHERE ${which}`;
  return rows.map((row) => toSummary(row, masker));
}

/** The job as lists show it. Throws `not_found`. */
export async function readSummary(tx: Transaction, tenantId: string, id: string): Promise<JobSummary> {
  const which = Prisma.sql`tenant_id = ${tenantId}::uuid AND id = ${id}::uuid`;
  const [job] = await readSummaries(tx, which, await readMasker(tx, tenantId));
  if (!job) throw notFound("job");
  return job;
}

type StepFacts = Parameters<typeof stepsOf>[0];

/** How each step of a pipeline stands, its result masked; nothing for a plain job. */
async function readSteps(
  tx: Transaction,
  tenantId: string,
  jobId: string,
  facts: StepFacts,
  masker: Masker,
  results: boolean,
): Promise<{ steps: JobStep[]; masked: boolean }> {
  if (!facts.pipeline) return { steps: [], masked: false };
  const runs = await tx.$queryRaw<
    { step: number; attempts: number; startedAt: Date; finishedAt: Date | null }[]
  >`
    SELECT step + 1 AS step, count(*)::int AS attempts, min(started_at) AS "startedAt",
      CASE WHEN bool_and(finished_at IS NOT NULL) THEN max(finished_at) END AS "finishedAt"
    FROM job_attempts WHERE tenant_id = ${tenantId}::uuid AND job_id = ${jobId}::uuid AND step IS NOT NULL
    GROUP BY step`;
  const rows = results
    ? await tx.jobStep.findMany({ where: { jobId, tenantId }, select: { step: true, result: true } })
    : [];
  let masked = false;
  const kept = new Map(
    rows.map((row) => {
      const result = masker.result(row.result);
      masked ||= result.masked;
      return [row.step + 1, result.value];
    }),
  );
  const times = runs.map((run) => ({
    ...run,
    startedAt: run.startedAt.toISOString(),
    finishedAt: run.finishedAt?.toISOString() ?? null,
  }));
  return { steps: stepsOf(facts, times, kept), masked };
}

/** One job with its whole story, its payloads masked; they and what attempts left are null where they are not wanted. Throws `not_found`. */
export const getJob = defineQuery(
  "tenant.read",
  async ({ tx, actor }, { id, payloads = true }: { id: string; payloads?: boolean }): Promise<JobDetail> => {
    const tenantId = actor.tenant.id;
    const omit = { input: !payloads, result: !payloads };
    const found = await tx.job.findFirst({ where: { id, tenantId }, omit });
    if (!found) throw notFound("job");
    const row = { ...found, input: payloads ? found.input : null, result: payloads ? found.result : null };
    const masker = await readMasker(tx, tenantId);
    const attempts = await readAttempts(tx, tenantId, id, masker, { whole: payloads, limit: SHOWN_ATTEMPTS });
    const attemptLog = attempts.data.reverse();
    const actionRows = await tx.jobAction.findMany({
      where: { jobId: id, tenantId },
      orderBy: { at: "asc" },
    });
    const actions = actionRows.map((entry) => ({
      id: entry.id,
      action: entry.action as JobActionEntry["action"],
      actor: entry.actorLabel,
      reason: entry.reason,
      at: entry.at.toISOString(),
      runId: entry.runId,
      change: shownChange(entry.change, masker),
    }));
    const input = masker.input(row.input);
    const result = masker.result(row.result);
    const facts = {
      id,
      state: row.state as JobState,
      attempts: row.attempts,
      maxAttempts: row.maxAttempts,
      createdAt: row.createdAt.toISOString(),
      startedAt: row.startedAt?.toISOString() ?? null,
      finishedAt: row.finishedAt?.toISOString() ?? null,
      result: result.value,
      error: errorOf(row.error, masker),
    };
    const pipeline = pipelineOf(row);
    const { steps, masked } = await readSteps(tx, tenantId, id, { ...facts, pipeline }, masker, payloads);
    const runAt = row.runAt.toISOString();
    const enqueuedBy = row.enqueuedBy as JobDetail["enqueuedBy"];
    const retention = await readRetention(tx, tenantId, { ...facts, heldAt: row.heldAt });
    return {
      ...facts,
      ...retention,
      function: row.function,
      pipeline,
      steps,
      runAt,
      enqueuedBy,
      errorFingerprint: row.errorFingerprint,
      requestId: row.requestId,
      timeoutMs: row.timeoutMs,
      routeId: row.routeId,
      revision: row.revision,
      apiKeyId: row.apiKeyId,
      leaseExpiresAt: row.leaseExpiresAt?.toISOString() ?? null,
      input: input.value,
      masked: input.masked || result.masked || masked,
      attemptLog,
      earlierAttempts: attempts.next_cursor,
      doubtful: await readDoubtful(tx, tenantId, id),
      actions,
      timeline: timelineOf({ ...facts, runAt, enqueuedBy }, attemptLog, actions),
      told: {
        accepted: { status: 202, body: { data: { jobId: id, status: "queued" } } },
        status: { status: 200, body: { data: clientStatus(facts) } },
      },
    };
  },
);
