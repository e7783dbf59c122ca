import type { PersonActor } from "#lib/access/actor.ts";
import { withUser } from "#lib/db/scope.ts";
import { env } from "#lib/env.ts";
import type { Account } from "./schema.ts";

/** One's own account. */
export const readAccount = (actor: PersonActor): Promise<Account> =>
  withUser(actor.userId, async (tx) => {
    const user = await tx.user.findUniqueOrThrow({
      where: { id: actor.userId },
      select: { name: true, email: true, emailVerifiedAt: true, passwordHash: true, passwordChangedAt: true },
    });
    const link = await tx.personalLink.findFirst({
      where: { userId: actor.userId, purpose: "email", expiresAt: { gt: new Date() } },
      select: { email: true, expiresAt: true },
    });
    return {
      name: user.name,
      email: user.email,
      emailVerifiedAt: user.emailVerifiedAt?.toISOString() ?? null,
      pendingEmail: link ? { email: link.email, expiresAt: link.expiresAt.toISOString() } : null,
      hasPassword: user.passwordHash !== null,
      passwordChangedAt: user.passwordChangedAt?.toISOString() ?? null,
      sendsMail: env.smtpUrl !== null,
    };
  });
