import { type MemberRole, PERMISSIONS, type Permission, ROLES, roleCan } from "#lib/access/permissions.ts";

const ALL = Object.keys(PERMISSIONS) as Permission[];

/** Whether somebody in the role `own` may do everything that `role` may: nobody touches or grants what lies above. */
export const isWithin = (role: MemberRole, own: MemberRole): boolean =>
  ALL.every((permission) => !roleCan(role, permission) || roleCan(own, permission));

/** The roles that somebody in the role `own` may give, the strongest first; none for whoever manages no members. */
export const grantableRoles = (own: MemberRole): readonly MemberRole[] =>
  roleCan(own, "member.manage") ? ROLES.filter((role) => isWithin(role, own)) : [];

/** What each role may do, in words. */
export const ROLE_MAY: Record<MemberRole, string> = {
  owner: "everything, with the tenant's settings and its owners",
  admin: "publish and roll back, manage keys and members, read the audit log, and all below",
  developer: "edit the draft, act on jobs, and see all but the audit log",
  support: "act on jobs, reveal masked payloads, and see all but the audit log",
  viewer: "see all but the audit log, change nothing",
};

/** "an owner", "a viewer". */
export const aRole = (role: MemberRole): string =>
  role === "support" ? "a member of support" : `${/^[ao]/.test(role) ? "an" : "a"} ${role}`;

export type Change = {
  /** The role of whoever asks. */
  own: MemberRole;
  /** The one who is changed is whoever asks. */
  self: boolean;
  /** The role that the one who is changed has now. */
  role: MemberRole;
  /** How many owners the tenant has. */
  owners: number;
};

const ONLY_OWNER = {
  self: "You are the only owner. Hand over ownership first.",
  other: "This is the only owner, and a tenant is never without one.",
};

/** Why the role of a member cannot be changed at all; null when it can. */
export function whyNotChange({ own, self, role, owners }: Change): string | null {
  if (!roleCan(own, "member.manage")) return "Only owners and admins of this tenant change roles.";
  if (!isWithin(role, own)) return `Only an owner changes ${aRole(role)}; you are ${aRole(own)}.`;
  if (role === "owner" && owners <= 1) return ONLY_OWNER[self ? "self" : "other"];
  return null;
}

/** Why a role cannot be given by somebody in the role `own`; null when it can. */
export function whyNotGrant(own: MemberRole, role: MemberRole): string | null {
  if (!roleCan(own, "member.manage")) return "Only owners and admins of this tenant give roles.";
  return isWithin(role, own)
    ? null
    : `Nobody gives a role above their own: you are ${aRole(own)}, and only an owner makes ${aRole(role)}.`;
}

/** Why a member cannot be removed; null when they can. Oneself one does not remove: one leaves. */
export function whyNotRemove({ own, self, role, owners }: Change): string | null {
  if (self) return "This is you: leave the tenant instead.";
  if (!roleCan(own, "member.manage")) return "Only owners and admins of this tenant remove members.";
  if (!isWithin(role, own)) return `Only an owner removes ${aRole(role)}; you are ${aRole(own)}.`;
  if (role === "owner" && owners <= 1) return ONLY_OWNER.other;
  return null;
}

/** Why somebody cannot leave; null when they can. */
export const whyNotLeave = ({ role, owners }: Pick<Change, "role" | "owners">): string | null =>
  role === "owner" && owners <= 1 ? ONLY_OWNER.self : null;

/** Why ownership cannot be handed to somebody in the role `role`; null when it can. */
export function whyNotHandOver({ own, self, role }: Omit<Change, "owners">): string | null {
  if (own !== "owner") return `Only an owner hands ownership over; you are ${aRole(own)}.`;
  if (self) return "You are an owner already.";
  return role === "owner" ? "This member is an owner already. Leave, or take a lower role." : null;
}
