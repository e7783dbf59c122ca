import { actorLabel } from "#lib/access/actor.ts";
import { type CommandContext, defineCommand } from "#lib/command/define.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import type { Prisma, Transaction } from "#lib/db/client.ts";
import { conflict, invalid, notFound } from "#lib/errors/domain-error.ts";
import { freezeItems, previewOf } from "./freeze.ts";
import { type RunControl, whyNotControl } from "./rules.ts";
import { readRun } from "./run-queries.ts";
import {
  type DiscardInput,
  PREPARED_MINUTES,
  type RequeueInput,
  type Run,
  type RunAction,
  type RunPreview,
  type RunState,
  type Selection,
} from "./schema.ts";

/** Freezing the most jobs that a run may have takes seconds. */
const FREEZING_MS = 60_000;
/** Selections that one person may have prepared at a time; the oldest of more run out. */
const PREPARED_AT_ONCE = 4;

/** Of the jobs that were named, so many stay with the run itself. */
const KEPT_IDS = 20;

const json = (value: unknown) => value as Prisma.InputJsonValue;

/** What the audit log keeps of a selection: names of a few, the number of the others. */
function auditOf(selection: Selection): Prisma.InputJsonValue {
  if (selection.by === "ids")
    return json({ by: "ids", ids: selection.ids.slice(0, KEPT_IDS), count: selection.ids.length });
  return json(selection);
}

async function prepare(context: CommandContext, action: RunAction, selection: Selection): Promise<Run> {
  const { tx, actor } = context;
  const tenantId = actor.tenant.id;
  const id = uuidv7();
  await tx.$executeRaw`
    UPDATE dead_letter_runs SET expires_at = now() WHERE id IN (
      SELECT id FROM dead_letter_runs WHERE tenant_id = ${tenantId}::uuid AND actor_id = ${actor.userId}::uuid
        AND state = 'prepared' AND expires_at > now()
      ORDER BY created_at DESC OFFSET ${PREPARED_AT_ONCE - 1})`;
  // The items are the selection; a thousand ids would only make every answer about the run heavy.
  const kept = selection.by === "ids" ? { ...selection, ids: selection.ids.slice(0, KEPT_IDS) } : selection;
  await tx.$executeRaw`
    INSERT INTO dead_letter_runs
      (id, tenant_id, action, selection, preview, actor_id, actor_label, total, expires_at)
    VALUES (${id}::uuid, ${tenantId}::uuid, ${action}, ${JSON.stringify(kept)}::json, '{}'::json,
      ${actor.userId}::uuid, ${actorLabel(actor)}, 0, now() + ${PREPARED_MINUTES}::int * interval '1 minute')`;
  const total = await freezeItems(tx, tenantId, id, selection);
  const preview = await previewOf(tx, tenantId, id, total, selection);
  await tx.$executeRaw`
    UPDATE dead_letter_runs SET total = ${total}::int, preview = ${JSON.stringify(preview)}::json
    WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid`;
  await context.audit({
    action: `dead-letters.prepare-${action}`,
    targetType: "run",
    targetId: id,
    after: json({ selection: auditOf(selection), jobs: preview.count }),
  });
  return readRun(tx, tenantId, id);
}

/**
 * Freezes a selection of dead jobs as they are now and says what would be done to which. Nothing is done to them
 * until the run is started; the selection can be started for a quarter of an hour. Throws `invalid_input` for a
 * selection that is too wide.
 */
export const prepareRun = defineCommand(
  "job.act",
  (context, { action, selection }: { action: RunAction; selection: Selection }) =>
    prepare(context, action, selection),
  { longestMs: FREEZING_MS },
);

type StartInput = Pick<RequeueInput, "run" | "ids" | "reason" | "ratePerMinute"> &
  Partial<Pick<RequeueInput, "canary" | "stopAfter">>;

