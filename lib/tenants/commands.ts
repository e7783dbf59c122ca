import type { PersonActor } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/audit.ts";
import { defineCommand } from "#lib/command/define.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { Prisma } from "#lib/db/client.ts";
import { withNewTenant } from "#lib/db/scope.ts";
import { conflict, DomainError } from "#lib/errors/domain-error.ts";
import type { Tenant } from "./schema.ts";

export { deleteTenant, restoreTenant } from "./deletion.ts";
export { purgeDeletedTenants, startTenantPurge } from "./purge.ts";

/**
 * Makes a tenant with an empty draft and the actor as its owner. Throws `conflict` when the slug is taken, and
 * `forbidden` for a token that is bound to another tenant.
 */
export async function createTenant(
  actor: PersonActor,
  input: { slug: string; name: string },
): Promise<Tenant> {
  const { proof } = actor;
  if (proof.type === "token" && (proof.tenantId !== null || proof.permissions !== null)) {
    throw new DomainError(
      "forbidden",
      "This access token is for less than all that you may do, and cannot make a tenant.",
    );
  }
  const id = uuidv7();
  try {
    await withNewTenant(id, actor.userId, async (tx) => {
      await tx.tenant.createMany({ data: [{ id, ...input }] });
      await tx.membership.createMany({ data: [{ tenantId: id, userId: actor.userId, role: "owner" }] });
      await tx.draft.createMany({ data: [{ tenantId: id }] });
      await writeAudit(tx, actor, id, {
        action: "tenant.create",
        targetType: "tenant",
        targetId: id,
        after: input,
      });
    });
  } catch (error) {
    const taken = error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
    if (taken) throw conflict("This address is taken.", [{ path: "slug", message: "is taken" }]);
    throw error;
  }
  return { id, ...input, role: "owner" };
}

/** Gives the tenant another name; its slug, and with it every address, stays. */
export const renameTenant = defineCommand(
  "tenant.manage",
  async ({ tx, actor, audit }, input: { name: string }): Promise<Tenant> => {
    const { id, slug, role } = actor.tenant;
    const current = await tx.tenant.findFirst({ where: { id }, select: { name: true } });
    if (current?.name !== input.name) {
      await tx.tenant.updateMany({ where: { id }, data: { name: input.name } });
      await audit({
        action: "tenant.rename",
        targetType: "tenant",
        targetId: id,
        before: { name: current?.name ?? "" },
        after: { name: input.name },
      });
    }
    return { id, slug, role, name: input.name };
  },
);
