/**
 * Who may do what: the one table that the server checks, the pages explain and the tests enumerate.
 * Browser-safe.
 */
export const ROLES = ["owner", "admin", "developer", "support", "viewer"] as const;
export type Role = (typeof ROLES)[number];

const EVERYBODY = ROLES;

export const PERMISSIONS = {
  "tenant.read": EVERYBODY,
  "request.explain": EVERYBODY,
  "draft.edit": ["owner", "admin", "developer"],
  "job.act": ["owner", "admin", "developer", "support"],
  "payload.reveal": ["owner", "admin", "support"],
  "revision.publish": ["owner", "admin"],
  "key.manage": ["owner", "admin"],
  "member.manage": ["owner", "admin"],
  "audit.read": ["owner", "admin"],
  "tenant.manage": ["owner"],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof PERMISSIONS;

/** Whether `role` holds `permission`. */
export function roleCan(role: Role, permission: Permission): boolean {
  return (PERMISSIONS[permission] as readonly Role[]).includes(role);
}

/** Why `role` cannot, in words for the person; null when it can. */
export function whyNot(role: Role, permission: Permission): string | null {
  if (roleCan(role, permission)) return null;
  const names = PERMISSIONS[permission].map((name) => `${name}s`);
  const list = names.length === 1 ? names[0] : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  return `Only ${list} of this tenant can do this; you are ${/^[aeio]/.test(role) ? "an" : "a"} ${role}.`;
}
