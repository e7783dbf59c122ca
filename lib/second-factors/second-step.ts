import type { PersonActor, SecondFactor, SignInMethod } from "#lib/access/actor.ts";
import { assertInPerson } from "#lib/access/authorize.ts";
import { type DueSession, dueSessionOf } from "#lib/access/due-session.ts";
import { sessionCookie } from "#lib/access/session-cookie.ts";
import { writePersonalAudit } from "#lib/audit/audit.ts";
import { database } from "#lib/db/client.ts";
import { withUser } from "#lib/db/scope.ts";
import { DomainError, invalid } from "#lib/errors/domain-error.ts";
import { openSession } from "#lib/sign-in/sessions.ts";
import { countAttempt, forgetAttempts, type Subject } from "#lib/sign-in/throttle.ts";
import { type Addressee, tell } from "./mails.ts";
import { type Asking, ownPasskeyOptions, takePasskey } from "./passkeys.ts";
import { recoveryCodesLeft, spendRecoveryCode } from "./recovery-codes.ts";
import { FEW_RECOVERY_CODES } from "./rules.ts";
import type { GivenFactor } from "./schema.ts";
import { matchingStep, openTotp } from "./totp.ts";
import type { Ceremony } from "./webauthn.ts";

/** Whoever calls a public endpoint. */
type Caller = { requestId: string; ip: string; headers: Headers };
type Person = Addressee & { userId: string };

/** With this many wrong codes in a row the person is told: whoever types them knows the password. */
const TOLD_AT = 5;

const askingAs = (person: Person, { requestId, ip }: { requestId: string; ip: string }): Asking => ({
  label: `${person.email} (second factor)`,
  requestId,
  ip,
});

/** Notes a wrong code and says so. Throws `invalid_input`. */
async function refuse(person: Person, asking: Asking, path: string, message: string, counted: number) {
  await withUser(person.userId, (tx) =>
    writePersonalAudit(tx, person.userId, asking, {
      action: "second_factor.refuse",
      targetType: "second_factor",
      targetId: person.userId,
      after: { wrongInARow: counted },
    }),
  );
  if (counted === TOLD_AT) {
    tell(person, "somebody enters wrong codes for your account", [
      `${TOLD_AT} wrong codes in a row were entered after your password, the last one from ${asking.ip || "an unknown address"}.`,
      "Whoever it is knows your password. From here on each further try has to wait, up to 15 minutes.",
    ]);
  }
  throw invalid([{ path, message }]);
}

async function takeCode(person: Person, code: string, asking: Asking): Promise<void> {
  const { userId } = person;
  const where = { userId_confirmed: { userId, confirmed: true } };
  const factor = await withUser(userId, (tx) => tx.totpFactor.findUnique({ where }));
  const secret = factor && openTotp(userId, factor);
  // Before the code is looked at: counted after it, a burst of guesses would all be answered first.
  const subject: Subject = { kind: "code", value: userId };
  const counted = await countAttempt(subject);
  const step = secret && matchingStep(secret, code);
  if (step === null)
    return refuse(person, asking, "code", "This is not the code that your app shows now.", counted);
  const { count } = await withUser(userId, (tx) =>
    tx.totpFactor.updateMany({
      where: { userId, confirmed: true, lastStep: { lt: BigInt(step) } },
      data: { lastStep: BigInt(step), lastUsedAt: new Date() },
    }),
  );
  if (count === 0) {
    return refuse(person, asking, "code", "This code was used already. Wait for the next one.", counted);
  }
  await forgetAttempts(subject);
}

async function takeRecoveryCode(person: Person, code: string, asking: Asking): Promise<void> {
  const { userId } = person;
  const subject: Subject = { kind: "recoveryCode", value: userId };
  const counted = await countAttempt(subject);
  const left = await withUser(userId, async (tx) => {
    if (!(await spendRecoveryCode(tx, userId, code))) return null;
    const remaining = await recoveryCodesLeft(tx, userId);
    await writePersonalAudit(tx, userId, asking, {
      action: "recovery_code.use",
      targetType: "second_factor",
      targetId: userId,
      after: { left: remaining },
    });
    return remaining;
  });
  if (left === null) {
    return refuse(
      person,
      asking,
      "recoveryCode",
      "This is none of your recovery codes, or it was used before.",
      counted,
    );
  }
  await forgetAttempts(subject);
  tell(person, "a recovery code was used", [
    `Somebody signed in with your password and one of your recovery codes. ${left} ${left === 1 ? "is" : "are"} left.`,
    ...(left <= FEW_RECOVERY_CODES ? ["Make a new set on your account page."] : []),
  ]);
}

