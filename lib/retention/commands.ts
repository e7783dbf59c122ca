import { actorLabel } from "#lib/access/actor.ts";
import { type CommandContext, defineCommand } from "#lib/command/define.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { Prisma } from "#lib/db/client.ts";
import { conflict, notFound, staleVersion } from "#lib/errors/domain-error.ts";
import { readJobSettings, readRetention } from "./queries.ts";
import { whyNotHold, whyNotRelease } from "./rules.ts";
import type { EditedJobSettings, HoldAction, JobRetention, JobSettings } from "./schema.ts";

/** Says for how long the tenant's ended jobs are kept. What is older goes within minutes. Throws `conflict` when stale. */
export const saveJobSettings = defineCommand(
  "tenant.manage",
  async ({ tx, actor, audit }, { retentionDays, version }: EditedJobSettings): Promise<JobSettings> => {
    const tenantId = actor.tenant.id;
    const before = await readJobSettings(tx, tenantId);
    if (before.version !== version) throw staleVersion(before.version);
    const same = (["succeeded", "dead", "closed"] as const).every(
      (which) => before.retentionDays[which] === retentionDays[which],
    );
    if (same) return before;
    const data = {
      retentionDaysSucceeded: retentionDays.succeeded,
      retentionDaysDead: retentionDays.dead,
      retentionDaysClosed: retentionDays.closed,
      version: version + 1,
    };
    if (version === 0) {
      try {
        await tx.jobSettings.createMany({ data: [{ tenantId, ...data }] });
      } catch (error) {
        const taken = error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
        if (taken) throw staleVersion(1);
        throw error;
      }
    } else {
      const { count } = await tx.jobSettings.updateMany({
        where: { tenantId, version },
        data: { ...data, changedAt: new Date() },
      });
      if (count === 0) throw staleVersion((await readJobSettings(tx, tenantId)).version);
    }
    await audit({
      action: "job.settings",
      targetType: "tenant",
      targetId: tenantId,
      before: { retentionDays: before.retentionDays },
      after: { retentionDays },
    });
    return { retentionDays, version: version + 1 };
  },
);

type Input = { id: string; reason: string };
type Row = { state: string; finishedAt: Date | null; heldAt: Date | null };

async function setHold(
  context: CommandContext,
  { id, reason }: Input,
  action: HoldAction,
): Promise<JobRetention> {
  const { tx, actor, audit } = context;
  const tenantId = actor.tenant.id;
  // Held until the transaction ends: a worker that would delete it now passes it over.
  const [job] = await tx.$queryRaw<Row[]>`
    SELECT state, finished_at AS "finishedAt", held_at AS "heldAt" FROM jobs
    WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid FOR UPDATE`;
  if (!job) throw notFound("job");
  const holds = action === "hold";
  const refusal = (holds ? whyNotHold : whyNotRelease)({ held: job.heldAt });
  if (refusal) throw conflict(refusal);
  const [after] = await tx.$queryRaw<{ heldAt: Date | null }[]>`
    UPDATE jobs SET held_at = CASE WHEN ${holds} THEN now() END
    WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid RETURNING held_at AS "heldAt"`;
  await tx.jobAction.createMany({
    data: [
      {
        id: uuidv7(),
        jobId: id,
        tenantId,
        action,
        actorId: actor.userId,
        actorLabel: actorLabel(actor),
        reason,
      },
    ],
  });
  await audit({
    action: `job.${action}`,
    targetType: "job",
    targetId: id,
    before: { held: !holds },
    after: { held: holds },
    reason,
  });
  const finishedAt = job.finishedAt?.toISOString() ?? null;
  return readRetention(tx, tenantId, { id, state: job.state, finishedAt, heldAt: after?.heldAt ?? null });
}

/** Keeps a job from being deleted, whatever its state, until it is released. Throws `not_found` or `conflict`. */
export const holdJob = defineCommand("job.act", (context, input: Input) => setHold(context, input, "hold"));

/** Lets a held job be deleted when its time has come, or has passed. Throws `not_found` or `conflict`. */
export const releaseJob = defineCommand("job.act", (context, input: Input) =>
  setHold(context, input, "release"),
);
