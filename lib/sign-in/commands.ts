import type { PersonActor } from "#lib/access/actor.ts";
import { assertInPerson } from "#lib/access/authorize.ts";
import { writePersonalAudit } from "#lib/audit/audit.ts";
import { afterwards } from "#lib/command/afterwards.ts";
import { line } from "#lib/contract/text.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { database } from "#lib/db/client.ts";
import { withUser } from "#lib/db/scope.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { deviceName } from "./device.ts";
import { assertRoom, hashPassword, verifyPassword } from "./password.ts";
import { credentialsSchema, emailSchema } from "./schema.ts";
import { type Origin, openSession } from "./sessions.ts";
import { assertNotBlocked, countAttempt, forgetAttempts, takeBackAttempt } from "./throttle.ts";

export type NewUser = { email: string; name: string; password: string; isOperator?: boolean };

/**
 * Makes an account, or gives an existing one this password and ends its sessions; for installing and seeding, no
 * endpoint calls it. Whoever runs the installation vouches for the address.
 */
export async function createUser(input: NewUser): Promise<string> {
  const email = emailSchema.parse(input.email);
  const name = line(1, 120).parse(input.name);
  const passwordHash = await hashPassword(input.password);
  const now = new Date();
  const given = { passwordHash, passwordChangedAt: now, ...(input.isOperator ? { isOperator: true } : {}) };
  return database().$transaction(async (tx) => {
    const { id } = await tx.user.upsert({
      where: { email },
      create: { id: uuidv7(), email, name, emailVerifiedAt: now, ...given },
      update: given,
      select: { id: true },
    });
    await tx.session.updateMany({ where: { userId: id, revokedAt: null }, data: { revokedAt: now } });
    return id;
  });
}

const wrong = () => new DomainError("unauthenticated", "The e-mail address or the password is not right.");

export type SignedIn = { userId: string; sessionId: string; email: string; name: string };

/**
 * Signs in with e-mail and password and opens a session row, which is good for nothing but the second factor while the
 * person has one. Throws `unauthenticated`, the same and after the same work for a wrong password and for an account
 * that does not exist, is disabled or has no password; `too_many_requests` while the account or the address is slowed
 * down; `unavailable` when too many sign in at once.
 */
export async function signIn(given: unknown, from: Origin): Promise<SignedIn> {
  const parsed = credentialsSchema.safeParse(given);
  if (!parsed.success) throw wrong();
  const { email, password } = parsed.data;
  // Before anything is counted: that the console is busy is nobody's wrong attempt.
  assertRoom();
  const account = { kind: "account", value: email } as const;
  const address = { kind: "address", value: from.ip } as const;
  await assertNotBlocked([account, address]);
  // Both before the password is looked at: counted after it, a burst of guesses would all be answered first.
  const fromAddress = await countAttempt(address);
  await countAttempt(account);
  const user = await database().user.findUnique({ where: { email } });
  const matches = await verifyPassword(user?.passwordHash ?? null, password);
  if (!user || !matches || user.disabledAt) {
    // Told to the person, and only after the answer: nothing of it may show whether there is one.
    if (user) afterwards(() => tellOfRefusal(user.id, from));
    throw wrong();
  }
  await takeBackAttempt(address, fromAddress);
  await forgetAttempts(account);
  const due = user.hasSecondFactor ? ({ secondFactor: "due" } as const) : {};
  const sessionId = await withUser(user.id, async (tx) => {
    // Not with a password that was replaced meanwhile: the sessions that it opened have been ended then.
    const still = await tx.$queryRaw<unknown[]>`
      SELECT FROM users WHERE id = ${user.id}::uuid AND password_hash = ${user.passwordHash} AND disabled_at IS NULL
      FOR SHARE`;
    if (still.length === 0) throw wrong();
    return openSession({ userId: user.id, method: "password", ...due, from }, tx);
  });
  return { userId: user.id, sessionId, email: user.email, name: user.name };
}

const tellOfRefusal = (userId: string, { ip, userAgent }: Origin) =>
  withUser(userId, (tx) =>
    writePersonalAudit(
      tx,
      userId,
      { label: "somebody who tried to sign in", requestId: uuidv7(), ip },
      {
        action: "password.refuse",
        targetType: "password",
        targetId: userId,
        after: { device: deviceName(userAgent) },
      },
    ),
  );

/** Signs out: ends one session, whose cookie is nobody's from the next request on. */
export async function endSession(sessionId: string): Promise<void> {
  const session = await database().session.findFirst({
    where: { id: sessionId, revokedAt: null },
    select: { userId: true, secondFactorDue: true, user: { select: { email: true } } },
  });
  if (!session) return;
  const { userId, secondFactorDue, user } = session;
  await withUser(userId, async (tx) => {
    const { count } = await tx.session.updateMany({
      where: { id: sessionId, revokedAt: null },
      data: { revokedAt: new Date() },
    });
    // A sign-in that was given up half-way was no session in which anybody was.
    if (count === 0 || secondFactorDue) return;
    const by = { label: user.email, requestId: uuidv7(), ip: "" };
    const record = { action: "session.sign_out", targetType: "session", targetId: sessionId } as const;
    await writePersonalAudit(tx, userId, by, record);
  });
}

/** Ends every session of the person, this one too. Access tokens stay; they are revoked one by one. */
export async function signOutEverywhere(actor: PersonActor): Promise<void> {
  assertInPerson(actor);
  await withUser(actor.userId, async (tx) => {
    const { count } = await tx.session.updateMany({
      where: { userId: actor.userId, revokedAt: null },
      data: { revokedAt: new Date() },
    });
    await writePersonalAudit(tx, actor.userId, actor, {
      action: "session.end_all",
      targetType: "session",
      targetId: actor.userId,
      after: { ended: count },
    });
  });
}

export { assertPassword, confirmIdentity, noteConfirmed } from "./confirm.ts";
export { deviceName } from "./device.ts";
export { hashPassword, verifyPassword } from "./password.ts";
