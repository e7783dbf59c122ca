import type { PersonActor, TenantActor } from "#lib/access/actor.ts";
import { assertInPerson, assertPerson } from "#lib/access/authorize.ts";
import { assertConfirmed } from "#lib/access/confirmation.ts";
import type { MemberRole } from "#lib/access/permissions.ts";
import { defineCommand } from "#lib/command/define.ts";
import type { Transaction } from "#lib/db/client.ts";
import { asPerson } from "#lib/db/scope.ts";
import { conflict, DomainError, notFound } from "#lib/errors/domain-error.ts";
import { countMembers, readMember, rolesOf } from "./queries.ts";
import {
  aRole,
  isWithin,
  whyNotChange,
  whyNotGrant,
  whyNotHandOver,
  whyNotLeave,
  whyNotRemove,
} from "./rules.ts";
import type { Member } from "./schema.ts";

/**
 * Lets only one transaction at a time change who belongs to the tenant: whoever comes second sees what the first did,
 * so that two owners cannot both go, and nobody is changed by somebody who has just been removed. Publishing and the
 * like wait for it only if they change the tenant's own row.
 */
export async function holdMembers(tx: Transaction, tenantId: string): Promise<void> {
  const held = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM tenants WHERE id = ${tenantId}::uuid AND deleted_at IS NULL FOR NO KEY UPDATE`;
  if (held.length === 0) throw notFound("tenant");
}

/** The role that the actor has now, with the members held. Throws `not_found` when they are no member any more. */
export async function ownRole(tx: Transaction, actor: TenantActor & PersonActor): Promise<MemberRole> {
  const role = (await rolesOf(tx, actor.tenant.id, [actor.userId])).get(actor.userId);
  if (!role) throw notFound("tenant");
  return role;
}

type Subject = { own: MemberRole; member: Member; self: boolean; owners: number };

/** Holds the members and reads the one who is to be changed. Throws `not_found`, and `conflict` for a stale view. */
async function hold(
  tx: Transaction,
  actor: TenantActor & PersonActor,
  userId: string,
  seen: MemberRole | null,
): Promise<Subject> {
  await holdMembers(tx, actor.tenant.id);
  const own = await ownRole(tx, actor);
  const member = await readMember(tx, actor, userId);
  if (!member) throw notFound("member");
  if (seen !== null && seen !== member.role) {
    throw conflict(
      `Somebody else changed this since you loaded it: ${member.email} is now ${aRole(member.role)}.`,
      [{ path: "role", message: member.role }],
    );
  }
  const { owners } = await countMembers(tx, actor.tenant.id);
  return { own, member, self: userId === actor.userId, owners };
}

/** Throws what keeps the actor from it: `forbidden` where their role is too low, `conflict` where the state is. */
function refuse(reason: string | null, allowedByRole: boolean): void {
  if (reason) throw allowedByRole ? conflict(reason) : new DomainError("forbidden", reason);
}

/** Owners are made and unmade by a person in a browser who has proved lately that it is them. */
export function assertMayTouchOwners(actor: TenantActor): void {
  assertInPerson(actor);
  assertConfirmed(actor);
}

/** Ends a membership, with the tokens that were for this tenant: coming back later does not bring them back. */
async function endMembership(tx: Transaction, tenantId: string, userId: string): Promise<{ tokens: number }> {
  const { count: tokens } = await asPerson(tx, userId, () =>
    tx.accessToken.updateMany({
      where: { userId, tenantId, revokedAt: null },
      data: { revokedAt: new Date() },
    }),
  );
  await tx.membership.deleteMany({ where: { tenantId, userId } });
  return { tokens };
}

type RoleInput = { userId: string; role: MemberRole; seen: MemberRole | null };

/**
 * Gives a member another role: never above the actor's own, nor to somebody above it, and the last owner stays one.
 * Throws `not_found`, `forbidden`, `conflict`, and `confirmation_required` where owners are concerned.
 */
export const changeRole = defineCommand(
  "member.manage",
  async ({ tx, actor, audit }, { userId, role, seen }: RoleInput): Promise<Member> => {
    assertPerson(actor);
    const { own, member, self, owners } = await hold(tx, actor, userId, seen);
    const before = member.role;
    refuse(whyNotGrant(own, role), false);
    if (before === role) {
      refuse(whyNotChange({ own, self, role: before, owners: owners + 1 }), false);
      return member;
    }
    refuse(whyNotChange({ own, self, role: before, owners }), isWithin(before, own));
    if (before === "owner" || role === "owner") assertMayTouchOwners(actor);
    await tx.membership.updateMany({ where: { tenantId: actor.tenant.id, userId }, data: { role } });
    await audit({
      action: "member.role",
      targetType: "member",
      targetId: userId,
      before: { email: member.email, role: before },
      after: { email: member.email, role },
    });
    return { ...member, role };
  },
);

/**
 * Takes somebody out of the tenant; what they have open is refused from the next request on. Throws `not_found`,
 * `forbidden`, `conflict`, and `confirmation_required` for an owner.
 */
export const removeMember = defineCommand(
  "member.manage",
  async ({ tx, actor, audit }, input: { userId: string; seen: MemberRole | null }): Promise<void> => {
    assertPerson(actor);
    const { own, member, self, owners } = await hold(tx, actor, input.userId, input.seen);
    refuse(whyNotRemove({ own, self, role: member.role, owners }), self || isWithin(member.role, own));
    if (member.role === "owner") assertMayTouchOwners(actor);
    const { tokens } = await endMembership(tx, actor.tenant.id, member.userId);
    await audit({
      action: "member.remove",
      targetType: "member",
      targetId: member.userId,
      before: { email: member.email, name: member.name, role: member.role },
      after: { tokensRevoked: tokens },
    });
  },
);

/** Takes oneself out of the tenant. Throws `conflict` for the only owner, `confirmation_required` for an owner. */
export const leaveTenant = defineCommand("member.leave", async ({ tx, actor, audit }): Promise<void> => {
  assertInPerson(actor);
  const { member, owners } = await hold(tx, actor, actor.userId, null);
  refuse(whyNotLeave({ role: member.role, owners }), true);
  if (member.role === "owner") assertMayTouchOwners(actor);
  const { tokens } = await endMembership(tx, actor.tenant.id, member.userId);
  await audit({
    action: "member.leave",
    targetType: "member",
    targetId: member.userId,
    before: { email: member.email, name: member.name, role: member.role },
    after: { tokensRevoked: tokens },
  });
});

/**
 * Makes another member an owner and the actor an admin, both or neither. Throws `not_found`, `forbidden`, `conflict`
 * and `confirmation_required`.
 */
export const handOverOwnership = defineCommand(
  "tenant.manage",
  async ({ tx, actor, audit }, input: { userId: string; seen: MemberRole | null }): Promise<Member> => {
    assertPerson(actor);
    const { own, member, self } = await hold(tx, actor, input.userId, input.seen);
    refuse(whyNotHandOver({ own, self, role: member.role }), own === "owner");
    assertMayTouchOwners(actor);
    const { id: tenantId } = actor.tenant;
    await tx.membership.updateMany({ where: { tenantId, userId: member.userId }, data: { role: "owner" } });
    await tx.membership.updateMany({ where: { tenantId, userId: actor.userId }, data: { role: "admin" } });
    await audit({
      action: "member.hand_over",
      targetType: "member",
      targetId: member.userId,
      before: { [member.email]: member.role, [actor.email]: "owner" },
      after: { [member.email]: "owner", [actor.email]: "admin" },
    });
    return { ...member, role: "owner" };
  },
);

/** Makes somebody a member, with the members held; false when they are one already, and keep the role they have. */
export async function addMember(
  tx: Transaction,
  row: { tenantId: string; userId: string; role: MemberRole },
): Promise<boolean> {
  const { count } = await tx.membership.createMany({ data: [row], skipDuplicates: true });
  return count === 1;
}
