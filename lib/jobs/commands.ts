import { actorLabel } from "#lib/access/actor.ts";
import { type CommandContext, defineCommand } from "#lib/command/define.ts";
import type { JobState } from "#lib/contract/jobs.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { conflict, notFound } from "#lib/errors/domain-error.ts";
import { sendDispatches } from "./dispatch.ts";
import { patchPayload } from "./patch-payload.ts";
import { pipelineOf, readSummary } from "./queries.ts";
import { maxAttemptsAfterRetry, whyNotCancel, whyNotDiscard, whyNotRetry } from "./rules.ts";
import type { Job, JobAction, Pipeline } from "./schema.ts";

export { setMaskRules } from "./mask-rules.ts";
export { revealJob } from "./reveal.ts";
export { dispatchWaiting, suspendRunning } from "./suspension.ts";

type ActInput = { id: string; reason: string };
type RetryInput = ActInput & { patch?: unknown };
type LockedJob = {
  state: JobState;
  attempts: number;
  maxAttempts: number;
  dispatch: number;
  pipeline: Pipeline | null;
};
type LockedRow = Omit<LockedJob, "pipeline"> & Parameters<typeof pipelineOf>[0];

/** The job, held until the transaction ends, so that no worker and nobody else acts on it meanwhile. */
async function lockJob({ tx, actor }: CommandContext, id: string): Promise<LockedJob> {
  const [job] = await tx.$queryRaw<LockedRow[]>`
    SELECT state, attempts, max_attempts AS "maxAttempts", dispatch, steps, step,
      step_attempts AS "stepAttempts", step_base AS "stepBase" FROM jobs
    WHERE tenant_id = ${actor.tenant.id}::uuid AND id = ${id}::uuid FOR UPDATE`;
  if (!job) throw notFound("job");
  return { ...job, pipeline: pipelineOf(job) };
}

/** Writes what a person did to a job into its history and into the audit log. */
async function record(
  { tx, actor, audit }: CommandContext,
  { id, reason }: ActInput,
  action: JobAction,
  before: Record<string, string | number>,
  after: Record<string, string | number | string[]>,
  change: string | null = null,
): Promise<void> {
  await tx.jobAction.createMany({
    data: [
      {
        id: uuidv7(),
        jobId: id,
        tenantId: actor.tenant.id,
        action,
        actorId: actor.userId,
        actorLabel: actorLabel(actor),
        reason,
        ...(change === null ? {} : { change: JSON.parse(change) }),
      },
    ],
  });
  await audit({ action: `job.${action}`, targetType: "job", targetId: id, before, after, reason });
}

/**
 * Sends a dead job round again, under its own id and with its history: it gets as many further attempts as it was
 * first allowed. A pipeline goes on with the step that failed. With `patch` its payload is changed before. Throws
 * `not_found`, `conflict` for a job that is not dead, or what patchPayload throws.
 */
export const retryJob = defineCommand("job.act", async (context, input: RetryInput): Promise<Job> => {
  const { tx, actor } = context;
  const where = { id: input.id, tenantId: actor.tenant.id };
  const job = await lockJob(context, input.id);
  const refusal = whyNotRetry(job);
  if (refusal) throw conflict(refusal);
  const change =
    input.patch === undefined
      ? null
      : await patchPayload(context, { id: input.id, pipeline: job.pipeline }, input.patch);
  const earlier = await tx.jobAction.count({
    where: { jobId: input.id, tenantId: where.tenantId, action: "retry" },
  });
  const maxAttempts = maxAttemptsAfterRetry(job, earlier);
  const dispatch = job.dispatch + 1;
  // The database's clock, as for everything else that says when a job is due.
  await tx.$executeRaw`
    UPDATE jobs SET state = 'queued', max_attempts = ${maxAttempts}::int, dispatch = ${dispatch}::int,
      run_at = now(), finished_at = NULL
    WHERE tenant_id = ${where.tenantId}::uuid AND id = ${input.id}::uuid`;
  await sendDispatches(tx, where.tenantId, [{ id: input.id, dispatch }]);
  await record(
    context,
    input,
    "retry",
    { state: job.state, maxAttempts: job.maxAttempts },
    { state: "queued", maxAttempts, ...(change ? { payloadChangedAt: change.paths } : {}) },
    change?.kept ?? null,
  );
  await context.notify("jobs");
  return readSummary(tx, where.tenantId, input.id);
});

/** Takes a job out of the game; what is left of its dispatches is stale. */
async function finish(
  context: CommandContext,
  input: ActInput,
  action: "cancel" | "discard",
  whyNot: (job: LockedJob) => string | null,
): Promise<Job> {
  const { tx, actor } = context;
  const job = await lockJob(context, input.id);
  const refusal = whyNot(job);
  if (refusal) throw conflict(refusal);
  const state = action === "cancel" ? "cancelled" : "discarded";
  await tx.$executeRaw`
    UPDATE jobs SET state = ${state}, finished_at = COALESCE(finished_at, now()), lease_expires_at = NULL,
      worker_id = NULL
    WHERE tenant_id = ${actor.tenant.id}::uuid AND id = ${input.id}::uuid`;
  if (job.state === "running") {
    // Whatever the attempt ends with, its worker no longer holds the job: it is not recorded, and its run is ended.
    await tx.$executeRaw`
      UPDATE job_attempts SET outcome = 'cancelled', finished_at = now()
      WHERE tenant_id = ${actor.tenant.id}::uuid AND job_id = ${input.id}::uuid AND number = ${job.attempts}::int`;
    await context.notify("cancels");
  }
  await record(context, input, action, { state: job.state }, { state });
  return readSummary(tx, actor.tenant.id, input.id);
}

/**
 * Stops a job that waits for its turn or its next attempt, or that runs: its worker ends the attempt with its next
 * heartbeat. Throws `not_found`, or `conflict` for any other.
 */
export const cancelJob = defineCommand("job.act", (context, input: ActInput) =>
  finish(context, input, "cancel", whyNotCancel),
);

/** Puts a dead job away for good. Throws `not_found`, or `conflict` for a job that is not dead. */
export const discardJob = defineCommand("job.act", (context, input: ActInput) =>
  finish(context, input, "discard", whyNotDiscard),
);
