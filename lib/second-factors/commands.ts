import type { PersonActor } from "#lib/access/actor.ts";
import { assertInPerson } from "#lib/access/authorize.ts";
import { writePersonalAudit } from "#lib/audit/audit.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { database } from "#lib/db/client.ts";
import { withUser } from "#lib/db/scope.ts";
import { conflict, invalid, notFound } from "#lib/errors/domain-error.ts";
import { tell } from "./mails.ts";
import { afterRemoval, changeOwn, lockPerson, noteGiven } from "./own.ts";
import { firstRecoveryCodes, replaceRecoveryCodes } from "./recovery-codes.ts";
import type { TotpSetup } from "./schema.ts";
import { matchingStep, newTotpSecret, openTotp, sealTotp, totpText, totpUri } from "./totp.ts";

/** How long a secret that was shown waits for its first code. */
const SETUP_MS = 30 * 60_000;

/**
 * Makes a secret for an authenticator app. It is in what this gives and nowhere else to be read, and counts once a code
 * of it was given; until then an app that is in use goes on.
 */
export async function startTotp(actor: PersonActor): Promise<TotpSetup> {
  const secret = newTotpSecret();
  await changeOwn(actor, async ({ tx }) => {
    const row = { ...sealTotp(actor.userId, secret), createdAt: new Date(), lastStep: 0n };
    await tx.totpFactor.upsert({
      where: { userId_confirmed: { userId: actor.userId, confirmed: false } },
      create: { userId: actor.userId, confirmed: false, ...row },
      update: row,
    });
  });
  return { secret: totpText(secret), uri: totpUri(secret, actor.email) };
}

/**
 * Makes the app count, in place of an earlier one. Gives recovery codes when the person has none yet. Throws `conflict`
 * when nothing is being set up, and `invalid_input` for a code that is not the app's.
 */
export async function confirmTotp(actor: PersonActor, { code }: { code: string }): Promise<string[] | null> {
  const { userId } = actor;
  const { recoveryCodes, replaced } = await changeOwn(actor, async ({ tx, audit }) => {
    const pending = await tx.totpFactor.findUnique({
      where: { userId_confirmed: { userId, confirmed: false } },
    });
    if (!pending || Date.now() - pending.createdAt.getTime() > SETUP_MS) {
      throw conflict("This set-up has ended. Begin it again, with a new QR code.");
    }
    const step = matchingStep(openTotp(userId, pending), code);
    if (step === null) {
      throw invalid([
        {
          path: "code",
          message:
            "This is not the code that the app shows now. Is the phone's clock right, and the newest QR code scanned?",
        },
      ]);
    }
    const { count } = await tx.totpFactor.deleteMany({ where: { userId, confirmed: true } });
    await tx.totpFactor.update({
      where: { userId_confirmed: { userId, confirmed: false } },
      data: { confirmed: true, createdAt: new Date(), lastUsedAt: new Date(), lastStep: BigInt(step) },
    });
    await noteGiven(tx, actor, "totp");
    await audit({ action: count > 0 ? "totp.replace" : "totp.turn_on", targetId: userId });
    return { recoveryCodes: await firstRecoveryCodes(tx, userId), replaced: count > 0 };
  });
  tell(actor, replaced ? "your authenticator app was replaced" : "an authenticator app was added", [
    replaced
      ? "Codes of your old authenticator app are not taken any more; those of the new one are."
      : "From now on, signing in with your password asks for a code of your authenticator app.",
  ]);
  return recoveryCodes;
}

/** Turns the authenticator app off. Throws `not_found`, and `conflict` while a tenant needs it. */
export async function turnOffTotp(actor: PersonActor): Promise<void> {
  await changeOwn(actor, async ({ tx, audit }) => {
    const { count } = await tx.totpFactor.deleteMany({ where: { userId: actor.userId, confirmed: true } });
    if (count === 0) throw notFound("authenticator app");
    await tx.totpFactor.deleteMany({ where: { userId: actor.userId } });
    await afterRemoval(tx, actor.userId);
    await audit({ action: "totp.turn_off", targetId: actor.userId });
  });
  tell(actor, "your authenticator app was turned off", [
    "Signing in does not ask for a code of your authenticator app any more.",
  ]);
}

