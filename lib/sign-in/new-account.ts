import { uuidv7 } from "#lib/contract/uuid.ts";
import type { Transaction } from "#lib/db/client.ts";
import { invalid } from "#lib/errors/domain-error.ts";
import { hashPassword } from "./password.ts";
import { whyNotPassword } from "./password-policy.ts";

export type NewAccount = { email: string; name: string; passwordHash: string };

/**
 * Looks at the password that somebody wants and hashes it, before any transaction: it takes as long as it does.
 * Throws `invalid_input` with the reason.
 */
export async function prepareAccount(wanted: {
  email: string;
  name: string;
  password: string;
}): Promise<NewAccount> {
  const { password, email, name } = wanted;
  const reason = await whyNotPassword(password, { email, name });
  if (reason) throw invalid([{ path: "password", message: reason }], reason);
  return { email, name, passwordHash: await hashPassword(password) };
}

/**
 * Makes the account and gives its id; null, and nothing changed, when the address has one. `verified`: it is known that
 * whoever makes it receives what is sent to the address.
 */
export async function insertAccount(
  tx: Transaction,
  account: NewAccount,
  { verified }: { verified: boolean },
): Promise<string | null> {
  const [made] = await tx.$queryRaw<{ id: string }[]>`
    INSERT INTO users (id, email, name, password_hash, password_changed_at, email_verified_at)
    VALUES (${uuidv7()}::uuid, ${account.email}, ${account.name}, ${account.passwordHash}, now(),
            ${verified ? new Date() : null}::timestamptz)
    ON CONFLICT (email) DO NOTHING RETURNING id`;
  return made?.id ?? null;
}

/** Notes that the person receives what is sent to their address, unless that was known. */
export async function noteVerified(tx: Transaction, userId: string): Promise<void> {
  await tx.user.updateMany({
    where: { id: userId, emailVerifiedAt: null },
    data: { emailVerifiedAt: new Date() },
  });
}
