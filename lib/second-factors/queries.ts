import { database } from "#lib/db/client.ts";

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
