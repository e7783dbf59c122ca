import type { PersonActor } from "#lib/access/actor.ts";
import { assertInPerson } from "#lib/access/authorize.ts";
import type { MemberRole } from "#lib/access/permissions.ts";
import { type Outsider, writeAudit, writePersonalAudit } from "#lib/audit/audit.ts";
import { isWellFormedCredential } from "#lib/contract/credential.ts";
import { Prisma, type Transaction } from "#lib/db/client.ts";
import { asPerson, enterTenantOf, withCredential } from "#lib/db/scope.ts";
import { conflict, DomainError, notFound } from "#lib/errors/domain-error.ts";
import { addMember, holdMembers } from "#lib/members/commands.ts";
import { rolesOf } from "#lib/members/queries.ts";
import { insertAccount, noteVerified, prepareAccount } from "#lib/sign-in/new-account.ts";
import { type InvitationRow, readInvitations } from "./queries.ts";
import { invitationStatus } from "./rules.ts";
import type { AcceptedInvitation, OpenedInvitation, SignUp } from "./schema.ts";
import { sha256 } from "./secret.ts";

/** The one answer for every link that is of no use: unknown, malformed, used, expired, cancelled, void or replaced. */
const deadLink = () => notFound("invitation, or it has been used, has expired or was withdrawn");

type Presented = {
  tx: Transaction;
  invitation: InvitationRow;
  tenant: { slug: string; name: string };
  /** It is the link that was mailed, which only whoever receives mail at the address has. */
  byMail: boolean;
};

/**
 * Runs `work` with the invitation whose secret is presented, inside its tenant; `held` when something is to change, so
 * that of two who come together the second finds it used. Everything that makes a link useless ends in one answer.
 */
async function withPresented<T>(
  secret: string,
  held: boolean,
  work: (presented: Presented) => Promise<T>,
): Promise<T> {
  if (!isWellFormedCredential("invitation", secret)) throw deadLink();
  const hash = new Uint8Array(sha256(secret).digest());
  return withCredential(sha256(secret).digest("hex"), async (tx) => {
    const found = await tx.invitation.findFirst({
      where: { OR: [{ secretHash: hash }, { mailSecretHash: hash }] },
      select: { id: true, tenantId: true },
    });
    if (!found) throw deadLink();
    await enterTenantOf(tx, found.tenantId);
    const tenant = await tx.tenant.findFirst({
      where: { id: found.tenantId, deletedAt: null },
      select: { slug: true, name: true },
    });
    if (!tenant) throw deadLink();
    if (held) await holdMembers(tx, found.tenantId);
    // Once more, now that nobody else changes it: a new link may have taken the place of this one.
    const [invitation] = await readInvitations(
      tx,
      Prisma.sql`i.id = ${found.id}::uuid AND (i.secret_hash = ${hash} OR i.mail_secret_hash = ${hash})`,
    );
    const byMail = await tx.invitation.count({ where: { id: found.id, mailSecretHash: hash } });
    const alive =
      invitation && invitationStatus(invitation, invitation.inviterRole, new Date()) === "pending";
    if (!alive) throw deadLink();
    return work({ tx, invitation, tenant, byMail: byMail === 1 });
  });
}

/**
 * What somebody who holds the link may know before deciding. Changes nothing, so that a mail scanner which follows the
 * link burns nothing, and answers the same whether the address has an account or not. Throws `not_found`.
 */
export const openInvitation = (secret: string): Promise<OpenedInvitation> =>
  withPresented(secret, false, async ({ invitation, tenant }) => ({
    tenant: { name: tenant.name },
    email: invitation.email,
    role: invitation.role,
    invitedBy: invitation.invitedByLabel,
    expiresAt: invitation.expiresAt.toISOString(),
  }));

/** Makes the person a member, uses the invitation up and writes both down. */
async function join(
  { tx, invitation, tenant, byMail }: Presented,
  userId: string,
  who: PersonActor | Outsider,
): Promise<AcceptedInvitation> {
  const { tenantId, id, email, role } = invitation;
  const joined = await addMember(tx, { tenantId, userId, role });
  const has = (await rolesOf(tx, tenantId, [userId])).get(userId) as MemberRole;
  await tx.invitation.updateMany({
    where: { tenantId, id },
    data: { acceptedAt: new Date(), acceptedBy: userId },
  });
  if (byMail) await noteVerified(tx, userId);
  await writeAudit(tx, who, tenantId, {
    action: joined ? "member.join" : "invitation.accept",
    targetType: joined ? "member" : "invitation",
    targetId: joined ? userId : id,
    after: { email, role: has, invitationId: id, invitedBy: invitation.invitedByLabel },
  });
  return { tenant, email, role: has, already: !joined };
}

/**
 * Lets whoever is signed in join, if the invitation is for their address; a member keeps the role they have. Throws
 * `not_found` for a dead link, and `forbidden` for another's invitation, and for an access token.
 */
export async function acceptInvitation(actor: PersonActor, secret: string): Promise<AcceptedInvitation> {
  assertInPerson(actor);
  return withPresented(secret, true, async (presented) => {
    const { email } = presented.invitation;
    if (actor.email !== email) {
      throw new DomainError(
        "forbidden",
        `This invitation is for ${email}; you are signed in as ${actor.email}.`,
      );
    }
    return join(presented, actor.userId, actor);
  });
}

/**
 * Makes an account for the invited address and joins. An account made with a link that was shown to the inviter is not
 * verified: they could have made it themselves. Throws `not_found` for a dead link, `invalid_input` for a password that
 * is too weak, `conflict` when the address has an account.
 */
export async function signUpAndAccept(
  { secret, name, password }: SignUp,
  caller: { requestId: string; ip: string },
): Promise<AcceptedInvitation> {
  const { email } = await openInvitation(secret);
  const account = await prepareAccount({ email, name, password });
  return withPresented(secret, true, async (presented) => {
    const { tx, byMail } = presented;
    const userId = await insertAccount(tx, account, { verified: byMail });
    if (userId === null) {
      throw conflict("This address has an account already. Sign in with it, and open the link again.", [
        { path: "email", message: "has an account already" },
      ]);
    }
    const who: Outsider = { label: `${email} (by invitation)`, ...caller };
    await asPerson(tx, userId, () =>
      writePersonalAudit(tx, userId, who, {
        action: "person.create",
        targetType: "person",
        targetId: userId,
        after: { email, name, by: byMail ? "an invitation by mail" : "an invitation link" },
      }),
    );
    return join(presented, userId, who);
  });
}
