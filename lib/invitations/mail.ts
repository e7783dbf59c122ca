import type { MemberRole } from "#lib/access/permissions.ts";
import { deliver } from "#lib/mail/deliver.ts";
import type { Mail } from "#lib/mail/mailer.ts";
import { oneLine } from "#lib/mail/rules.ts";
import { aRole, ROLE_MAY } from "#lib/members/rules.ts";

/** So many at a time: a mail server that does not answer must not hold the request for each of them in turn. */
const AT_ONCE = 10;

/** What a mail program would make a link of: a name with an address in it would be an advertisement sent by us. */
const LOOKS_LIKE_LINK = /:\/\/|@|www\.|[\p{L}\p{N}]\.\p{L}{2}/iu;

type Invited = {
  email: string;
  role: MemberRole;
  expiresAt: Date;
  link: string;
  tenant: { name: string; slug: string };
  inviter: { name: string; email: string };
};

/** The mail that invites. Names of people and tenants are the only words of others in it, one line each. */
export function invitationMail({ email, role, expiresAt, link, tenant, inviter }: Invited): Mail {
  const called = oneLine(LOOKS_LIKE_LINK.test(tenant.name) ? tenant.slug : tenant.name);
  const who = oneLine(
    LOOKS_LIKE_LINK.test(inviter.name) ? inviter.email : `${inviter.name} (${inviter.email})`,
  );
  const until = `${expiresAt.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return {
    to: [email],
    subject: `You are invited to “${called}” on Gatehouse`,
    text: [
      `${who} invites you to the tenant “${called}” on Gatehouse, as ${aRole(role)}: ${ROLE_MAY[role]}.`,
      "",
      "Open this link to decide. Opening it changes nothing yet.",
      link,
      "",
      `It works once, for ${email} alone, until ${until}.`,
      "If you did not expect this, leave it: without the link nothing happens.",
      "",
    ].join("\n"),
  };
}

/** Sends the mails and says of each address what became of it. After the transaction that made the invitations. */
export async function sendInvitations(invited: readonly Invited[]): Promise<Map<string, "sent" | "failed">> {
  const outcomes = new Map<string, "sent" | "failed">();
  const waiting = [...invited];
  const sender = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      outcomes.set(next.email, (await deliver(invitationMail(next))) === "sent" ? "sent" : "failed");
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, invited.length) }, sender));
  return outcomes;
}
