import { z } from "zod";
import { type MemberRole, ROLES } from "#lib/access/permissions.ts";
import { decodeCursor, toPage } from "#lib/api/page.ts";
import { defineQuery } from "#lib/command/define.ts";
import { Prisma, type Transaction } from "#lib/db/client.ts";
import { grantableRoles } from "#lib/members/rules.ts";
import { invitationStatus } from "./rules.ts";
import type { Invitation, InvitationStatus, MailState } from "./schema.ts";

export type InvitationRow = {
  id: string;
  tenantId: string;
  email: string;
  role: MemberRole;
  mail: MailState;
  mailedAt: Date | null;
  createdAt: Date;
  invitedBy: string | null;
  invitedByLabel: string;
  expiresAt: Date;
  acceptedAt: Date | null;
  cancelledAt: Date | null;
  cancelledByLabel: string | null;
  /** What whoever invited is in the tenant now; null when they are not in it, or disabled. */
  inviterRole: MemberRole | null;
};

/** What may be shown of a stored invitation. */
export function toInvitation(row: InvitationRow): Invitation {
  const time = (at: Date | null) => at?.toISOString() ?? null;
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    status: invitationStatus(row, row.inviterRole, new Date()),
    mail: row.mail,
    mailedAt: time(row.mailedAt),
    createdAt: row.createdAt.toISOString(),
    invitedBy: row.invitedByLabel,
    expiresAt: row.expiresAt.toISOString(),
    acceptedAt: time(row.acceptedAt),
    cancelledAt: time(row.cancelledAt),
    cancelledBy: row.cancelledByLabel,
  };
}

/** The rows that a condition on `i` names, with the role of each inviter, in the caller's transaction. */
export const readInvitations = (tx: Transaction, where: Prisma.Sql, rest = Prisma.empty) =>
  tx.$queryRaw<InvitationRow[]>`
    SELECT i.id, i.tenant_id AS "tenantId", i.email, i.role, i.mail, i.mailed_at AS "mailedAt",
      i.created_at AS "createdAt", i.invited_by AS "invitedBy", i.invited_by_label AS "invitedByLabel",
      i.expires_at AS "expiresAt", i.accepted_at AS "acceptedAt", i.cancelled_at AS "cancelledAt",
      i.cancelled_by_label AS "cancelledByLabel", CASE WHEN u.disabled_at IS NULL THEN m.role END AS "inviterRole"
    FROM invitations i
      LEFT JOIN memberships m ON m.tenant_id = i.tenant_id AND m.user_id = i.invited_by
      LEFT JOIN users u ON u.id = i.invited_by
    WHERE ${where} ${rest}`;

/** Each pair of an inviter's role and a role that they may give, for the database. */
const PAIRS = Prisma.join(
  ROLES.flatMap((own) => grantableRoles(own).map((role) => Prisma.sql`(${own}::text, ${role}::text)`)),
);
const UNDECIDED = Prisma.sql`i.accepted_at IS NULL AND i.cancelled_at IS NULL`;
const MAY_STILL = Prisma.sql`COALESCE(u.disabled_at IS NULL AND (m.role, i.role) IN (${PAIRS}), false)`;

/** The conditions that `invitationStatus` expresses, for the database. */
const STATUS_IS: Record<InvitationStatus, Prisma.Sql> = {
  accepted: Prisma.sql`i.accepted_at IS NOT NULL`,
  cancelled: Prisma.sql`i.cancelled_at IS NOT NULL`,
  expired: Prisma.sql`${UNDECIDED} AND i.expires_at <= now()`,
  void: Prisma.sql`${UNDECIDED} AND i.expires_at > now() AND NOT ${MAY_STILL}`,
  pending: Prisma.sql`${UNDECIDED} AND i.expires_at > now() AND ${MAY_STILL}`,
};

type ListInput = {
  q?: string | undefined;
  status?: InvitationStatus | undefined;
  limit: number;
  cursor?: string | undefined;
};

/** One page of the tenant's invitations, newest first; `q` is looked for in the address. */
export const listInvitations = defineQuery("member.manage", async ({ tx, actor }, input: ListInput) => {
  const after = decodeCursor(input.cursor, [z.iso.datetime(), z.uuid()]);
  const conditions = [Prisma.sql`i.tenant_id = ${actor.tenant.id}::uuid`];
  if (input.status) conditions.push(STATUS_IS[input.status]);
  if (input.q) conditions.push(Prisma.sql`strpos(i.email, lower(${input.q})) > 0`);
  if (after) {
    conditions.push(Prisma.sql`(i.created_at, i.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`);
  }
  const rows = await readInvitations(
    tx,
    Prisma.join(conditions, " AND "),
    Prisma.sql`ORDER BY i.created_at DESC, i.id DESC LIMIT ${input.limit + 1}`,
  );
  return toPage(rows, input.limit, (row) => [row.createdAt.toISOString(), row.id], toInvitation);
});

/** How many invitations could still be accepted, if their inviters may still invite. */
export const countPending = (tx: Transaction, tenantId: string): Promise<number> =>
  tx.invitation.count({
    where: { tenantId, acceptedAt: null, cancelledAt: null, expiresAt: { gt: new Date() } },
  });