async function start(context: CommandContext, action: RunAction, input: StartInput): Promise<Run> {
  const { tx, actor } = context;
  const tenantId = actor.tenant.id;
  const id = input.ids
    ? (await prepare(context, action, { by: "ids", ids: input.ids })).id
    : (input.run as string);
  const [run] = await tx.$queryRaw<
    { state: RunState; action: RunAction; total: number; preview: RunPreview; expired: boolean; by: string }[]
  >`
    SELECT state, action, total, preview, expires_at <= now() AS expired, actor_label AS by FROM dead_letter_runs
    WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid FOR UPDATE`;
  if (!run) throw notFound("run");
  if (run.action !== action)
    throw invalid([{ path: "run", message: `was prepared to ${run.action}, not to ${action}` }]);
  if (run.state !== "prepared") throw conflict(`This run was started already, by ${run.by}.`);
  if (run.expired) {
    throw conflict("This selection was frozen too long ago to be started; look at it again.");
  }
  if (run.total === 0)
    throw conflict(`There is nothing to ${action}: none of these jobs is dead (any more).`);
  const { reason, ratePerMinute, canary = null, stopAfter = null } = input;
  const { count } = run.preview;
  if (canary !== null && count > 0 && canary >= count) {
    throw invalid([
      { path: "canary", message: `must be less than ${count}, or all of these jobs are sent at once` },
    ]);
  }
  await tx.$executeRaw`
    UPDATE dead_letter_runs SET state = 'running', started_at = now(), next_at = now(), reason = ${reason},
      actor_id = ${actor.userId}::uuid, actor_label = ${actorLabel(actor)}, rate_per_minute = ${ratePerMinute}::int,
      canary = ${canary}::int, stop_after = ${stopAfter}::int,
      support_session_id = ${actor.via?.sessionId ?? null}::uuid
    WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid`;
  const started = await readRun(tx, tenantId, id);
  await context.audit({
    action: `dead-letters.${action}`,
    targetType: "run",
    targetId: id,
    after: json({
      selection: auditOf(started.selection),
      jobs: started.preview.count,
      ratePerMinute,
      ...(action === "requeue" ? { canary, stopAfter } : {}),
    }),
    reason,
  });
  return started;
}

/**
 * Starts a prepared requeue, or freezes the named jobs and starts it in one; a worker carries it out. Throws
 * `not_found`, or `conflict` for a run that was started already, has run out or has no job.
 */
export const startRequeue = defineCommand(
  "job.act",
  (context, input: RequeueInput) => start(context, "requeue", input),
  { longestMs: FREEZING_MS },
);

/** The same for putting dead jobs away for good. */
export const startDiscard = defineCommand(
  "job.act",
  (context, input: DiscardInput) => start(context, "discard", input),
  { longestMs: FREEZING_MS },
);

const AFTER: Record<RunControl, RunState> = { pause: "paused", resume: "running", abort: "aborted" };

/**
 * Pauses a run, takes it up again or ends it. It waits for the batch that is being dealt with, some 30 ms; no job
 * after that is touched. Throws `not_found`, or `conflict` for a run that is over.
 */
export const controlRun = defineCommand(
  "job.act",
  async (context, input: { id: string; control: RunControl; reason?: string | undefined }): Promise<Run> => {
    const { tx, actor } = context;
    const tenantId = actor.tenant.id;
    const [run] = await tx.$queryRaw<{ state: RunState; done: number }[]>`
      SELECT state, done FROM dead_letter_runs
      WHERE tenant_id = ${tenantId}::uuid AND id = ${input.id}::uuid FOR UPDATE`;
    if (!run) throw notFound("run");
    const refusal = whyNotControl(input.control, run.state);
    if (refusal) throw conflict(refusal);
    const state = AFTER[input.control];
    // An operator who takes it up again has it going on: it is held up with their session from then on.
    const session = input.control === "resume" ? (actor.via?.sessionId ?? null) : null;
    await tx.$executeRaw`
      UPDATE dead_letter_runs SET state = ${state}, held_up = false,
        next_at = CASE WHEN ${state} = 'running' THEN now() ELSE next_at END,
        finished_at = CASE WHEN ${state} = 'aborted' THEN now() END,
        support_session_id = COALESCE(${session}::uuid, support_session_id)
      WHERE tenant_id = ${tenantId}::uuid AND id = ${input.id}::uuid`;
    await context.audit({
      action: `dead-letters.${input.control}`,
      targetType: "run",
      targetId: input.id,
      before: json({ state: run.state }),
      after: json({ state, done: run.done }),
      ...(input.reason ? { reason: input.reason } : {}),
    });
    return readRun(tx, tenantId, input.id);
  },
);

/**
 * Pauses what operators have started in a support session, or in any, and is going on, in the transaction in which the
 * tenant puts them out: its own people take it up again, or end it. Gives the runs' ids.
 */
export async function pauseRunsOfSupport(
  tx: Transaction,
  tenantId: string,
  sessionId: string | "any",
): Promise<string[]> {
  const one = sessionId === "any" ? null : sessionId;
  const paused = await tx.$queryRaw<{ id: string }[]>`
    UPDATE dead_letter_runs SET state = 'paused', held_up = false
    WHERE tenant_id = ${tenantId}::uuid AND state = 'running' AND support_session_id IS NOT NULL
      AND (${one}::uuid IS NULL OR support_session_id = ${one}::uuid) RETURNING id`;
  return paused.map(({ id }) => id);
}
