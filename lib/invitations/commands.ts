import { actorLabel, type TenantActor } from "#lib/access/actor.ts";
import { assertPerson } from "#lib/access/authorize.ts";
import type { MemberRole } from "#lib/access/permissions.ts";
import { defineCommand } from "#lib/command/define.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { Prisma, type Transaction } from "#lib/db/client.ts";
import { withTenant } from "#lib/db/scope.ts";
import { env } from "#lib/env.ts";
import { conflict, DomainError, notFound } from "#lib/errors/domain-error.ts";
import { assertMayTouchOwners, holdMembers, ownRole } from "#lib/members/commands.ts";
import { membersAmong } from "#lib/members/queries.ts";
import { whyNotGrant } from "#lib/members/rules.ts";
import { sendInvitations } from "./mail.ts";
import { takeMails } from "./mail-budget.ts";
import { countPending, type InvitationRow, readInvitations, toInvitation } from "./queries.ts";
import { invitationStatus, MAIL_LIMITS, MOST_PENDING, whyNotCancel, whyNotRenew } from "./rules.ts";
import type { Invitation, MailState, NewInvitation, NewInvitations } from "./schema.ts";
import { newLink } from "./secret.ts";

export { acceptInvitation, openInvitation, signUpAndAccept } from "./accept.ts";

const DAY_MS = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);

/** Throws `forbidden` for a role above one's own, and what keeps the actor from owners when it is theirs. */
function assertMayGrant(actor: TenantActor, own: MemberRole, role: MemberRole): void {
  const refusal = whyNotGrant(own, role);
  if (refusal) throw new DomainError("forbidden", refusal);
  if (role === "owner") assertMayTouchOwners(actor);
}

async function assertRoom(tx: Transaction, tenantId: string, more: number): Promise<void> {
  const pending = await countPending(tx, tenantId);
  if (pending + more <= MOST_PENDING) return;
  throw conflict(
    `At most ${MOST_PENDING} invitations can wait at a time, and ${pending} do. Cancel some that nobody needs.`,
  );
}

/** Throws `conflict` at the addresses that are members or invited already; ends invitations that lead nowhere. */
async function clearTheWay(tx: Transaction, actor: TenantActor, emails: readonly string[]): Promise<void> {
  const tenantId = actor.tenant.id;
  const members = await membersAmong(tx, tenantId, emails);
  const open = await readInvitations(
    tx,
    Prisma.sql`i.tenant_id = ${tenantId}::uuid AND i.email = ANY(${[...emails]}::text[])
      AND i.accepted_at IS NULL AND i.cancelled_at IS NULL`,
  );
  const now = new Date();
  const waiting = open.filter((row) => invitationStatus(row, row.inviterRole, now) === "pending");
  const invited = new Set(waiting.map(({ email }) => email));
  const details = emails.flatMap((email, index) => {
    const path = `emails.${index}`;
    if (members.has(email)) return [{ path, message: "is a member already" }];
    if (invited.has(email))
      return [{ path, message: "is invited already; make a new link under Invitations" }];
    return [];
  });
  if (details.length > 0) {
    const those = emails.filter((email) => members.has(email) || invited.has(email));
    throw conflict(
      `Nobody was invited: ${those.join(", ")} ${those.length === 1 ? "is" : "are"} there already.`,
      details,
    );
  }
  await tx.invitation.updateMany({
    where: { tenantId, id: { in: open.map(({ id }) => id) } },
    data: { cancelledAt: now, cancelledByLabel: actorLabel(actor) },
  });
}

type Made = NewInvitation & { mailLink: string | null };

