import type { PersonActor, TenantActor } from "#lib/access/actor.ts";
import { actorLabel } from "#lib/access/actor.ts";
import { assertInPerson, authorizeChange } from "#lib/access/authorize.ts";
import { assertConfirmed } from "#lib/access/confirmation.ts";
import { writeAudit } from "#lib/audit/audit.ts";
import { CHANNELS } from "#lib/contract/channels.ts";
import type { Transaction } from "#lib/db/client.ts";
import { withNewTenant, withUser } from "#lib/db/scope.ts";
import { invalid, notFound } from "#lib/errors/domain-error.ts";
import { dispatchWaiting, suspendRunning } from "#lib/jobs/commands.ts";
import { tellOwners } from "./deletion-mail.ts";
import type { DeletedTenant, Tenant } from "./schema.ts";

/** How long a deleted tenant can be had back. The database holds the same: see purge_deleted_tenant. */
export const RESTORE_DAYS = 7;

/** Jobs are set aside and sent anew in the same transaction. */
const LONGEST_MS = 60_000;

/** Tells the data plane when the transaction commits. */
const notify = (tx: Transaction) => tx.$executeRaw`SELECT pg_notify(${CHANNELS.changed}, '')`;

/**
 * Takes a tenant out of sight and out of service at once, to be had back for seven days. Nothing of it is changed but
 * what is running: that waits, like all its jobs. In person and recently confirmed only; `slug` is what the person
 * typed. Of two at once one deletes, and the other finds no tenant.
 */
export async function deleteTenant(actor: TenantActor, { slug }: { slug: string }): Promise<DeletedTenant> {
  authorizeChange(actor, "tenant.manage");
  assertInPerson(actor);
  if (slug !== actor.tenant.slug) {
    throw invalid([{ path: "confirm", message: `is not ${actor.tenant.slug}, the address of this tenant` }]);
  }
  assertConfirmed(actor);
  const { id, name } = actor.tenant;
  const done = await withNewTenant(
    id,
    actor.userId,
    async (tx) => {
      // Whoever is changing something in the tenant holds its row until that is done; see lib/db/hold.ts.
      const [row] = await tx.$queryRaw<{ id: string }[]>`
        SELECT id FROM tenants WHERE id = ${id}::uuid AND deleted_at IS NULL FOR UPDATE`;
      if (!row) throw notFound("tenant");
      const label = actorLabel(actor);
      const [deleted] = await tx.$queryRaw<{ at: Date }[]>`
        UPDATE tenants SET deleted_at = clock_timestamp(), deleted_by_label = ${label} WHERE id = ${id}::uuid
        RETURNING deleted_at AS at`;
      const stopped = await suspendRunning(tx, id);
      await writeAudit(tx, actor, id, {
        action: "tenant.delete",
        targetType: "tenant",
        targetId: id,
        before: { slug, name },
        after: { restorableForDays: RESTORE_DAYS, jobsStopped: stopped },
      });
      await notify(tx);
      return { deletedAt: (deleted as { at: Date }).at, owners: await ownersOf(tx, id) };
    },
    { longestMs: LONGEST_MS },
  );
  const tenant = toDeleted({ id, slug, name, deletedAt: done.deletedAt, deletedBy: actorLabel(actor) });
  await tellOwners("deleted", tenant, done.owners, actor);
  return tenant;
}

type Row = { id: string; slug: string; name: string; deletedAt: Date; deletedBy: string | null };

function toDeleted({ deletedAt, deletedBy, ...tenant }: Row): DeletedTenant {
  const until = new Date(deletedAt.getTime() + RESTORE_DAYS * 86_400_000);
  return {
    ...tenant,
    deletedAt: deletedAt.toISOString(),
    deletedBy: deletedBy ?? "",
    restorableUntil: until.toISOString(),
  };
}

/** Those who are told: owners whose address has been proved and whose account is open. */
const ownersOf = (tx: Transaction, tenantId: string) => tx.$queryRaw<{ email: string }[]>`
  SELECT u.email FROM memberships m JOIN users u ON u.id = m.user_id
  WHERE m.tenant_id = ${tenantId}::uuid AND m.role = 'owner' AND u.disabled_at IS NULL
    AND u.email_verified_at IS NOT NULL ORDER BY u.email`;

const MOST_LISTED = 100;

/** The tenants that the person owned and can still have back, the last deleted first. */
export async function listDeletedTenants(actor: PersonActor): Promise<DeletedTenant[]> {
  const { proof } = actor;
  if (proof.type === "token" && (proof.tenantId !== null || proof.permissions !== null)) return [];
  const rows = await withUser(
    actor.userId,
    (tx) => tx.$queryRaw<Row[]>`
      SELECT t.id, t.slug, t.name, t.deleted_at AS "deletedAt", t.deleted_by_label AS "deletedBy"
      FROM memberships m JOIN tenants t ON t.id = m.tenant_id
      WHERE m.user_id = ${actor.userId}::uuid AND m.role = 'owner' AND NOT t.purging
        AND t.deleted_at > clock_timestamp() - make_interval(days => ${RESTORE_DAYS}::int)
      ORDER BY t.deleted_at DESC, t.id LIMIT ${MOST_LISTED}`,
  );
  return rows.map(toDeleted);
}

/**
 * Takes a deletion back: everything is in service again as it was. For owners, in person. Throws `not_found` for a
 * tenant that is not deleted, whose seven days are over by the database's clock, or of which the person is no owner.
 */
export async function restoreTenant(actor: PersonActor, { slug }: { slug: string }): Promise<Tenant> {
  assertInPerson(actor);
  const found = (await listDeletedTenants(actor)).find((each) => each.slug === slug);
  if (!found) throw notFound("deleted tenant");
  const { id, name } = found;
  const owners = await withNewTenant(
    id,
    actor.userId,
    async (tx) => {
      // A purge that has begun holds the row, or has marked it; after the last moment neither finds it here.
      const { length } = await tx.$queryRaw<unknown[]>`
        UPDATE tenants SET deleted_at = NULL, deleted_by_label = NULL WHERE id = ${id}::uuid AND NOT purging
          AND deleted_at > clock_timestamp() - make_interval(days => ${RESTORE_DAYS}::int)
          AND EXISTS (SELECT FROM memberships m
            WHERE m.tenant_id = tenants.id AND m.user_id = ${actor.userId}::uuid AND m.role = 'owner')
        RETURNING id`;
      if (length === 0) throw notFound("deleted tenant");
      const sent = await dispatchWaiting(tx, id);
      await writeAudit(tx, actor, id, {
        action: "tenant.restore",
        targetType: "tenant",
        targetId: id,
        before: { deletedAt: found.deletedAt, deletedBy: found.deletedBy },
        after: { slug, name, jobsResumed: sent },
      });
      await notify(tx);
      return ownersOf(tx, id);
    },
    { longestMs: LONGEST_MS },
  );
  await tellOwners("restored", found, owners, actor);
  return { id, slug, name, role: "owner" };
}
