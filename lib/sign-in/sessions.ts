import type { SecondFactor, SignInMethod } from "#lib/access/actor.ts";
import { DUE_MS } from "#lib/access/due-session.ts";
import { SESSION_SECONDS } from "#lib/access/session-cookie.ts";
import { writePersonalAudit } from "#lib/audit/audit.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import type { Transaction } from "#lib/db/client.ts";
import { withUser } from "#lib/db/scope.ts";
import { deviceName } from "./device.ts";

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
 * whose second factor is due ends soon, unless the factor is given: lib/second-factors then opens another. The person's
 * security activity tells of every session in which they are signed in. `tx` is one of `withUser` for that person.
 */
export async function openSession(opened: OpenedSession, tx?: Transaction): Promise<string> {
  return tx ? insert(opened, tx) : withUser(opened.userId, (own) => insert(opened, own));
}

async function insert(opened: OpenedSession, tx: Transaction): Promise<string> {
  const { userId, method, provider = null, from } = opened;
  const id = uuidv7();
  const now = Date.now();
  const due = opened.secondFactor === "due";
  const secondFactor = due ? null : ((opened.secondFactor as SecondFactor | undefined) ?? null);
  const userAgent = from.userAgent.slice(0, 500);
  await tx.session.createMany({
    data: [
      {
        id,
        userId,
        method,
        provider,
        secondFactor,
        secondFactorDue: due,
        confirmedAt: new Date(now),
        expiresAt: new Date(now + (due ? DUE_MS : SESSION_SECONDS * 1_000)),
        userAgent,
        ip: from.ip,
      },
    ],
  });
  if (due) return id;
  const by = { label: "the person, signing in", requestId: id, ip: from.ip };
  await writePersonalAudit(tx, userId, by, {
    action: "session.start",
    targetType: "session",
    targetId: id,
    after: { method, provider, secondFactor, device: deviceName(userAgent) },
  });
  return id;
}