const insertInvitations = defineCommand(
  "member.manage",
  async ({ tx, actor, audit }, input: NewInvitations): Promise<Made[]> => {
    assertPerson(actor);
    const tenantId = actor.tenant.id;
    await holdMembers(tx, tenantId);
    const own = await ownRole(tx, actor);
    assertMayGrant(actor, own, input.role);
    await clearTheWay(tx, actor, input.emails);
    await assertRoom(tx, tenantId, input.emails.length);
    const mails = input.sendMail && env.smtpUrl !== null;
    const may = mails
      ? await takeMails(tx, { tenantId, userId: actor.userId }, input.emails)
      : new Set<string>();
    const now = Date.now();
    const made: Made[] = [];
    for (const [index, email] of input.emails.entries()) {
      const shown = newLink();
      const mailed = may.has(email) ? newLink() : null;
      const mail: MailState = mailed ? "sending" : mails ? "limited" : "none";
      const row = {
        id: uuidv7(),
        tenantId,
        email,
        role: input.role,
        mail,
        // One after the other, so that the list keeps the order in which they were given.
        createdAt: new Date(now - index),
        invitedBy: actor.userId,
        invitedByLabel: actorLabel(actor),
        expiresAt: inDays(input.expiresInDays),
      };
      await tx.invitation.createMany({
        data: [{ ...row, secretHash: shown.hash, mailSecretHash: mailed?.hash ?? null }],
      });
      await audit({
        action: "invitation.create",
        targetType: "invitation",
        targetId: row.id,
        after: { email, role: row.role, expiresAt: row.expiresAt.toISOString(), mailed: mailed !== null },
      });
      const whole = { ...row, mailedAt: null, acceptedAt: null, cancelledAt: null, cancelledByLabel: null };
      const shownRow = toInvitation({ ...whole, inviterRole: own });
      made.push({ ...shownRow, link: shown.link, mailLink: mailed?.link ?? null });
    }
    return made;
  },
);

/** Sends the mails of what was made and notes what became of them; gives the rows as they are then, without the links mailed. */
async function mailMade<Row extends Invitation & { mailLink: string | null }>(
  actor: TenantActor,
  made: readonly Row[],
): Promise<Omit<Row, "mailLink">[]> {
  const { tenant, name, email: from } = actor;
  const outcomes = await sendInvitations(
    made.flatMap(({ email, role, expiresAt, mailLink: link }) =>
      link
        ? [{ email, role, expiresAt: new Date(expiresAt), link, tenant, inviter: { name, email: from } }]
        : [],
    ),
  );
  const at = new Date();
  if (outcomes.size > 0) {
    await withTenant(actor, async (tx) => {
      for (const state of ["sent", "failed"] as const) {
        const ids = made.filter(({ email }) => outcomes.get(email) === state).map(({ id }) => id);
        if (ids.length === 0) continue;
        await tx.invitation.updateMany({
          where: { tenantId: tenant.id, id: { in: ids }, mail: "sending" },
          data: { mail: state, mailedAt: state === "sent" ? at : null },
        });
      }
    });
  }
  return made.map(({ mailLink: _, ...row }) => {
    const mail = outcomes.get(row.email) ?? row.mail;
    return { ...row, mail, mailedAt: mail === "sent" ? at.toISOString() : row.mailedAt };
  });
}

/**
 * Invites people by their addresses, all or none; says of each whether a mail went out. The links are in this answer
 * and nowhere else, and not those of the mails. Tells nothing about whether an address has an account. Throws
 * `forbidden`, `conflict` and, to invite an owner, `confirmation_required`.
 */
export async function createInvitations(actor: TenantActor, input: NewInvitations): Promise<NewInvitation[]> {
  return mailMade(actor, await insertInvitations(actor, input));
}

/** Locks an invitation, with the members held. Throws `not_found`. */
async function lockInvitation(tx: Transaction, tenantId: string, id: string): Promise<InvitationRow> {
  const [row] = await readInvitations(
    tx,
    Prisma.sql`i.tenant_id = ${tenantId}::uuid AND i.id = ${id}::uuid`,
    Prisma.sql`FOR UPDATE OF i`,
  );
  if (!row) throw notFound("invitation");
  return row;
}

type RenewInput = { id: string; expiresInDays: number; by: "link" | "mail" };

