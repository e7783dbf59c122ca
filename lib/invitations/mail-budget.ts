import { createHash } from "node:crypto";
import type { Transaction } from "#lib/db/client.ts";
import { MAIL_LIMITS } from "./rules.ts";

/** Takes one out of what a subject may use within a time; false, and nothing taken, when that is used up. */
async function take(tx: Transaction, kind: keyof typeof MAIL_LIMITS, value: string): Promise<boolean> {
  const { most, seconds } = MAIL_LIMITS[kind];
  // Hashed, so that the table is no list of who was invited.
  const subject = `${kind}:${createHash("sha256").update(value).digest("hex").slice(0, 32)}`;
  const taken = await tx.$queryRaw<unknown[]>`
    INSERT INTO invitation_budgets AS b (subject, since, used) VALUES (${subject}, now(), 1)
    ON CONFLICT (subject) DO UPDATE SET
      since = CASE WHEN b.since < now() - make_interval(secs => ${seconds}) THEN now() ELSE b.since END,
      used = CASE WHEN b.since < now() - make_interval(secs => ${seconds}) THEN 1 ELSE b.used + 1 END
    WHERE b.used < ${most}::int OR b.since < now() - make_interval(secs => ${seconds})
    RETURNING used`;
  return taken.length === 1;
}

/**
 * Which of these addresses may get a mail now. An invitation in the wrong hands is spam with our name on it, so mails
 * are bounded by tenant, by person and, over all tenants, by address. In the caller's transaction.
 */
export async function takeMails(
  tx: Transaction,
  by: { tenantId: string; userId: string },
  emails: readonly string[],
): Promise<Set<string>> {
  // Not those that somebody else is counting on at this moment: waiting for one another would never end.
  await tx.$executeRaw`
    DELETE FROM invitation_budgets WHERE subject IN (
      SELECT subject FROM invitation_budgets WHERE since < now() - interval '1 day' LIMIT 1000 FOR UPDATE SKIP LOCKED)`;
  const may = new Set<string>();
  // In one order for everybody, for the same reason.
  for (const email of [...emails].sort()) {
    const granted =
      (await take(tx, "tenant", by.tenantId)) &&
      (await take(tx, "person", by.userId)) &&
      (await take(tx, "address", email));
    if (granted) may.add(email);
  }
  return may;
}
