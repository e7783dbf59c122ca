import { createHash } from "node:crypto";
import type { PersonActor } from "#lib/access/actor.ts";
import { type Outsider, writePersonalAudit } from "#lib/audit/audit.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { database, Prisma, type Transaction } from "#lib/db/client.ts";
import { withCredential, withUser } from "#lib/db/scope.ts";
import { openSession } from "#lib/sign-in/sessions.ts";
import { tellOfProvider } from "./mails.ts";
import {
  type Arrival,
  type Claims,
  decideArrival,
  domainAllowed,
  type Problem,
  provedSince,
  vouchedEmail,
  vouchesForSecondFactor,
} from "./rules.ts";
import type { IdentityProvider } from "./settings.ts";

/** Somebody whom a provider has vouched for, and where they come from. */
export type Arriving = {
  provider: IdentityProvider;
  claims: Claims;
  from: { ip: string; userAgent: string; requestId: string };
};

/** More ways in than anybody uses; a bound on what one account can fill the table with. */
export const MOST_IDENTITIES = 10;

export const identityHash = ({ issuer, subject }: Pick<Claims, "issuer" | "subject">): string =>
  createHash("sha256").update(`${issuer}\n${subject}`).digest("hex");

/** The account to which the identity is linked; null for none. */
async function linkedAccount(claims: Claims) {
  const hash = identityHash(claims);
  const row = await withCredential(hash, (tx) =>
    tx.userIdentity.findFirst({
      where: { identityHash: Buffer.from(hash, "hex") },
      select: { userId: true, user: { select: { disabledAt: true } } },
    }),
  );
  return row && { userId: row.userId, disabled: row.user.disabledAt !== null };
}

async function decide({ provider, claims }: Arriving): Promise<Arrival> {
  const linked = await linkedAccount(claims);
  const email = linked ? null : vouchedEmail(provider, claims);
  const account =
    email === null
      ? null
      : await database().user.findUnique({
          where: { email },
          select: { id: true, disabledAt: true, emailVerifiedAt: true },
        });
  let invited = false;
  if (email !== null && !account && provider.signUp === "invited") {
    const [row] = await database().$queryRaw<{ invited: boolean }[]>`
      SELECT address_is_invited(${email}::text) AS invited`;
    invited = row?.invited ?? false;
  }
  const sameEmail = account && {
    userId: account.id,
    disabled: account.disabledAt !== null,
    emailVerified: account.emailVerifiedAt !== null,
  };
  return decideArrival(provider, claims, { linked, sameEmail, invited });
}

async function addIdentity(
  tx: Transaction,
  userId: string,
  { provider, claims }: Arriving,
  by: PersonActor | Outsider,
): Promise<void> {
  const id = uuidv7();
  await tx.userIdentity.createMany({
    data: [
      {
        id,
        userId,
        provider: provider.name,
        issuer: claims.issuer,
        subject: claims.subject,
        identityHash: Buffer.from(identityHash(claims), "hex"),
        emailAtLink: claims.email ?? "",
        lastUsedAt: new Date(),
      },
    ],
  });
  await writePersonalAudit(tx, userId, by, {
    action: "identity.link",
    targetType: "identity",
    targetId: id,
    after: { provider: provider.name, email: claims.email ?? "" },
  });
}

const isTaken = (error: unknown) =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";

