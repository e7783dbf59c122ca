import {
  PERMISSIONS,
  type Permission,
  ROLES,
  type Role,
  roleCan,
  roleName,
  SERVICE_ROLE,
} from "#lib/access/permissions.ts";

/** What a token can be limited to: the permissions that are not about people. */
export const TOKEN_PERMISSIONS = (Object.keys(PERMISSIONS) as Permission[]).filter((permission) =>
  roleCan(SERVICE_ROLE, permission),
) as [Permission, ...Permission[]];

export const isTokenPermission = (text: string): text is Permission =>
  (TOKEN_PERMISSIONS as readonly string[]).includes(text);

/** Permissions as a person chooses them. Every permission of tokens is in exactly one group. */
export type PermissionGroup = {
  id: string;
  label: string;
  words: string;
  permissions: readonly Permission[];
};

export const PERMISSION_GROUPS: readonly PermissionGroup[] = [
  {
    id: "read",
    label: "Read",
    words: "Routes, revisions, keys without their secrets, jobs with masked payloads; explain a request.",
    permissions: ["tenant.read", "request.explain"],
  },
  {
    id: "draft",
    label: "Edit the draft",
    words: "Add, change and remove routes. Callers notice nothing until somebody publishes.",
    permissions: ["draft.edit"],
  },
  {
    id: "publish",
    label: "Publish",
    words: "Put the draft live on every gateway, and roll back.",
    permissions: ["revision.publish"],
  },
  {
    id: "keys",
    label: "Keys",
    words: "Mint, change, rotate and revoke API keys; claim links, issuers, webhooks and alerts.",
    permissions: ["key.manage"],
  },
  {
    id: "jobs",
    label: "Jobs",
    words: "Retry, requeue, cancel and discard jobs, with a reason.",
    permissions: ["job.act"],
  },
  {
    id: "reveal",
    label: "Reveal payloads",
    words: "Read payloads unmasked, with a reason; each time is recorded.",
    permissions: ["payload.reveal"],
  },
  {
    id: "audit",
    label: "Audit log",
    words: "Read and export who did what.",
    permissions: ["audit.read"],
  },
  {
    id: "settings",
    label: "Tenant settings",
    words: "Name, retention, masking, support access.",
    permissions: ["tenant.manage"],
  },
];

/** What no token can do, whatever it holds; for the dialog that makes one. */
export const NEVER_WITH_A_TOKEN = "make tokens, invite, change or remove people, or delete the tenant";

/** What most tokens are for. */
export const PRESETS: readonly { id: string; label: string; groups: readonly string[] }[] = [
  { id: "read", label: "Read only", groups: ["read"] },
  { id: "ci", label: "CI: edit and publish", groups: ["read", "draft", "publish"] },
  { id: "support", label: "Support: read and retry jobs", groups: ["read", "jobs"] },
];

/** The permissions of these groups. */
export const permissionsOf = (groups: readonly string[]): Permission[] =>
  PERMISSION_GROUPS.filter(({ id }) => groups.includes(id)).flatMap(({ permissions }) => permissions);

/** A token's permissions in words: whole groups by their label, the rest by name. */
export function permissionWords(permissions: readonly string[]): string[] {
  const held = new Set(permissions);
  const whole = PERMISSION_GROUPS.filter((group) => group.permissions.every((each) => held.has(each)));
  const told = new Set<string>(whole.flatMap((group) => group.permissions));
  return [...whole.map(({ label }) => label), ...permissions.filter((each) => !told.has(each))];
}

/** Why somebody with this role cannot give a token one of these permissions; null when they can. */
export function whyNotGive(role: Role, permissions: readonly Permission[]): string | null {
  const beyond = permissions.find((permission) => !roleCan(role, permission));
  if (beyond === undefined) return null;
  const group = PERMISSION_GROUPS.find((each) => each.permissions.includes(beyond));
  const holders = ROLES.filter((name) => roleCan(name, beyond)).map((name) => `${name}s`);
  const list = holders.length === 1 ? holders[0] : `${holders.slice(0, -1).join(", ")} and ${holders.at(-1)}`;
  return `You are ${/^[aeio]/.test(role) ? "an" : "a"} ${roleName(role)}: only ${list} can give “${group?.label ?? beyond}”.`;
}

export type TokenDates = { expiresAt: Date; revokedAt: Date | null };
export type TokenStatus = "active" | "expired" | "revoked";

/** How a token stands at `now`. */
export const tokenStatus = ({ expiresAt, revokedAt }: TokenDates, now: Date): TokenStatus =>
  revokedAt ? "revoked" : expiresAt <= now ? "expired" : "active";

const SOON_MS = 14 * 86_400_000;

/** Whether a token that still works ends so soon that somebody should think of it. */
export const endsSoon = (expiresAt: string | Date, now: number): boolean => {
  const left = new Date(expiresAt).getTime() - now;
  return left > 0 && left <= SOON_MS;
};

/** Why a token cannot be given a new secret; null when it can. */
export const whyNotRotate = (status: TokenStatus): string | null =>
  status === "active" ? null : `This token is ${status}: make a new one.`;
