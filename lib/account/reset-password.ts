import { writePersonalAudit } from "#lib/audit/audit.ts";
import { afterwards } from "#lib/command/afterwards.ts";
import { database, type Transaction } from "#lib/db/client.ts";
import { withUser } from "#lib/db/scope.ts";
import { env } from "#lib/env.ts";
import { conflict, DomainError } from "#lib/errors/domain-error.ts";
import { deliver } from "#lib/mail/deliver.ts";
import { hashPassword } from "#lib/sign-in/commands.ts";
import { whyNotPassword } from "#lib/sign-in/password-policy.ts";
import { assertNotBlocked, countAttempt } from "#lib/sign-in/throttle.ts";
import { assertGoodPassword } from "./change-password.ts";
import { deadLink, endLinks, makeLink, type PresentedLink, presentedLink, useUpLink } from "./links.ts";
import { passwordChangedMail, resetAddress, resetMail } from "./mails.ts";
import type { OpenedReset } from "./schema.ts";

/** Whoever asks without an account being known. */
type Asking = { requestId: string; ip: string };

/** Throws `conflict` where no mail is sent, with whom to ask instead. */
export function assertSendsMail(): void {
  if (env.smtpUrl) return;
  throw conflict("This installation sends no mail. Ask whoever runs it; they can make you a link.");
}

/** Throws `unavailable`: so much waits to be done that this would be lost. Whoever asks learns nothing else by it. */
export function doAfterwards(work: () => Promise<unknown>): void {
  if (afterwards(work)) return;
  throw new DomainError("unavailable", "Too much is going on at this moment. Try again shortly.", {
    headers: { "retry-after": "10" },
  });
}

/**
 * Sends a link to a new password, if there is an account with this address that may sign in. Whoever asks is answered
 * before anybody looks for it, so that neither answer nor time tells. Throws `too_many_requests` by address, known or
 * not, and by where it comes from; `conflict` where no mail is sent.
 */
export async function requestPasswordReset({ email }: { email: string }, asking: Asking): Promise<void> {
  assertSendsMail();
  const account = { kind: "resetOf", value: email } as const;
  const address = { kind: "resetFrom", value: asking.ip } as const;
  await assertNotBlocked([account, address]);
  await countAttempt(address);
  await countAttempt(account);
  doAfterwards(async () => {
    const link = await newResetLink(email, { label: "somebody who asked for a new password", ...asking });
    if (link) await deliver(resetMail(email, link.secret));
  });
}

async function newResetLink(email: string, by: Asking & { label: string }) {
  const user = await database().user.findFirst({ where: { email, disabledAt: null }, select: { id: true } });
  if (!user) return null;
  return withUser(user.id, async (tx) => {
    await writePersonalAudit(tx, user.id, by, {
      action: "password.ask_reset",
      targetType: "password",
      targetId: user.id,
    });
    return makeLink(tx, { userId: user.id, purpose: "password", email });
  });
}

/**
 * Makes a link to a new password for whoever runs the installation to hand over; null when no account that may sign in
 * has the address.
 */
export async function resetLinkFor(email: string): Promise<{ address: string; expiresAt: Date } | null> {
  const by = { label: "whoever runs the installation", requestId: "command-line", ip: "" };
  const link = await newResetLink(email, by);
  return link && { address: resetAddress(link.secret), expiresAt: link.expiresAt };
}

/** A link to a new password, as long as the account still has the address it was sent to. */
async function resetLink(secret: string): Promise<PresentedLink> {
  const link = await presentedLink("password", secret);
  if (link.user.email !== link.email) throw deadLink();
  return link;
}

/** Whose password a link sets, and whether a password is good enough; changes nothing. Throws `not_found`. */
export async function openPasswordReset(given: {
  secret: string;
  password?: string | undefined;
}): Promise<OpenedReset> {
  const { user, expiresAt } = await resetLink(given.secret);
  return {
    email: user.email,
    expiresAt: expiresAt.toISOString(),
    reason: given.password === undefined ? null : await whyNotPassword(given.password, user),
  };
}

/**
 * Sets a new password with a link, once. Every session ends, and second factors stay as they are. Whoever holds the
 * link receives the person's mail; if that was not known of the account, whatever else lets somebody into it may be a
 * stranger's who made it with this address, and goes. Throws `not_found`, and `invalid_input` for a password that is
 * not good enough, after which the link can be used again.
 */
export async function resetPassword(
  given: { secret: string; password: string },
  asking: Asking,
): Promise<void> {
  const link = await resetLink(given.secret);
  const { userId, user } = link;
  await assertGoodPassword(given.password, user);
  const passwordHash = await hashPassword(given.password);
  const now = new Date();
  await withUser(userId, async (tx) => {
    await useUpLink(tx, "password", link);
    const { count } = await tx.user.updateMany({
      where: { id: userId, email: link.email, disabledAt: null },
      data: { passwordHash, passwordChangedAt: now },
    });
    if (count === 0) throw deadLink();
    await endLinks(tx, userId);
    await tx.session.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: now } });
    const unproven = await proveAddress(tx, userId, now);
    await writePersonalAudit(
      tx,
      userId,
      { label: `${link.email} (link by mail)`, ...asking },
      {
        action: "password.reset",
        targetType: "password",
        targetId: userId,
        after: { everythingElseRemoved: unproven },
      },
    );
  });
  afterwards(() => deliver(passwordChangedMail(link.email)));
}

/** Notes that the address is the person's; true when that was new, and every other way in was therefore removed. */
async function proveAddress(tx: Transaction, userId: string, now: Date): Promise<boolean> {
  const { count } = await tx.user.updateMany({
    where: { id: userId, emailVerifiedAt: null },
    data: { emailVerifiedAt: now },
  });
  if (count === 0) return false;
  const where = { userId };
  await tx.totpFactor.deleteMany({ where });
  await tx.recoveryCode.deleteMany({ where });
  await tx.passkey.deleteMany({ where });
  await tx.userIdentity.deleteMany({ where });
  await tx.accessToken.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: now } });
  return true;
}
