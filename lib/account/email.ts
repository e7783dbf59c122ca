import type { PersonActor } from "#lib/access/actor.ts";
import { assertInPerson } from "#lib/access/authorize.ts";
import { assertConfirmed } from "#lib/access/confirmation.ts";
import { writePersonalAudit } from "#lib/audit/audit.ts";
import { afterwards } from "#lib/command/afterwards.ts";
import { database, Prisma } from "#lib/db/client.ts";
import { withUser } from "#lib/db/scope.ts";
import { conflict, invalid, notFound } from "#lib/errors/domain-error.ts";
import { deliver } from "#lib/mail/deliver.ts";
import { assertPassword } from "#lib/sign-in/commands.ts";
import { assertNotBlocked, countAttempt } from "#lib/sign-in/throttle.ts";
import { deadLink, makeLink, presentedLink, useUpLink } from "./links.ts";
import { emailChangedMail, takenMail, verifyMail } from "./mails.ts";
import { assertSendsMail, doAfterwards } from "./reset-password.ts";
import type { EmailChange } from "./schema.ts";

type Pending = { email: string; expiresAt: string };

/** Sends a link that proves an address. Whether another account has it is told to that address, not to who asks. */
async function sendLink(actor: PersonActor, email: string): Promise<Pending> {
  const { userId } = actor;
  const by = { kind: "mailBy", value: userId } as const;
  const to = { kind: "mailTo", value: email } as const;
  await assertNotBlocked([by, to]);
  await countAttempt(by);
  await countAttempt(to);
  const { secret, expiresAt } = await withUser(userId, async (tx) => {
    await writePersonalAudit(tx, userId, actor, {
      action: "email.ask",
      targetType: "person",
      targetId: userId,
      after: { email },
    });
    return makeLink(tx, { userId, purpose: "email", email });
  });
  doAfterwards(async () => {
    const other = await database().user.findFirst({
      where: { email, NOT: { id: userId } },
      select: { id: true },
    });
    await deliver(other ? takenMail(email) : verifyMail(email, secret));
  });
  return { email, expiresAt: expiresAt.toISOString() };
}

/**
 * Asks for another address: nothing changes until whoever receives mail there, signed in to this account, opens the
 * link. The password is asked, or a recent proof of somebody who has none. Throws `invalid_input`,
 * `confirmation_required`, `too_many_requests`, and `conflict` where no mail is sent.
 */
export async function requestEmailChange(actor: PersonActor, given: EmailChange): Promise<Pending> {
  assertInPerson(actor);
  assertSendsMail();
  if (given.email === actor.email) {
    throw invalid([{ path: "email", message: "This is the address that you have." }]);
  }
  const user = await database().user.findUniqueOrThrow({
    where: { id: actor.userId },
    select: { passwordHash: true },
  });
  if (user.passwordHash === null) assertConfirmed(actor);
  else await assertPassword(actor, given.password ?? "");
  return sendLink(actor, given.email);
}

/** Sends a link to the present address, if it is not proven yet. Throws `conflict` when it is, or no mail is sent. */
export async function requestVerification(actor: PersonActor): Promise<Pending> {
  assertInPerson(actor);
  assertSendsMail();
  const { emailVerifiedAt } = await database().user.findUniqueOrThrow({
    where: { id: actor.userId },
    select: { emailVerifiedAt: true },
  });
  if (emailVerifiedAt) throw conflict("Your address is verified already.");
  return sendLink(actor, actor.email);
}

/** Takes a change back that has not been proven yet; its link is dead. Throws `not_found`. */
export async function cancelEmailChange(actor: PersonActor): Promise<void> {
  assertInPerson(actor);
  const { userId } = actor;
  await withUser(userId, async (tx) => {
    const { count } = await tx.personalLink.deleteMany({ where: { userId, purpose: "email" } });
    if (count === 0) throw notFound("change of the address");
    const record = { action: "email.cancel", targetType: "person", targetId: userId } as const;
    await writePersonalAudit(tx, userId, actor, record);
  });
}

const isTaken = (error: unknown) =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";

/**
 * Proves an address with the link that was sent there, in a session of the account that asked: a link alone does
 * nothing, so that nobody can be made to prove a stranger's account. A new address counts from now on, and the old one
 * is told. Throws `not_found`, alike for every link that is not good here.
 */
export async function verifyEmail(
  actor: PersonActor,
  { secret }: { secret: string },
): Promise<{ email: string }> {
  assertInPerson(actor);
  const link = await presentedLink("email", secret);
  const { userId, email } = link;
  if (userId !== actor.userId) throw deadLink();
  const old = link.user.email;
  const changed = old !== email;
  try {
    await withUser(userId, async (tx) => {
      await useUpLink(tx, "email", link);
      const { count } = await tx.user.updateMany({
        where: { id: userId, email: old },
        data: { email, emailVerifiedAt: new Date() },
      });
      if (count === 0) throw deadLink();
      // A link to a new password was for the address that it was sent to.
      if (changed) await tx.personalLink.deleteMany({ where: { userId } });
      await writePersonalAudit(tx, userId, actor, {
        action: changed ? "email.change" : "email.verify",
        targetType: "person",
        targetId: userId,
        ...(changed ? { before: { email: old } } : {}),
        after: { email },
      });
    });
  } catch (error) {
    // Somebody else has proven it meanwhile; who has which address is not told.
    throw isTaken(error) ? deadLink() : error;
  }
  if (changed) afterwards(() => deliver(emailChangedMail(old, email)));
  return { email };
}
