import type { SecondFactor, SignInMethod } from "#lib/access/actor.ts";
import { DUE_MS } from "#lib/access/due-session.ts";
import { SESSION_SECONDS } from "#lib/access/session-cookie.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { database, type Transaction } from "#lib/db/client.ts";

/** Where a browser is and what it calls itself. */
export type Origin = { ip: string; userAgent: string };

export type OpenedSession = {
  userId: string;
  method: SignInMethod;
  provider?: string;
  /** The factor that was given already; `due` when the person has one and has still to give it. */
  secondFactor?: SecondFactor | "due";
  from: Origin;
};

/**
 * Opens a browser session for somebody who has just proved who they are; gives its id, which is for the cookie. One
 * whose second factor is due ends soon, unless the factor is given: lib/second-factors then opens another.
 */
export async function openSession(
  { userId, method, provider, secondFactor, from }: OpenedSession,
  tx: Transaction = database(),
) {
  const id = uuidv7();
  const now = Date.now();
  await tx.session.create({
    data: {
      id,
      userId,
      method,
      provider: provider ?? null,
      secondFactor: secondFactor === undefined || secondFactor === "due" ? null : secondFactor,
      secondFactorDue: secondFactor === "due",
      confirmedAt: new Date(now),
      expiresAt: new Date(now + (secondFactor === "due" ? DUE_MS : SESSION_SECONDS * 1_000)),
      userAgent: from.userAgent.slice(0, 500),
      ip: from.ip,
    },
  });
  return id;
}