/** Does what was decided, and gives whose session it is. Somebody who came a moment earlier makes it throw `isTaken`. */
async function settle(arriving: Arriving, arrival: Exclude<Arrival, { kind: "refuse" }>): Promise<string> {
  const { provider, claims, from } = arriving;
  const by: Outsider = {
    label: `${provider.label} (sign-in provider)`,
    requestId: from.requestId,
    ip: from.ip,
  };
  if (arrival.kind === "sign_in") {
    await withUser(arrival.userId, (tx) =>
      tx.userIdentity.updateMany({
        where: { identityHash: Buffer.from(identityHash(claims), "hex") },
        data: { lastUsedAt: new Date() },
      }),
    );
    return arrival.userId;
  }
  const userId = arrival.kind === "link" ? arrival.userId : uuidv7();
  await withUser(userId, async (tx) => {
    if (arrival.kind === "create") {
      const { email } = arrival;
      const name = claims.name ?? email.slice(0, email.indexOf("@"));
      await tx.user.createMany({ data: [{ id: userId, email, name, emailVerifiedAt: new Date() }] });
      await writePersonalAudit(tx, userId, by, {
        action: "person.create",
        targetType: "person",
        targetId: userId,
        after: { email, name },
      });
    }
    await addIdentity(tx, userId, arriving, by);
  });
  if (arrival.kind === "link" && claims.email) tellOfProvider(claims.email, provider.label, "added");
  return userId;
}

/** What became of a visit: a session was opened, or why not. */
export type SignedIn = { sessionId: string } | { problem: Problem };

/**
 * Signs somebody in whom a provider has vouched for. `only` is whom it must be, when somebody is signed in already. A
 * person with a second factor of their own still gives it, unless the provider says that one was given to it.
 */
export async function signInFrom(arriving: Arriving, only: string | null): Promise<SignedIn> {
  const { provider, claims, from } = arriving;
  for (let attempt = 1; ; attempt++) {
    const arrival = await decide(arriving);
    if (arrival.kind === "refuse") return arrival;
    if (only !== null && (arrival.kind === "create" || arrival.userId !== only)) {
      return { problem: "other_account" };
    }
    try {
      const userId = await settle(arriving, arrival);
      return { sessionId: await open(userId) };
    } catch (error) {
      // Two visits at the same moment: the second finds what the first one made.
      if (!isTaken(error) || attempt === 2) throw error;
    }
  }

  async function open(userId: string): Promise<string> {
    const user = await database().user.findUniqueOrThrow({
      where: { id: userId },
      select: { hasSecondFactor: true },
    });
    const vouched = vouchesForSecondFactor(provider, claims);
    const secondFactor = vouched ? "provider" : user.hasSecondFactor ? "due" : undefined;
    return openSession({
      userId,
      method: "oidc",
      provider: provider.name,
      ...(secondFactor ? { secondFactor } : {}),
      from: { ip: from.ip, userAgent: from.userAgent },
    });
  }
}

/** Adds the identity to the account of somebody who is signed in and asked for it; gives why not, or null. */
export async function linkTo(actor: PersonActor, arriving: Arriving): Promise<Problem | null> {
  if (!domainAllowed(arriving.provider, arriving.claims)) return "email_domain";
  const linked = await linkedAccount(arriving.claims);
  if (linked) return linked.userId === actor.userId ? null : "linked_elsewhere";
  try {
    const problem = await withUser<Problem | null>(actor.userId, async (tx) => {
      // One at a time for a person, so that the bound holds.
      await tx.$queryRaw`SELECT 1 FROM users WHERE id = ${actor.userId}::uuid FOR UPDATE`;
      const count = await tx.userIdentity.count({ where: { userId: actor.userId } });
      if (count >= MOST_IDENTITIES) return "too_many";
      await addIdentity(tx, actor.userId, arriving, actor);
      return null;
    });
    if (!problem) tellOfProvider(actor.email, arriving.provider.label, "added");
    return problem;
  } catch (error) {
    if (!isTaken(error)) throw error;
    const winner = await linkedAccount(arriving.claims);
    return winner?.userId === actor.userId ? null : "linked_elsewhere";
  }
}

/** Whether the provider has just now proven that it is the person; null, or why it has not. */
export async function confirmBy(
  actor: PersonActor,
  { claims }: Arriving,
  startedAt: number,
): Promise<Problem | null> {
  const linked = await linkedAccount(claims);
  if (linked?.userId !== actor.userId) return "not_linked";
  return provedSince(claims, startedAt) ? null : "not_recent";
}