const renewInvitation = defineCommand(
  "member.manage",
  async ({ tx, actor, audit }, { id, expiresInDays, by }: RenewInput): Promise<Made> => {
    assertPerson(actor);
    const tenantId = actor.tenant.id;
    await holdMembers(tx, tenantId);
    const own = await ownRole(tx, actor);
    const row = await lockInvitation(tx, tenantId, id);
    const status = invitationStatus(row, row.inviterRole, new Date());
    const refusal = whyNotRenew(status, row.role, own);
    if (refusal && whyNotGrant(own, row.role) === null) throw conflict(refusal);
    assertMayGrant(actor, own, row.role);
    if ((await membersAmong(tx, tenantId, [row.email])).size > 0) {
      throw conflict(`${row.email} is a member already. Cancel the invitation.`);
    }
    if (status === "expired") await assertRoom(tx, tenantId, 1);
    if (by === "mail") await assertMailMayGo(tx, { tenantId, userId: actor.userId }, row.email);
    const [shown, mailed] = [newLink(), by === "mail" ? newLink() : null];
    const now = {
      mail: mailed ? ("sending" as const) : ("none" as const),
      mailedAt: null,
      invitedBy: actor.userId,
      invitedByLabel: actorLabel(actor),
      expiresAt: inDays(expiresInDays),
    };
    // Whichever way the new link goes, every older one is dead: of the one not shown nobody has the secret.
    const hashes = { secretHash: shown.hash, mailSecretHash: mailed?.hash ?? null };
    await tx.invitation.updateMany({ where: { tenantId, id }, data: { ...now, ...hashes } });
    await audit({
      action: by === "mail" ? "invitation.resend" : "invitation.new_link",
      targetType: "invitation",
      targetId: id,
      before: { invitedBy: row.invitedByLabel, expiresAt: row.expiresAt.toISOString() },
      after: { invitedBy: now.invitedByLabel, expiresAt: now.expiresAt.toISOString() },
    });
    const renewed = toInvitation({ ...row, ...now, inviterRole: own });
    return { ...renewed, link: shown.link, mailLink: mailed?.link ?? null };
  },
);

/** Throws `conflict` where mail is not configured, and `too_many_requests` where enough has been sent. */
async function assertMailMayGo(
  tx: Transaction,
  by: { tenantId: string; userId: string },
  email: string,
): Promise<void> {
  if (env.smtpUrl === null) {
    throw conflict("This installation sends no mail. Make a new link, and send it yourself.");
  }
  if ((await takeMails(tx, by, [email])).has(email)) return;
  throw new DomainError(
    "too_many_requests",
    `Enough invitations have been mailed for now: ${MAIL_LIMITS.tenant.most} an hour for a tenant, ${MAIL_LIMITS.address.most} a day to an address. Make a new link, and send it yourself.`,
    { headers: { "retry-after": String(MAIL_LIMITS.tenant.seconds) } },
  );
}

/** Makes a new link, which is in this answer and nowhere else; all older ones are dead. Throws as inviting does. */
export async function makeInvitationLink(
  actor: TenantActor,
  input: { id: string; expiresInDays: number },
): Promise<NewInvitation> {
  const { mailLink: _, ...made } = await renewInvitation(actor, { ...input, by: "link" });
  return made;
}

/** Mails a new link, which nobody here sees; all older ones are dead. Throws as inviting does. */
export async function resendInvitation(
  actor: TenantActor,
  input: { id: string; expiresInDays: number },
): Promise<Invitation> {
  const { link: _, ...made } = await renewInvitation(actor, { ...input, by: "mail" });
  return (await mailMade(actor, [made]))[0] as Invitation;
}

/** Ends an invitation that nobody has used. Throws `not_found`, `forbidden`, or `conflict` when it is over already. */
export const cancelInvitation = defineCommand(
  "member.manage",
  async ({ tx, actor, audit }, { id }: { id: string }): Promise<Invitation> => {
    assertPerson(actor);
    await holdMembers(tx, actor.tenant.id);
    const own = await ownRole(tx, actor);
    const row = await lockInvitation(tx, actor.tenant.id, id);
    const above = whyNotGrant(own, row.role);
    if (above) throw new DomainError("forbidden", above);
    const refusal = whyNotCancel(invitationStatus(row, row.inviterRole, new Date()), row.role, own);
    if (refusal) throw conflict(refusal);
    const cancelled = { cancelledAt: new Date(), cancelledByLabel: actorLabel(actor) };
    await tx.invitation.updateMany({ where: { tenantId: actor.tenant.id, id }, data: cancelled });
    await audit({
      action: "invitation.cancel",
      targetType: "invitation",
      targetId: id,
      before: { email: row.email, role: row.role },
    });
    return toInvitation({ ...row, ...cancelled });
  },
);
