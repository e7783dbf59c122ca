import type { PersonActor, SecondFactor } from "#lib/access/actor.ts";
import { assertInPerson } from "#lib/access/authorize.ts";
import { assertConfirmed } from "#lib/access/confirmation.ts";
import { type AuditRecord, writePersonalAudit } from "#lib/audit/audit.ts";
import type { Transaction } from "#lib/db/client.ts";
import { withUser } from "#lib/db/scope.ts";
import { conflict } from "#lib/errors/domain-error.ts";
import { whyKeepLast } from "./rules.ts";

type Own = { tx: Transaction; audit(record: Omit<AuditRecord, "targetType">): Promise<void> };

/**
 * Runs a change of one's own factors: in person, shortly after proving it, and one at a time, so that of two changes
 * at the same moment the second sees what the first has left.
 */
export async function changeOwn<T>(actor: PersonActor, work: (own: Own) => Promise<T>): Promise<T> {
  assertInPerson(actor);
  assertConfirmed(actor);
  return withUser(actor.userId, async (tx) => {
    await lockPerson(tx, actor.userId);
    return work({
      tx,
      audit: (record) =>
        writePersonalAudit(tx, actor.userId, actor, { ...record, targetType: "second_factor" }),
    });
  });
}

/** Makes whoever else changes this person's factors wait. */
export async function lockPerson(tx: Transaction, userId: string): Promise<void> {
  await tx.$executeRaw`SELECT FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
}

/** The session in which a factor was set up has thereby given it. */
export async function noteGiven(tx: Transaction, actor: PersonActor, factor: SecondFactor): Promise<void> {
  if (actor.proof.type !== "session") return;
  await tx.session.updateMany({
    where: { id: actor.proof.sessionId, userId: actor.userId, secondFactor: null, secondFactorDue: false },
    data: { secondFactor: factor },
  });
}

/** Names of the person's tenants that ask for two factors. */
export async function tenantsThatRequire(tx: Transaction, userId: string): Promise<string[]> {
  const rows = await tx.membership.findMany({
    where: { userId, tenant: { requireTwoFactor: true, deletedAt: null } },
    select: { tenant: { select: { name: true } } },
    orderBy: { tenant: { name: "asc" } },
    take: 100,
  });
  return rows.map(({ tenant }) => tenant.name);
}

/**
 * Called after a factor was removed: what is left may not be nothing while a tenant asks for something, and recovery
 * codes do not outlive what they stand in for. Throws `conflict`, which undoes the removal.
 */
export async function afterRemoval(tx: Transaction, userId: string): Promise<void> {
  const { hasSecondFactor } = await tx.user.findUniqueOrThrow({
    where: { id: userId },
    select: { hasSecondFactor: true },
  });
  if (hasSecondFactor) return;
  const reason = whyKeepLast(await tenantsThatRequire(tx, userId));
  if (reason) throw conflict(reason);
  await tx.recoveryCode.deleteMany({ where: { userId } });
  await endDueSessions(tx, userId);
}

/** Ends the sessions that wait for a factor of the person's. */
export async function endDueSessions(tx: Transaction, userId: string): Promise<void> {
  await tx.session.updateMany({
    where: { userId, secondFactorDue: true, revokedAt: null },
    data: { revokedAt: new Date() },
  });
}
