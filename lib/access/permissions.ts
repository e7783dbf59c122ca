/**
 * Who may do what: the one table that the server checks, the pages explain and the tests enumerate.
 * Browser-safe.
 */
export const ROLES = ["owner", "admin", "developer", "support", "viewer"] as const;
export type MemberRole = (typeof ROLES)[number];

/** What an operator of the installation is in a tenant while a support session is open there; a member of nothing. */
export const SUPPORT_ROLES = ["operator-read", "operator-requeue"] as const;
export type SupportRole = (typeof SUPPORT_ROLES)[number];

/** What a tenant's service token is there: no member. Which of these permissions it holds, its maker chose. */
export const SERVICE_ROLE = "service";

/** How somebody stands in a tenant. */
export type Role = MemberRole | SupportRole | typeof SERVICE_ROLE;

const MEMBERS = ROLES;
const EVERYBODY = [...ROLES, ...SUPPORT_ROLES, SERVICE_ROLE] as const;

export const PERMISSIONS = {
  "tenant.read": EVERYBODY,
  "request.explain": EVERYBODY,
  "draft.edit": ["owner", "admin", "developer", "service"],
  "job.act": ["owner", "admin", "developer", "support", "operator-requeue", "service"],
  "payload.reveal": ["owner", "admin", "support", "service"],
  "revision.publish": ["owner", "admin", "service"],
  "key.manage": ["owner", "admin", "service"],
  // People: in person only.
  "member.manage": ["owner", "admin"],
  "member.leave": MEMBERS,
  "audit.read": ["owner", "admin", "service"],
  "tenant.manage": ["owner", "service"],
  // One's own access tokens that are bound to the tenant.
  "token.own": MEMBERS,
  // The tenant's service tokens.
  "token.manage": ["owner", "admin"],
  // Saved views of a list: one's own, and those one shares.
  "view.save": MEMBERS,
  // Ending an operator's support session.
  "support.end": ["owner", "admin"],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof PERMISSIONS;

/** Whether `role` holds `permission`. */
export function roleCan(role: Role, permission: Permission): boolean {
  return (PERMISSIONS[permission] as readonly Role[]).includes(role);
}

/** The permissions with which an operator may change something; with the others a support session only looks. */
export const SUPPORT_CHANGES: readonly Permission[] = ["job.act"];

export const isSupportRole = (role: Role): role is SupportRole =>
  (SUPPORT_ROLES as readonly Role[]).includes(role);

/** "support" is a team already. */
export const rolesInWords = (role: MemberRole): string => (role === "support" ? role : `${role}s`);

const NAMES: Record<SupportRole, string> = {
  "operator-read": "operator, read-only",
  "operator-requeue": "operator, may requeue",
};

/** The role in words for people. */
export const roleName = (role: Role): string =>
  isSupportRole(role) ? NAMES[role] : role === SERVICE_ROLE ? "service token" : role;

/** Why `role` cannot, in words for the person; null when it can. */
export function whyNot(role: Role, permission: Permission): string | null {
  if (roleCan(role, permission)) return null;
  if (isSupportRole(role)) {
    return (PERMISSIONS[permission] as readonly Role[]).includes("operator-requeue")
      ? "You are in this tenant as support, read-only. Leave, and enter it again to requeue."
      : "You are in this tenant as support; only its own members can do this.";
  }
  if (role === SERVICE_ROLE) return "This is for people; a service token cannot do it.";
  const names = ROLES.filter((name) => roleCan(name, permission)).map(rolesInWords);
  const list = names.length === 1 ? names[0] : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  return `Only ${list} of this tenant can do this; you are ${role === "support" ? "a member of" : /^[aeio]/.test(role) ? "an" : "a"} ${role}.`;
}

/** Why a token that holds only `permissions` cannot, in words; null when it can, or holds all that its person does. */
export const whyTokenCannot = (
  permissions: readonly Permission[] | null,
  permission: Permission,
): string | null =>
  permissions === null || permissions.includes(permission)
    ? null
    : `This access token lacks the permission ${permission}.`;
