import type { PersonActor } from "#lib/access/actor.ts";
import { database } from "#lib/db/client.ts";
import type { ConfirmationWay } from "./schema.ts";

/** How the person can prove again that it is them, the most usual first. */
export async function waysToConfirm(actor: PersonActor): Promise<ConfirmationWay[]> {
  const user = await database().user.findUnique({
    where: { id: actor.userId },
    select: { passwordHash: true },
  });
  return user?.passwordHash ? ["password"] : [];
}
