import type { PersonActor } from "#lib/access/actor.ts";
import { line } from "#lib/contract/text.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { database } from "#lib/db/client.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { hashPassword, verifyPassword } from "./password.ts";
import { credentialsSchema, emailSchema } from "./schema.ts";
import { type Origin, openSession } from "./sessions.ts";
import { assertNotBlocked, countAttempt, forgetAttempts, takeBackAttempt } from "./throttle.ts";

export type NewUser = { email: string; name: string; password: string; isOperator?: boolean };

/** Makes an account, or gives an existing one this password; for installing and seeding, no endpoint calls it. */
export async function createUser(input: NewUser): Promise<string> {
  const email = emailSchema.parse(input.email);
  const name = line(1, 120).parse(input.name);
  const passwordHash = await hashPassword(input.password);
  const user = await database().user.upsert({
    where: { email },
    create: { id: uuidv7(), email, name, passwordHash, isOperator: input.isOperator ?? false },
    update: { passwordHash },
    select: { id: true },
  });
  return user.id;
}

const wrong = () => new DomainError("unauthenticated", "The e-mail address or the password is not right.");

export type SignedIn = { userId: string; sessionId: string; email: string; name: string };

/**
 * Signs in with e-mail and password and opens a session row, which is good for nothing but the second factor while the
 * person has one. Throws `unauthenticated`, the same for an unknown
 * address and a wrong password, and `too_many_requests` while the account or the address is slowed down.
 */
export async function signIn(given: unknown, from: Origin): Promise<SignedIn> {
  const parsed = credentialsSchema.safeParse(given);
  if (!parsed.success) throw wrong();
  const { email, password } = parsed.data;
  const account = { kind: "account", value: email } as const;
  const address = { kind: "address", value: from.ip } as const;
  await assertNotBlocked([account, address]);
  // Both before the password is looked at: counted after it, a burst of guesses would all be answered first.
  const fromAddress = await countAttempt(address);
  await countAttempt(account);
  const user = await database().user.findUnique({ where: { email } });
  const matches = await verifyPassword(user?.passwordHash ?? null, password);
  if (!user || !matches || user.disabledAt) throw wrong();
  await takeBackAttempt(address, fromAddress);
  await forgetAttempts(account);
  const due = user.hasSecondFactor ? ({ secondFactor: "due" } as const) : {};
  const sessionId = await openSession({ userId: user.id, method: "password", ...due, from });
  return { userId: user.id, sessionId, email: user.email, name: user.name };
}

/** Ends one session; its cookie is nobody's from the next request on. */
export async function endSession(sessionId: string): Promise<void> {
  await database().session.updateMany({
    where: { id: sessionId, revokedAt: null },
    data: { revokedAt: new Date() },
  });
}

/** Ends every session of the person, this one too. Access tokens stay; they are revoked one by one. */
export async function signOutEverywhere(actor: PersonActor): Promise<void> {
  await database().session.updateMany({
    where: { userId: actor.userId, revokedAt: null },
    data: { revokedAt: new Date() },
  });
}

export { assertPassword, confirmIdentity, noteConfirmed } from "./confirm.ts";
