import { createHash } from "node:crypto";
import { isWellFormedCredential } from "../contract/credential.ts";
import { database } from "../db/client.ts";
import { withCredential, withUser } from "../db/scope.ts";
import type { Actor, Proof, SecondFactor, SignInMethod } from "./actor.ts";
import { clientIp } from "./client-ip.ts";
import { sessionIdOf } from "./session-cookie.ts";

/** "Last used" is told to the minute; writing it more often would cost a write per request. */
const SEEN_PRECISION_MS = 60_000;

type Person = { id: string; email: string; name: string; isOperator: boolean; disabledAt: Date | null };

async function byToken(token: string): Promise<{ person: Person; proof: Proof } | null> {
  if (!isWellFormedCredential("accessToken", token)) return null;
  const hash = createHash("sha256").update(token).digest("hex");
  const row = await withCredential(hash, (tx) =>
    tx.accessToken.findFirst({
      where: { tokenHash: Buffer.from(hash, "hex"), revokedAt: null, expiresAt: { gt: new Date() } },
      include: { user: true },
    }),
  );
  if (!row) return null;
  if (!row.lastUsedAt || Date.now() - row.lastUsedAt.getTime() > SEEN_PRECISION_MS) {
    await withUser(row.userId, (tx) =>
      tx.accessToken.updateMany({ where: { id: row.id }, data: { lastUsedAt: new Date() } }),
    );
  }
  return {
    person: row.user,
    proof: {
      type: "token",
      tokenId: row.id,
      name: row.name,
      tenantId: row.tenantId,
      permissions: null,
      person: { hasSecondFactor: row.user.hasSecondFactor, provider: row.provider },
    },
  };
}

async function bySession(sessionId: string): Promise<{ person: Person; proof: Proof } | null> {
  const row = await database().session.findFirst({
    where: { id: sessionId, secondFactorDue: false, revokedAt: null, expiresAt: { gt: new Date() } },
    include: { user: true },
  });
  if (!row) return null;
  if (Date.now() - row.lastSeenAt.getTime() > SEEN_PRECISION_MS) {
    await database().session.updateMany({ where: { id: row.id }, data: { lastSeenAt: new Date() } });
  }
  const { method, provider, secondFactor, confirmedAt } = row;
  return {
    person: row.user,
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

/**
 * Says who is asking: by the bearer token when one is sent, else by the session cookie. A token that is not good is
 * nobody, even beside a good cookie. Looks at the stored row each time, so removal acts on the next request.
 */
export async function authenticate(headers: Headers, requestId: string): Promise<Actor | null> {
  const authorization = headers.get("authorization");
  const bearer = authorization === null ? null : /^Bearer (\S+)$/i.exec(authorization)?.[1];
  const sessionId = authorization === null ? await sessionIdOf(headers) : null;
  const found = bearer ? await byToken(bearer) : sessionId ? await bySession(sessionId) : null;
  if (!found || found.person.disabledAt) return null;
  const { id: userId, email, name, isOperator } = found.person;
  return { userId, email, name, isOperator, proof: found.proof, requestId, ip: clientIp(headers) };
}
