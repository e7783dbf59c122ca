import type { PersonActor } from "#lib/access/actor.ts";
import { assertInPerson } from "#lib/access/authorize.ts";
import { assertConfirmed } from "#lib/access/confirmation.ts";
import { writePersonalAudit } from "#lib/audit/audit.ts";
import { withUser } from "#lib/db/scope.ts";
import { conflict, invalid, notFound } from "#lib/errors/domain-error.ts";
import { configuredProviders, providerNamed } from "./configured.ts";
import { sealTicket } from "./errand.ts";
import { tellOfProvider } from "./mails.ts";
import { whyNotRemove } from "./queries.ts";
import type { ErrandPurpose } from "./schema.ts";

/**
 * Gives a person leave to go to a provider for something that changes their account or their session; the form that
 * begins the visit brings it. Adding a way in wants a recent proof that it is them. Throws `invalid_input` for a
 * provider that there is not.
 */
export async function prepareErrand(
  actor: PersonActor,
  input: { provider: string; purpose: ErrandPurpose },
): Promise<{ ticket: string }> {
  assertInPerson(actor);
  if (actor.proof.type !== "session") throw notFound("session");
  if (!providerNamed(input.provider)) {
    throw invalid([{ path: "provider", message: "is not a provider of this installation" }]);
  }
  if (input.purpose === "link") assertConfirmed(actor);
  return { ticket: await sealTicket({ ...input, sessionId: actor.proof.sessionId }) };
}

/**
 * Removes one of the person's identities: nobody signs in with it from now on. Sessions that it opened go on. Throws
 * `conflict` when it is the last way in, `not_found` when it is not theirs.
 */
export async function unlinkIdentity(actor: PersonActor, input: { id: string }): Promise<void> {
  assertInPerson(actor);
  assertConfirmed(actor);
  const usable = configuredProviders().map(({ name }) => name);
  const gone = await withUser(actor.userId, async (tx) => {
    // Two ways in that are removed at the same moment would each see the other one.
    const [user] = await tx.$queryRaw<{ has: boolean }[]>`
      SELECT password_hash IS NOT NULL AS has FROM users WHERE id = ${actor.userId}::uuid FOR UPDATE`;
    const identities = await tx.userIdentity.findMany({
      where: { userId: actor.userId },
      select: { id: true, provider: true, emailAtLink: true },
    });
    const identity = identities.find(({ id }) => id === input.id);
    if (!identity) throw notFound("sign-in provider of yours");
    const reason = whyNotRemove({
      hasPassword: user?.has ?? false,
      passkeys: await tx.passkey.count({ where: { userId: actor.userId } }),
      others: identities.filter(({ id, provider }) => id !== input.id && usable.includes(provider)).length,
    });
    if (reason) throw conflict(reason);
    await tx.userIdentity.deleteMany({ where: { id: input.id, userId: actor.userId } });
    await writePersonalAudit(tx, actor.userId, actor, {
      action: "identity.unlink",
      targetType: "identity",
      targetId: input.id,
      before: { provider: identity.provider, email: identity.emailAtLink },
    });
    return identity.provider;
  });
  tellOfProvider(actor.email, providerNamed(gone)?.label ?? gone, "removed");
}