/** Replaces the recovery codes; the old ones end. Throws `conflict` while there is nothing that they could stand in for. */
export async function renewRecoveryCodes(actor: PersonActor): Promise<string[]> {
  const codes = await changeOwn(actor, async ({ tx, audit }) => {
    const { hasSecondFactor } = await tx.user.findUniqueOrThrow({
      where: { id: actor.userId },
      select: { hasSecondFactor: true },
    });
    if (!hasSecondFactor) {
      throw conflict("Recovery codes stand in for an app or a passkey: set up one of them first.");
    }
    await audit({ action: "recovery_codes.renew", targetId: actor.userId });
    return replaceRecoveryCodes(tx, actor.userId);
  });
  tell(actor, "new recovery codes were made", ["The old ones are not taken any more."]);
  return codes;
}

/** Renames a passkey. Throws `not_found`. */
export async function renamePasskey(actor: PersonActor, input: { id: string; name: string }): Promise<void> {
  assertInPerson(actor);
  await withUser(actor.userId, async (tx) => {
    const where = { id: input.id, userId: actor.userId };
    const before = await tx.passkey.findFirst({ where, select: { name: true } });
    if (!before) throw notFound("passkey");
    if (before.name === input.name) return;
    await tx.passkey.updateMany({ where, data: { name: input.name } });
    await writePersonalAudit(tx, actor.userId, actor, {
      action: "passkey.rename",
      targetType: "second_factor",
      targetId: input.id,
      before,
      after: { name: input.name },
    });
  });
}

/** Removes a passkey: it signs nobody in from now on. Throws `not_found`, and `conflict` while a tenant needs it. */
export async function removePasskey(actor: PersonActor, { id }: { id: string }): Promise<void> {
  const name = await changeOwn(actor, async ({ tx, audit }) => {
    const passkey = await tx.passkey.findFirst({ where: { id, userId: actor.userId } });
    if (!passkey) throw notFound("passkey");
    await tx.passkey.deleteMany({ where: { id, userId: actor.userId } });
    await afterRemoval(tx, actor.userId);
    await audit({ action: "passkey.remove", targetId: id, before: { name: passkey.name } });
    return passkey.name;
  });
  tell(actor, "a passkey was removed", [`The passkey “${name}” does not sign you in any more.`]);
}

/**
 * Takes every factor of a person who has lost them away, and ends all of their sessions: for whoever runs the
 * installation, after making sure who is asking. No endpoint calls it. Gives what was taken; null when there is no such
 * account.
 */
export async function resetSecondFactors(
  email: string,
  by: string,
): Promise<{ apps: number; passkeys: number } | null> {
  const person = await database().user.findUnique({
    where: { email },
    select: { id: true, email: true, name: true },
  });
  if (!person) return null;
  const { id: userId } = person;
  const taken = await withUser(userId, async (tx) => {
    await lockPerson(tx, userId);
    const { count: apps } = await tx.totpFactor.deleteMany({ where: { userId, confirmed: true } });
    await tx.totpFactor.deleteMany({ where: { userId } });
    const { count: passkeys } = await tx.passkey.deleteMany({ where: { userId } });
    await tx.recoveryCode.deleteMany({ where: { userId } });
    await tx.session.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: new Date() } });
    await writePersonalAudit(
      tx,
      userId,
      { label: by, requestId: uuidv7(), ip: "" },
      {
        action: "second_factor.reset",
        targetType: "second_factor",
        targetId: userId,
        before: { apps, passkeys },
      },
    );
    return { apps, passkeys };
  });
  tell(person, "your second factors were taken away", [
    "Whoever runs the console has removed your authenticator app, passkeys and recovery codes, and ended your sessions.",
    "Sign in with your password, and set up a new second factor.",
  ]);
  return taken;
}

export { signInOptions, signInWithPasskey } from "./passkey-sign-in.ts";
export { addPasskey, newPasskeyOptions } from "./passkeys.ts";
export { confirmOptions, confirmWithFactor, giveSecondFactor, secondStepOptions } from "./second-step.ts";
