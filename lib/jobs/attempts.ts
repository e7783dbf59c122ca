import { z } from "zod";
import { decodeCursor, type Page, toPage } from "#lib/api/page.ts";
import { defineQuery } from "#lib/command/define.ts";
import type { JobError } from "#lib/contract/jobs.ts";
import type { Masker } from "#lib/contract/masking.ts";
import type { Prisma, Transaction } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { shownLogs } from "./logs.ts";
import { readMasker } from "./mask-rules.ts";
import type { DoubtfulAttempt, JobAttempt } from "./schema.ts";

/** A job's page has its latest attempts and fetches earlier ones when asked: errors and log lines make many heavy. */
export const SHOWN_ATTEMPTS = 25;

/** An error as it may be shown. */
export function errorOf(stored: Prisma.JsonValue, masker: Masker): JobError | null {
  const error = stored as unknown as JobError | null;
  if (error === null) return null;
  const { name, message, stack } = error;
  return { name, message: masker.text(message), ...(stack ? { stack: masker.text(stack) } : {}) };
}

type Part = {
  /** Errors and log lines too; without them both are null. */
  whole: boolean;
  limit: number;
  cursor?: string | undefined;
};

/** One page of a job's attempts, the latest first. */
export async function readAttempts(
  tx: Transaction,
  tenantId: string,
  jobId: string,
  masker: Masker,
  { whole, limit, cursor }: Part,
): Promise<Page<JobAttempt>> {
  const after = decodeCursor(cursor, [z.string().regex(/^\d{1,9}$/)]);
  const found = await tx.jobAttempt.findMany({
    where: { jobId, tenantId, ...(after ? { number: { lt: Number(after[0]) } } : {}) },
    orderBy: { number: "desc" },
    take: limit + 1,
    omit: { logs: !whole, error: !whole },
  });
  const workers = await tx.gatewayInstance.findMany({
    where: { id: { in: [...new Set(found.map((row) => row.workerId))] } },
    select: { id: true, name: true },
  });
  const names = new Map(workers.map((worker) => [worker.id, worker.name]));
  return toPage(
    found,
    limit,
    (row) => [String(row.number)],
    (row) => ({
      number: row.number,
      step: row.step === null ? null : row.step + 1,
      outcome: row.outcome as JobAttempt["outcome"],
      startedAt: row.startedAt.toISOString(),
      finishedAt: row.finishedAt?.toISOString() ?? null,
      durationMs: row.finishedAt ? row.finishedAt.getTime() - row.startedAt.getTime() : null,
      error: whole ? errorOf(row.error, masker) : null,
      worker: names.get(row.workerId) ?? null,
      logs: whole ? shownLogs(row.logs, masker) : null,
    }),
  );
}

/** One page of a job's attempts with their errors and log lines, the latest first. Throws `not_found`. */
export const listAttempts = defineQuery(
  "tenant.read",
  async ({ tx, actor }, { id, ...page }: { id: string; limit: number; cursor?: string | undefined }) => {
    const tenantId = actor.tenant.id;
    if (!(await tx.job.findFirst({ where: { id, tenantId }, select: { id: true } }))) throw notFound("job");
    return readAttempts(tx, tenantId, id, await readMasker(tx, tenantId), { ...page, whole: true });
  },
);

/** Nobody heard how these ended: their work may be done. */
const DOUBTFUL = ["lost", "timed_out", "cancelled"] as const;

/** The attempts that may have had their effect although they did not succeed, by number; at most 100. */
export async function readDoubtful(
  tx: Transaction,
  tenantId: string,
  jobId: string,
): Promise<DoubtfulAttempt[]> {
  const rows = await tx.jobAttempt.findMany({
    where: { jobId, tenantId, outcome: { in: [...DOUBTFUL] } },
    orderBy: { number: "asc" },
    take: 100,
    select: { number: true, outcome: true },
  });
  return rows as DoubtfulAttempt[];
}
