import type { PersonActor } from "#lib/access/actor.ts";
import { assertInPerson, assertOperator } from "#lib/access/authorize.ts";
import { assertConfirmed } from "#lib/access/confirmation.ts";
import { writePersonalAudit } from "#lib/audit/audit.ts";
import type { Transaction } from "#lib/db/client.ts";
import { withUser } from "#lib/db/scope.ts";
import { env } from "#lib/env.ts";
import { conflict, invalid, notFound } from "#lib/errors/domain-error.ts";
import { deliver } from "#lib/mail/deliver.ts";
import { whyNotRevoke } from "./queries.ts";
import type { TestMail } from "./schema.ts";

/** Sends the operator a message, so that they see whether mail leaves the installation. */
export async function sendTestMail(actor: PersonActor): Promise<TestMail> {
  assertOperator(actor);
  const text = `This is a test, asked for on the installation page of ${env.consoleUrl}. If you read it, mail works.\n`;
  const delivery = await deliver({ to: [actor.email], subject: "Gatehouse: a test of mail", text });
  return { delivery, to: actor.email };
}

/** Everybody who is an operator and not disabled, held until the transaction ends: of two changes one comes first. */
async function holdOperators(tx: Transaction, actor: PersonActor): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM users WHERE is_operator AND disabled_at IS NULL ORDER BY id FOR UPDATE`;
  const active = rows.map(({ id }) => id);
  // Somebody who was faster may have taken it from the one who asks.
  if (!active.includes(actor.userId)) throw notFound("endpoint or object");
  return active;
}

function assertMay(actor: PersonActor): void {
  assertOperator(actor);
  assertInPerson(actor);
  assertConfirmed(actor);
}

/** Makes somebody with an account an operator of the installation. In person, and confirmed lately. */
export async function grantOperator(actor: PersonActor, { email }: { email: string }): Promise<void> {
  assertMay(actor);
  const refuse = (message: string) => invalid([{ path: "email", message }]);
  await withUser(actor.userId, async (tx) => {
    await holdOperators(tx, actor);
    const user = await tx.user.findUnique({
      where: { email },
      select: { id: true, isOperator: true, disabledAt: true, emailVerifiedAt: true },
    });
    if (!user) throw refuse("belongs to no account here; the person signs up or is invited first");
    if (user.isOperator) throw refuse("is an operator already");
    if (user.disabledAt) throw refuse("belongs to a disabled account");
    if (!user.emailVerifiedAt)
      throw refuse("has not been proven yet; the person does that on their account page");
    await tx.user.updateMany({ where: { id: user.id }, data: { isOperator: true } });
    await note(tx, actor, user.id, "operator.grant");
  });
}

/** Takes it from somebody, also from oneself; never from the last one. Holds from their next request on. */
export async function revokeOperator(actor: PersonActor, { id }: { id: string }): Promise<void> {
  assertMay(actor);
  await withUser(actor.userId, async (tx) => {
    const reason = whyNotRevoke(id, await holdOperators(tx, actor));
    if (reason) throw conflict(reason);
    const { count } = await tx.user.updateMany({
      where: { id, isOperator: true },
      data: { isOperator: false },
    });
    if (count === 0) throw notFound("operator");
    await note(tx, actor, id, "operator.revoke");
  });
}

/** In the log of whom it happened to, where they look when they wonder. */
async function note(tx: Transaction, actor: PersonActor, userId: string, action: string): Promise<void> {
  await tx.$executeRaw`SELECT set_config('app.user', ${userId}, true)`;
  await writePersonalAudit(tx, userId, actor, { action, targetType: "person", targetId: userId });
}
