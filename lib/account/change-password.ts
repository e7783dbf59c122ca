import type { PersonActor } from "#lib/access/actor.ts";
import { assertInPerson } from "#lib/access/authorize.ts";
import { assertConfirmed } from "#lib/access/confirmation.ts";
import { writePersonalAudit } from "#lib/audit/audit.ts";
import { afterwards } from "#lib/command/afterwards.ts";
import { database } from "#lib/db/client.ts";
import { withUser } from "#lib/db/scope.ts";
import { conflict, invalid } from "#lib/errors/domain-error.ts";
import { deliver } from "#lib/mail/deliver.ts";
import { assertPassword, hashPassword } from "#lib/sign-in/commands.ts";
import { whyNotPassword } from "#lib/sign-in/password-policy.ts";
import { endLinks } from "./links.ts";
import { passwordChangedMail } from "./mails.ts";
import type { PasswordChange } from "./schema.ts";

/** Throws `invalid_input` at `password` with the reason in words, unless the person can have this password. */
export async function assertGoodPassword(
  password: string,
  about: { email: string; name: string },
): Promise<void> {
  const message = await whyNotPassword(password, about);
  if (message) throw invalid([{ path: "password", message }], message);
}

/**
 * Gives the person a new password: the present one is asked, or, of somebody who has none yet, that they have just
 * proved who they are. Every other session ends; access tokens stay. Throws `invalid_input`, `confirmation_required`,
 * `too_many_requests`, and `conflict` when the password was changed meanwhile.
 */
export async function changePassword(actor: PersonActor, given: PasswordChange): Promise<void> {
  assertInPerson(actor);
  const { userId } = actor;
  const { passwordHash: before } = await database().user.findUniqueOrThrow({
    where: { id: userId },
    select: { passwordHash: true },
  });
  if (before === null) assertConfirmed(actor);
  else await assertPassword(actor, given.current ?? "", "current");
  if (before !== null && given.current === given.password) {
    throw invalid([{ path: "password", message: "This is the password that you have." }]);
  }
  await assertGoodPassword(given.password, actor);
  const passwordHash = await hashPassword(given.password);
  const now = new Date();
  const current = actor.proof.type === "session" ? actor.proof.sessionId : null;
  await withUser(userId, async (tx) => {
    const { count } = await tx.user.updateMany({
      where: { id: userId, passwordHash: before, disabledAt: null },
      data: { passwordHash, passwordChangedAt: now },
    });
    if (count === 0) throw conflict("Your password was changed meanwhile. Sign in with the new one.");
    const open = { userId, revokedAt: null };
    const ended = await tx.session.updateMany({
      where: { ...open, ...(current ? { NOT: { id: current } } : {}) },
      data: { revokedAt: now },
    });
    if (current) await tx.session.updateMany({ where: { id: current, ...open }, data: { confirmedAt: now } });
    await endLinks(tx, userId);
    await writePersonalAudit(tx, userId, actor, {
      action: before === null ? "password.set" : "password.change",
      targetType: "password",
      targetId: userId,
      after: { sessionsEnded: ended.count },
    });
  });
  afterwards(() => deliver(passwordChangedMail(actor.email)));
}
