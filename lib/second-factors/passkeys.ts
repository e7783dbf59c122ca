import type { PersonActor } from "#lib/access/actor.ts";
import { assertInPerson } from "#lib/access/authorize.ts";
import { assertConfirmed } from "#lib/access/confirmation.ts";
import { writePersonalAudit } from "#lib/audit/audit.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { Prisma } from "#lib/db/client.ts";
import { withUser } from "#lib/db/scope.ts";
import { conflict } from "#lib/errors/domain-error.ts";
import { type Addressee, tell } from "./mails.ts";
import { changeOwn, noteGiven } from "./own.ts";
import { toPasskey } from "./queries.ts";
import { firstRecoveryCodes } from "./recovery-codes.ts";
import { MOST_PASSKEYS } from "./rules.ts";
import type { Assertion, Attestation, Passkey } from "./schema.ts";
import {
  authenticationOptions,
  type Ceremony,
  credentialBytes,
  passkeyRefused,
  registrationOptions,
  verifyAssertion,
  verifyAttestation,
} from "./webauthn.ts";

const registering = (actor: PersonActor): Ceremony => {
  assertInPerson(actor);
  assertConfirmed(actor);
  if (actor.proof.type !== "session") throw new TypeError("a person is here in a session");
  return { purpose: "register", boundTo: actor.proof.sessionId };
};

const known = (userId: string) =>
  withUser(userId, (tx) =>
    tx.passkey.findMany({ where: { userId }, select: { credentialId: true, transports: true } }),
  );

const assertRoom = (count: number) => {
  if (count < MOST_PASSKEYS) return;
  throw conflict(
    `You have ${MOST_PASSKEYS} passkeys, which is the most. Remove one that you do not use first.`,
  );
};

/** What the browser makes a passkey with. Throws `conflict`, with the reason, where there can be none. */
export async function newPasskeyOptions(actor: PersonActor) {
  const ceremony = registering(actor);
  const passkeys = await known(actor.userId);
  assertRoom(passkeys.length);
  return registrationOptions(actor, passkeys, ceremony);
}

/** Keeps a passkey that the browser has made. Gives recovery codes when the person has none yet. */
export async function addPasskey(
  actor: PersonActor,
  { name, response }: { name: string; response: Attestation },
): Promise<{ passkey: Passkey; recoveryCodes: string[] | null }> {
  const made = await verifyAttestation(response, registering(actor));
  const { userId } = actor;
  const row = {
    id: uuidv7(),
    userId,
    ...made,
    counter: BigInt(made.counter),
    transports: response.transports,
    name,
    createdAt: new Date(),
    lastUsedAt: null,
  };
  const added = await changeOwn(actor, async ({ tx, audit }) => {
    assertRoom(await tx.passkey.count({ where: { userId } }));
    await tx.passkey.createMany({ data: [row] }).catch((error: unknown) => {
      const taken = error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
      throw taken ? conflict("This passkey is known here already.") : error;
    });
    await noteGiven(tx, actor, "passkey");
    await audit({ action: "passkey.add", targetId: row.id, after: { name, synced: row.backedUp } });
    return { passkey: toPasskey(row), recoveryCodes: await firstRecoveryCodes(tx, userId) };
  });
  tell(actor, "a passkey was added", [
    `The passkey “${name}” signs you in from now on, without a password, and stands in for a code.`,
  ]);
  return added;
}

/** What the browser uses one of the person's passkeys with. Throws `conflict` where there can be none. */
export const ownPasskeyOptions = async (userId: string, ceremony: Ceremony) =>
  authenticationOptions(ceremony, await known(userId));

/** Who is asking, for the log of what happened to an account: the person, or somebody who has still to prove that. */
export type Asking = { label: string; requestId: string; ip: string };

/**
 * Checks an answer of one of the person's passkeys and notes its use. Throws `invalid_input`, the same for a passkey
 * that is not theirs and one whose answer is wrong.
 */
export async function takePasskey(
  person: Addressee & { userId: string },
  given: Assertion,
  ceremony: Ceremony,
  asking: Asking,
): Promise<void> {
  const { userId } = person;
  const credentialId = credentialBytes(given.id);
  const row = await withUser(userId, (tx) => tx.passkey.findFirst({ where: { userId, credentialId } }));
  if (!row) throw passkeyRefused();
  const { counter, backedUp } = await verifyAssertion(given, row.publicKey, ceremony);
  const used = await withUser(userId, async (tx) => {
    // A counter only grows, or stays at 0 where the device does not count.
    const { count } = await tx.passkey.updateMany({
      where: { id: row.id, ...(counter === 0 ? { counter: 0n } : { counter: { lt: BigInt(counter) } }) },
      data: { counter: BigInt(counter), backedUp, lastUsedAt: new Date() },
    });
    if (count === 1) return true;
    await writePersonalAudit(tx, userId, asking, {
      action: "passkey.refuse",
      targetType: "second_factor",
      targetId: row.id,
      before: { name: row.name, counter: Number(row.counter) },
      after: { counter },
      reason: "its counter went back, as that of a copy would",
    });
    return false;
  });
  if (used) return;
  tell(person, "a passkey was refused", [
    `The passkey “${row.name}” was used with a counter that had gone back. That happens when somebody has copied it.`,
    "Remove it from your account unless you know why, and make a new one.",
  ]);
  throw passkeyRefused();
}
