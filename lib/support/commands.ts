import type { PersonActor } from "#lib/access/actor.ts";
import { assertOperator } from "#lib/access/authorize.ts";
import { writeAudit } from "#lib/audit/audit.ts";
import { defineCommand } from "#lib/command/define.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { withNewTenant } from "#lib/db/scope.ts";
import { pauseRunsOfSupport } from "#lib/dead-letters/commands.ts";
import { conflict, DomainError, notFound } from "#lib/errors/domain-error.ts";
import { clockwork, close } from "./close.ts";
import { getAnyTenant, getSupportSession } from "./queries.ts";
import type { NewSupportSession, SupportAccess, SupportSession } from "./schema.ts";

export { closeExpiredSupportSessions, forgetDeskSearches, startSupportExpiry } from "./expiry.ts";

/**
 * Enters a tenant as support. Throws `not_found` unless the actor is an operator and the tenant exists, and `conflict`
 * when its owners let nobody in, when the actor is its member, or is inside it already.
 */
export async function startSupportSession(
  actor: PersonActor,
  input: NewSupportSession,
): Promise<SupportSession> {
  assertOperator(actor);
  const { id: tenantId, slug } = await getAnyTenant(actor, { slug: input.tenant });
  const id = uuidv7();
  await withNewTenant(tenantId, actor.userId, async (tx) => {
    // Held until this is done, so that nobody gets in behind an owner who shuts the door.
    const [door] = await tx.$queryRaw<{ open: boolean }[]>`
      SELECT support_allowed AS open FROM tenants WHERE id = ${tenantId}::uuid AND deleted_at IS NULL FOR SHARE`;
    if (!door) throw notFound("tenant");
    if (!door.open) throw conflict(`The owners of ${slug} have switched support access off.`);
    const membership = await tx.membership.findFirst({ where: { tenantId, userId: actor.userId } });
    if (membership) throw conflict(`You are a member of ${slug}: go in as yourself.`);
    await close(tx, tenantId, "expired", clockwork(), { operatorId: actor.userId });
    const [entered] = await tx.$queryRaw<{ expiresAt: Date }[]>`
      INSERT INTO support_sessions
        (id, tenant_id, operator_id, operator_email, operator_name, mode, reason, expires_at)
      VALUES (${id}::uuid, ${tenantId}::uuid, ${actor.userId}::uuid, ${actor.email}, ${actor.name}, ${input.mode},
        ${input.reason}, now() + make_interval(mins => ${input.minutes}::int))
      ON CONFLICT (operator_id, tenant_id) WHERE ended_at IS NULL DO NOTHING
      RETURNING expires_at AS "expiresAt"`;
    if (!entered) throw conflict(`You are in ${slug} already. Leave it first to enter it in another way.`);
    const expiresAt = entered.expiresAt.toISOString();
    const via = { sessionId: id, mode: input.mode, expiresAt };
    await writeAudit(tx, { ...actor, via }, tenantId, {
      action: "support.start",
      targetType: "support_session",
      targetId: id,
      after: { operator: actor.email, mode: input.mode, expiresAt },
      reason: input.reason,
    });
  });
  return getSupportSession(actor, { id });
}

/** Leaves a tenant before the time has come. Throws `not_found`, `forbidden` for another operator's session, `conflict`. */
export async function leaveSupportSession(
  actor: PersonActor,
  { id }: { id: string },
): Promise<SupportSession> {
  const session = await getSupportSession(actor, { id });
  if (!session.mine)
    throw new DomainError("forbidden", "This is another operator's session; only they can leave.");
  const { mode, expiresAt } = session;
  const inside: PersonActor = { ...actor, via: { sessionId: id, mode, expiresAt } };
  const closed = await withNewTenant(session.tenant.id, actor.userId, (tx) =>
    close(tx, session.tenant.id, "left", inside, { id }),
  );
  if (closed.length === 0) throw conflict("This session is over already.");
  return getSupportSession(actor, { id });
}

/** Ends an operator's session from the tenant's side. Throws `not_found`, or `conflict` when it is over already. */
export const endSupportStay = defineCommand(
  "support.end",
  async ({ tx, actor }, { id }: { id: string }): Promise<void> => {
    const tenantId = actor.tenant.id;
    const [known] = await tx.$queryRaw<unknown[]>`
      SELECT 1 FROM support_sessions WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid`;
    if (!known) throw notFound("support session");
    const closed = await close(tx, tenantId, "removed", actor, { id });
    if (closed.length === 0) throw conflict("This session is over already.");
  },
);

/**
 * Lets operators in, or keeps them out; the latter ends what is open, and pauses runs that any of them has started.
 * Saying what is so already changes nothing.
 */
export const setSupportAccess = defineCommand(
  "tenant.manage",
  async ({ tx, actor, audit }, { allowed }: SupportAccess): Promise<SupportAccess> => {
    const tenantId = actor.tenant.id;
    const changed = await tx.$executeRaw`
      UPDATE tenants SET support_allowed = ${allowed}::boolean
      WHERE id = ${tenantId}::uuid AND support_allowed <> ${allowed}::boolean`;
    if (changed === 0) return { allowed };
    if (!allowed) await close(tx, tenantId, "removed", actor);
    const runsPaused = allowed ? [] : await pauseRunsOfSupport(tx, tenantId, "any");
    await audit({
      action: "support.access",
      targetType: "tenant",
      targetId: tenantId,
      before: { allowed: !allowed },
      after: { allowed, ...(runsPaused.length > 0 ? { runsPaused } : {}) },
    });
    return { allowed };
  },
);
