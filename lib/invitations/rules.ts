import type { MemberRole } from "#lib/access/permissions.ts";
import { whyNotGrant } from "#lib/members/rules.ts";
import type { InvitationStatus } from "./schema.ts";

/** So many may wait at a time in a tenant. */
export const MOST_PENDING = 200;

/** How many invitation mails there may be: within a time in seconds, for each tenant, person and address. */
export const MAIL_LIMITS = {
  tenant: { most: 100, seconds: 3_600 },
  person: { most: 100, seconds: 3_600 },
  address: { most: 5, seconds: 86_400 },
} as const;

export type InvitationDates = {
  role: MemberRole;
  expiresAt: Date;
  acceptedAt: Date | null;
  cancelledAt: Date | null;
};

/**
 * What an invitation is at `now`. One whose inviter may no longer give the role is void: else whoever is removed, or
 * loses a right, could leave doors open behind them. It can be made good by somebody who may, with a new link.
 */
export function invitationStatus(
  invitation: InvitationDates,
  inviterRole: MemberRole | null,
  now: Date,
): InvitationStatus {
  if (invitation.acceptedAt) return "accepted";
  if (invitation.cancelledAt) return "cancelled";
  if (invitation.expiresAt <= now) return "expired";
  return inviterRole === null || whyNotGrant(inviterRole, invitation.role) !== null ? "void" : "pending";
}

const OVER: Partial<Record<InvitationStatus, string>> = {
  accepted: "This invitation has been accepted.",
  cancelled: "This invitation was cancelled. Invite the address again.",
};

/** Why somebody in the role `own` cannot make a new link; null when they can. */
export const whyNotRenew = (status: InvitationStatus, role: MemberRole, own: MemberRole): string | null =>
  OVER[status] ?? whyNotGrant(own, role);

/** Why somebody in the role `own` cannot cancel it; null when they can. */
export const whyNotCancel = (status: InvitationStatus, role: MemberRole, own: MemberRole): string | null =>
  status === "cancelled" ? "This invitation is cancelled already." : (OVER[status] ?? whyNotGrant(own, role));
