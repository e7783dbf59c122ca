import { database } from "../db/client.ts";
import type { Actor, SecondFactor, SignInMethod } from "./actor.ts";
import { clientIp } from "./client-ip.ts";
import { byToken, SEEN_PRECISION_MS } from "./presented-token.ts";
import { sessionIdOf } from "./session-cookie.ts";

type Recognised = Pick<Actor, "userId" | "email" | "name" | "isOperator" | "proof">;

async function bySession(sessionId: string, ip: string): Promise<Recognised | null> {
  const row = await database().session.findFirst({
    where: { id: sessionId, secondFactorDue: false, revokedAt: null, expiresAt: { gt: new Date() } },
    include: { user: true },
  });
  if (!row || row.user.disabledAt) return null;
  if (Date.now() - row.lastSeenAt.getTime() > SEEN_PRECISION_MS) {
    await database().session.updateMany({ where: { id: row.id }, data: { lastSeenAt: new Date(), ip } });
  }
  const { method, provider, secondFactor, confirmedAt } = row;
  const { id: userId, email, name, isOperator } = row.user;
  return {
    userId,
    email,
    name,
    isOperator,
    proof: {
      type: "session",
      sessionId: row.id,
      method: method as SignInMethod,
      provider,
      secondFactor: secondFactor as SecondFactor | null,
      confirmedAt,
    },
  };
}

/** What is sent as a bearer token, of whatever shape; null for nothing, or for another scheme. */
export function bearerOf(headers: Headers): string | null {
  return /^Bearer (\S+)$/i.exec(headers.get("authorization") ?? "")?.[1] ?? null;
}

/**
 * Says who is asking: by the bearer token when one is sent, else by the session cookie. A token that is not good is
 * nobody, even beside a good cookie. Looks at the stored row each time, so removal acts on the next request.
 */
export async function authenticate(headers: Headers, requestId: string): Promise<Actor | null> {
  const bearer = bearerOf(headers);
  const sessionId = headers.has("authorization") ? null : await sessionIdOf(headers);
  const ip = clientIp(headers);
  const found = bearer ? await byToken(bearer, ip) : sessionId ? await bySession(sessionId, ip) : null;
  return found && { ...found, requestId, ip };
}
