import type { PersonActor } from "#lib/access/actor.ts";
import { assertInPerson } from "#lib/access/authorize.ts";
import { writePersonalAudit } from "#lib/audit/audit.ts";
import { withUser } from "#lib/db/scope.ts";

export { changePassword } from "./change-password.ts";
export { cancelEmailChange, requestEmailChange, requestVerification, verifyEmail } from "./email.ts";
export { openPasswordReset, requestPasswordReset, resetLinkFor, resetPassword } from "./reset-password.ts";
export { endOtherSessions, endOwnSession } from "./sessions.ts";

/** Changes what the person is called. Saving what was not changed changes nothing. */
export async function editProfile(actor: PersonActor, { name }: { name: string }): Promise<void> {
  assertInPerson(actor);
  const { userId } = actor;
  await withUser(userId, async (tx) => {
    const { count } = await tx.user.updateMany({ where: { id: userId, NOT: { name } }, data: { name } });
    if (count === 0) return;
    await writePersonalAudit(tx, userId, actor, {
      action: "profile.edit",
      targetType: "person",
      targetId: userId,
      before: { name: actor.name },
      after: { name },
    });
  });
}
