import { type Role, roleCan } from "#lib/access/permissions.ts";

/** Why this person cannot put views before everybody; null when they can. */
export const whyNotShare = (role: Role): string | null =>
  roleCan(role, "job.act") ? null : "Viewers keep their views to themselves.";

/** Why this person cannot change or delete a view; null when they can. */
export function whyNotChange(view: { own: boolean; shared: boolean }, role: Role): string | null {
  if (view.own || (view.shared && roleCan(role, "member.manage"))) return null;
  return "Only who made this view, an owner or an admin can change it.";
}
