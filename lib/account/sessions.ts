import type { PersonActor } from "#lib/access/actor.ts";
import { assertInPerson } from "#lib/access/authorize.ts";
import { writePersonalAudit } from "#lib/audit/audit.ts";
import { withUser } from "#lib/db/scope.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { deviceName } from "#lib/sign-in/commands.ts";

/** Ends one of the person's sessions from its next request on. Throws `not_found`. */
export async function endOwnSession(actor: PersonActor, { id }: { id: string }): Promise<void> {
  assertInPerson(actor);
  const { userId } = actor;
  await withUser(userId, async (tx) => {
    const ended = await tx.session.updateManyAndReturn({
      where: { id, userId, revokedAt: null, expiresAt: { gt: new Date() } },
      data: { revokedAt: new Date() },
      select: { userAgent: true },
    });
    if (!ended[0]) throw notFound("session");
    await writePersonalAudit(tx, userId, actor, {
      action: "session.end",
      targetType: "session",
      targetId: id,
      after: { device: deviceName(ended[0].userAgent) },
    });
  });
}

/** Ends every session of the person but this one. Gives how many there were. */
export async function endOtherSessions(actor: PersonActor): Promise<{ ended: number }> {
  assertInPerson(actor);
  const { userId, proof } = actor;
  const current = proof.type === "session" ? proof.sessionId : null;
  return withUser(userId, async (tx) => {
    const where = { userId, revokedAt: null, ...(current ? { NOT: { id: current } } : {}) };
    // Those that have expired, or wait for a second factor, end too and are not counted.
    const counted = await tx.session.count({
      where: { ...where, secondFactorDue: false, expiresAt: { gt: new Date() } },
    });
    const { count } = await tx.session.updateMany({ where, data: { revokedAt: new Date() } });
    if (count > 0) {
      await writePersonalAudit(tx, userId, actor, {
        action: "session.end_others",
        targetType: "session",
        targetId: userId,
        after: { ended: counted },
      });
    }
    return { ended: counted };
  });
}
