import { createHash, randomBytes } from "node:crypto";
import { formatCredential } from "#lib/contract/credential.ts";
import { database, type Transaction } from "#lib/db/client.ts";
import { withCredential } from "#lib/db/scope.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { LINK_MINUTES } from "./rules.ts";

/** What a one-time link is for: a new password, or proving an address. One of each for a person. */
export type LinkPurpose = "password" | "email";

const hashOf = (secret: string) => new Uint8Array(createHash("sha256").update(secret).digest());

/**
 * Makes the person's link for a purpose in place of the one before, which thereby ends. Gives its secret, which is kept
 * nowhere, and until when it is good. The transaction is one of `withUser` for that person.
 */
export async function makeLink(
  tx: Transaction,
  link: { userId: string; purpose: LinkPurpose; email: string },
): Promise<{ secret: string; expiresAt: Date }> {
  const { userId, purpose, email } = link;
  const secret = formatCredential("personalLink", randomBytes(32));
  const createdAt = new Date();
  const expiresAt = new Date(createdAt.getTime() + LINK_MINUTES * 60_000);
  const data = { secretHash: hashOf(secret), email, createdAt, expiresAt };
  await tx.personalLink.upsert({
    where: { userId_purpose: { userId, purpose } },
    create: { userId, purpose, ...data },
    update: data,
  });
  return { secret, expiresAt };
}

/** A link that was presented, and whose it is. */
export type PresentedLink = {
  userId: string;
  secretHash: Uint8Array<ArrayBuffer>;
  /** Where it was sent. */
  email: string;
  expiresAt: Date;
  user: { email: string; name: string; emailVerifiedAt: Date | null };
};

/** The one answer for every link that cannot be used: used, replaced, expired, of another purpose, never made. */
export const deadLink = () =>
  new DomainError(
    "not_found",
    "This link does not work: it was used, replaced by a newer one, or is too old.",
  );

/** Finds what a secret opens; looking changes nothing. Throws `not_found`, alike for every link that is not good. */
export async function presentedLink(purpose: LinkPurpose, secret: string): Promise<PresentedLink> {
  const secretHash = hashOf(secret);
  const link = await withCredential(Buffer.from(secretHash).toString("hex"), (tx) =>
    tx.personalLink.findFirst({ where: { secretHash, purpose, expiresAt: { gt: new Date() } } }),
  );
  if (!link) throw deadLink();
  const user = await database().user.findFirst({
    where: { id: link.userId, disabledAt: null },
    select: { email: true, name: true, emailVerifiedAt: true },
  });
  if (!user) throw deadLink();
  return { userId: link.userId, secretHash, email: link.email, expiresAt: link.expiresAt, user };
}

/** Uses a link up. Of two who do it at the same moment one is refused: throws `not_found` as for any dead link. */
export async function useUpLink(
  tx: Transaction,
  purpose: LinkPurpose,
  { userId, secretHash }: PresentedLink,
): Promise<void> {
  const { count } = await tx.personalLink.deleteMany({
    where: { userId, purpose, secretHash, expiresAt: { gt: new Date() } },
  });
  if (count === 0) throw deadLink();
}

/** Ends the person's links that were not used. */
export async function endLinks(tx: Transaction, userId: string): Promise<void> {
  await tx.personalLink.deleteMany({ where: { userId } });
}
