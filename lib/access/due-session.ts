import { database } from "#lib/db/client.ts";
import { sessionIdOf } from "./session-cookie.ts";

/** How long somebody has to give the second factor. */
export const DUE_MS = 10 * 60_000;

/** A session of somebody who gave the first factor and has still to give the second: good for that and for nothing else. */
export type DueSession = { sessionId: string; userId: string; email: string; name: string };

/** The session of a request's cookie when its second factor is due; null for every other one, and for none. */
export async function dueSessionOf(headers: Headers): Promise<DueSession | null> {
  const sessionId = await sessionIdOf(headers);
  if (!sessionId) return null;
  const now = new Date();
  const row = await database().session.findFirst({
    where: {
      id: sessionId,
      secondFactorDue: true,
      revokedAt: null,
      expiresAt: { gt: now },
      createdAt: { gt: new Date(now.getTime() - DUE_MS) },
      user: { disabledAt: null },
    },
    select: { userId: true, user: { select: { email: true, name: true } } },
  });
  return row && { sessionId, userId: row.userId, ...row.user };
}