/** Checks a second factor of the person; gives which one it was. Throws `invalid_input` and `too_many_requests`. */
async function takeFactor(
  person: Person,
  given: GivenFactor,
  ceremony: Ceremony,
  asking: Asking,
): Promise<SecondFactor> {
  if ("code" in given) {
    await takeCode(person, given.code, asking);
    return "totp";
  }
  if ("recoveryCode" in given) {
    await takeRecoveryCode(person, given.recoveryCode, asking);
    return "recovery";
  }
  await takePasskey(person, given.passkey, ceremony, asking);
  return "passkey";
}

async function requireDue(headers: Headers): Promise<DueSession> {
  const due = await dueSessionOf(headers);
  if (due) return due;
  throw new DomainError("unauthenticated", "This sign-in has ended. Begin again with your password.");
}

const secondStep = (due: DueSession): Ceremony => ({ purpose: "second-factor", boundTo: due.sessionId });

/** What the browser gives a passkey with as the second step. Throws `unauthenticated` without a sign-in that waits for it. */
export async function secondStepOptions({ headers }: Caller) {
  const due = await requireDue(headers);
  return ownPasskeyOptions(due.userId, secondStep(due));
}

/**
 * The second step of signing in: with a right factor the session that waited for it ends, and a new one takes its place.
 * Its id is new, so that whoever saw the cookie of the waiting one has nothing. Gives the `Set-Cookie` for it.
 */
export async function giveSecondFactor(caller: Caller, given: GivenFactor): Promise<string> {
  const due = await requireDue(caller.headers);
  const asking = askingAs(due, caller);
  const factor = await takeFactor(due, given, secondStep(due), asking);
  const sessionId = await withUser(due.userId, async (tx) => {
    const ended = await tx.session.updateManyAndReturn({
      where: { id: due.sessionId, secondFactorDue: true, revokedAt: null },
      data: { revokedAt: new Date() },
      select: { method: true, provider: true, userAgent: true },
    });
    const [waiting] = ended;
    if (!waiting) return null;
    const { method, provider, userAgent } = waiting;
    return openSession(
      {
        userId: due.userId,
        method: method as SignInMethod,
        ...(provider === null ? {} : { provider }),
        secondFactor: factor,
        from: { ip: caller.ip, userAgent },
      },
      tx,
    );
  });
  if (!sessionId) {
    throw new DomainError("unauthenticated", "This sign-in has ended. Begin again with your password.");
  }
  return sessionCookie(sessionId);
}

const confirming = (actor: PersonActor): Ceremony => {
  assertInPerson(actor);
  if (actor.proof.type !== "session") throw new TypeError("a person is here in a session");
  return { purpose: "confirm", boundTo: actor.proof.sessionId };
};

/** What the browser gives a passkey with to prove again that it is the person. */
export const confirmOptions = async (actor: PersonActor) =>
  ownPasskeyOptions(actor.userId, confirming(actor));

/** Proves again, with a second factor, that it is the person; the session has then given it. */
export async function confirmWithFactor(actor: PersonActor, given: GivenFactor): Promise<void> {
  const ceremony = confirming(actor);
  const asking = { label: `${actor.email} (confirming)`, requestId: actor.requestId, ip: actor.ip };
  const factor = await takeFactor(actor, given, ceremony, asking);
  const noted = await database().$executeRaw`
    UPDATE sessions SET confirmed_at = now(), second_factor = COALESCE(second_factor, ${factor})
    WHERE id = ${ceremony.boundTo}::uuid AND user_id = ${actor.userId}::uuid
      AND revoked_at IS NULL AND NOT second_factor_due`;
  if (noted === 0) throw new DomainError("unauthenticated", "This session has ended. Sign in again.");
}
