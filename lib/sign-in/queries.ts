import type { PersonActor } from "#lib/access/actor.ts";
import { database } from "#lib/db/client.ts";
import { hasUsableIdentity } from "#lib/identities/queries.ts";
import { factorsAtHand } from "#lib/second-factors/queries.ts";
import type { ConfirmationWay } from "./schema.ts";

/** How the person can prove again that it is them, the most usual first. */
export async function waysToConfirm(actor: PersonActor): Promise<ConfirmationWay[]> {
  const user = await database().user.findUnique({
    where: { id: actor.userId },
    select: { passwordHash: true },
  });
  const has = await factorsAtHand(actor.userId);
  return [
    ...(user?.passwordHash ? (["password"] as const) : []),
    ...(has.passkey ? (["passkey"] as const) : []),
    ...(has.totp ? (["totp"] as const) : []),
    ...((await hasUsableIdentity(actor.userId)) ? (["provider"] as const) : []),
  ];
}
