import { actorLabel } from "#lib/access/actor.ts";
import { assertConfirmed } from "#lib/access/confirmation.ts";
import { defineCommand } from "#lib/command/define.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import type { JobActionInput, JobLogs, RevealedJob } from "./schema.ts";

/** The latest; whatever is earlier stays masked. */
const SHOWN_ATTEMPTS = 200;

/**
 * A job's payload, result, errors and log lines as they are, for somebody who says why. That it was done is in the
 * job's story and in the audit log; what was seen is in neither. Throws `not_found`, and `confirmation_required` when
 * the person has to prove again that it is them.
 */
export const revealJob = defineCommand(
  "payload.reveal",
  async ({ tx, actor, audit }, { id, reason }: JobActionInput & { id: string }): Promise<RevealedJob> => {
    assertConfirmed(actor);
    const where = { jobId: id, tenantId: actor.tenant.id };
    const job = await tx.job.findFirst({ where: { id, tenantId: where.tenantId } });
    if (!job) throw notFound("job");
    const attempts = await tx.jobAttempt.findMany({
      where,
      orderBy: { number: "desc" },
      take: SHOWN_ATTEMPTS,
      select: { number: true, error: true, logs: true },
    });
    const steps = await tx.jobStep.findMany({
      where,
      orderBy: { step: "asc" },
      select: { step: true, result: true },
    });
    await tx.jobAction.createMany({
      data: [
        {
          id: uuidv7(),
          ...where,
          action: "reveal",
          actorId: actor.userId,
          actorLabel: actorLabel(actor),
          reason,
        },
      ],
    });
    await audit({ action: "job.reveal", targetType: "job", targetId: id, reason });
    return {
      input: job.input,
      result: job.result,
      error: job.error as RevealedJob["error"],
      steps: steps.map(({ step, result }) => ({ number: step + 1, result })),
      attempts: attempts.reverse().map(({ number, error, logs }) => ({
        number,
        error: error as RevealedJob["error"],
        logs: logs as unknown as JobLogs | null,
      })),
    };
  },
);
