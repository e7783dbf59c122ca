import type { PersonActor } from "#lib/access/actor.ts";
import { assertInPerson } from "#lib/access/authorize.ts";
import { database } from "#lib/db/client.ts";
import { DomainError, invalid } from "#lib/errors/domain-error.ts";
import { confirmWithFactor } from "#lib/second-factors/commands.ts";
import { assertRoom, verifyPassword } from "./password.ts";
import type { Confirmation } from "./schema.ts";
import { assertNotBlocked, countAttempt, forgetAttempts, takeBackAttempt } from "./throttle.ts";

/**
 * Throws `invalid_input` at `path` unless this is the person's password, and `too_many_requests` while their account or
 * the address is slowed down: a wrong one counts like a wrong one at the sign-in, so that a browser left open is no way
 * to guess.
 */
export async function assertPassword(actor: PersonActor, password: string, path = "password"): Promise<void> {
  assertRoom();
  const account = { kind: "account", value: actor.email } as const;
  const address = { kind: "address", value: actor.ip } as const;
  await assertNotBlocked([account, address]);
  const fromAddress = await countAttempt(address);
  await countAttempt(account);
  const user = await database().user.findUnique({
    where: { id: actor.userId },
    select: { passwordHash: true },
  });
  if (!(await verifyPassword(user?.passwordHash ?? null, password))) {
    throw invalid([{ path, message: "This is not your password." }]);
  }
  await takeBackAttempt(address, fromAddress);
  await forgetAttempts(account);
}

/** Notes that the person has just proved again who they are; every way of proving it ends here. */
export async function noteConfirmed(actor: PersonActor): Promise<void> {
  if (actor.proof.type !== "session") return;
  const { count } = await database().session.updateMany({
    where: { id: actor.proof.sessionId, userId: actor.userId, revokedAt: null },
    data: { confirmedAt: new Date() },
  });
  if (count === 0) throw new DomainError("unauthenticated", "This session has ended. Sign in again.");
}

/** Proves again that it is the person, in a browser; for a quarter of an hour they may do what is dangerous. */
export async function confirmIdentity(actor: PersonActor, given: Confirmation): Promise<void> {
  assertInPerson(actor);
  if (!("password" in given)) return confirmWithFactor(actor, given);
  await assertPassword(actor, given.password);
  await noteConfirmed(actor);
}
