import { z } from "zod";
import type { PersonActor } from "#lib/access/actor.ts";
import { assertInPerson } from "#lib/access/authorize.ts";
import { decodeCursor, type Page, toPage } from "#lib/api/page.ts";
import { withUser } from "#lib/db/scope.ts";
import { env } from "#lib/env.ts";
import { deviceName } from "#lib/sign-in/commands.ts";
import { whyNotPassword } from "#lib/sign-in/password-policy.ts";
import { placeOf } from "./place.ts";
import type { Account, Activity, BrowserSession } from "./schema.ts";

type PageInput = { limit: number; cursor?: string | undefined };

/** One's own account. */
export async function readAccount(actor: PersonActor): Promise<Account> {
  assertInPerson(actor);
  return withUser(actor.userId, async (tx) => {
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
      pendingEmail: link && { email: link.email, expiresAt: link.expiresAt.toISOString() },
      hasPassword: user.passwordHash !== null,
      passwordChangedAt: user.passwordChangedAt?.toISOString() ?? null,
      sendsMail: env.smtpUrl !== null,
    };
  });
}

/** What is wrong with a password that the person would like; null when nothing is. Nothing of it is kept. */
export async function judgePassword(actor: PersonActor, { password }: { password: string }) {
  return { reason: await whyNotPassword(password, actor) };
}

/** Where the person is signed in, the latest use first. */
export async function listSessions(
  actor: PersonActor,
  { limit, cursor }: PageInput,
): Promise<Page<BrowserSession>> {
  assertInPerson(actor);
  const { userId, proof } = actor;
  const after = decodeCursor(cursor, [z.iso.datetime(), z.uuid()]);
  const rows = await withUser(userId, (tx) =>
    tx.session.findMany({
      where: {
        userId,
        revokedAt: null,
        secondFactorDue: false,
        expiresAt: { gt: new Date() },
        ...(after
          ? {
              OR: [
                { lastSeenAt: { lt: new Date(after[0]) } },
                { lastSeenAt: new Date(after[0]), id: { lt: after[1] } },
              ],
            }
          : {}),
      },
      orderBy: [{ lastSeenAt: "desc" }, { id: "desc" }],
      take: limit + 1,
    }),
  );
  return toPage(
    rows,
    limit,
    (row) => [row.lastSeenAt.toISOString(), row.id],
    (row) => ({
      id: row.id,
      current: proof.type === "session" && row.id === proof.sessionId,
      device: deviceName(row.userAgent),
      method: row.method as BrowserSession["method"],
      provider: row.provider,
      secondFactor: row.secondFactor as BrowserSession["secondFactor"],
      ip: row.ip,
      place: placeOf(row.ip),
      createdAt: row.createdAt.toISOString(),
      lastSeenAt: row.lastSeenAt.toISOString(),
    }),
  );
}

const ABOUT = ["device", "email", "name"] as const;

/** The one word of an entry that tells it from others of its kind. */
function aboutOf(after: unknown): string | null {
  if (typeof after !== "object" || after === null) return null;
  const values = ABOUT.map((field) => (after as Record<string, unknown>)[field]);
  return values.find((value): value is string => typeof value === "string") ?? null;
}

/** What happened to the person's account, the latest first. */
export async function listActivity(
  actor: PersonActor,
  { limit, cursor }: PageInput,
): Promise<Page<Activity>> {
  assertInPerson(actor);
  const { userId } = actor;
  const after = decodeCursor(cursor, [z.iso.datetime(), z.uuid()]);
  const rows = await withUser(userId, (tx) =>
    tx.personalAuditEntry.findMany({
      where: {
        userId,
        ...(after
          ? { OR: [{ at: { lt: new Date(after[0]) } }, { at: new Date(after[0]), id: { lt: after[1] } }] }
          : {}),
      },
      orderBy: [{ at: "desc" }, { id: "desc" }],
      take: limit + 1,
    }),
  );
  return toPage(
    rows,
    limit,
    (row) => [row.at.toISOString(), row.id],
    (row) => ({
      id: row.id,
      at: row.at.toISOString(),
      action: row.action,
      actor: row.actorLabel,
      ip: row.ip,
      place: placeOf(row.ip),
      about: aboutOf(row.after),
    }),
  );
}
