import type { PersonActor } from "#lib/access/actor.ts";
import { database } from "#lib/db/client.ts";
import { withUser } from "#lib/db/scope.ts";
import { env } from "#lib/env.ts";
import { tenantsThatRequire } from "./own.ts";
import { whyNoPasskeys } from "./rules.ts";
import type { Passkey, SecondFactors } from "./schema.ts";
import { whyNoTotp } from "./totp.ts";

/**
 * Whether the person has to give a second factor after the password: an authenticator app that was confirmed, or a
 * passkey. For a list of people, `users.has_second_factor` says the same of each.
 */
export async function hasSecondFactor(userId: string): Promise<boolean> {
  const row = await database().user.findUnique({
    where: { id: userId },
    select: { hasSecondFactor: true },
  });
  return row?.hasSecondFactor ?? false;
}

export type FactorsAtHand = {
  passkey: boolean;
  /** Why the passkeys that they have are of no use at this console's address; null when they have none, or they are. */
  passkeyElsewhere: string | null;
  totp: boolean;
  recoveryCode: boolean;
};

/** Which factors somebody could give now. */
export async function factorsAtHand(userId: string): Promise<FactorsAtHand> {
  return withUser(userId, async (tx) => {
    const passkeys = await tx.passkey.count({ where: { userId } });
    const apps = await tx.totpFactor.count({ where: { userId, confirmed: true } });
    const codes = await tx.recoveryCode.count({ where: { userId, usedAt: null } });
    const reason = whyNoPasskeys(env.consoleUrl);
    return {
      passkey: passkeys > 0 && reason === null,
      passkeyElsewhere: passkeys > 0 ? reason : null,
      totp: apps > 0,
      recoveryCode: codes > 0,
    };
  });
}

type PasskeyRow = { id: string; name: string; backedUp: boolean; createdAt: Date; lastUsedAt: Date | null };

export const toPasskey = (row: PasskeyRow): Passkey => ({
  id: row.id,
  name: row.name,
  synced: row.backedUp,
  createdAt: row.createdAt.toISOString(),
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
});

/** What the person gives beside the password, and what they could set up here. */
export async function getSecondFactors({ userId }: PersonActor): Promise<SecondFactors> {
  return withUser(userId, async (tx) => {
    const app = await tx.totpFactor.findUnique({
      where: { userId_confirmed: { userId, confirmed: true } },
      select: { createdAt: true, lastUsedAt: true },
    });
    const passkeys = await tx.passkey.findMany({
      where: { userId },
      select: { id: true, name: true, backedUp: true, createdAt: true, lastUsedAt: true },
      orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    });
    const codes = await tx.recoveryCode.findMany({
      where: { userId },
      select: { usedAt: true, createdAt: true },
    });
    const [first] = codes;
    return {
      totp: app && {
        since: app.createdAt.toISOString(),
        lastUsedAt: app.lastUsedAt?.toISOString() ?? null,
      },
      passkeys: passkeys.map(toPasskey),
      recoveryCodes: first
        ? {
            left: codes.filter(({ usedAt }) => usedAt === null).length,
            of: codes.length,
            since: first.createdAt.toISOString(),
          }
        : null,
      requiredBy: await tenantsThatRequire(tx, userId),
      whyNoTotp: whyNoTotp(),
      whyNoPasskeys: whyNoPasskeys(env.consoleUrl),
    };
  });
}
