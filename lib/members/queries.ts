import { z } from "zod";
import type { MemberRole } from "#lib/access/permissions.ts";
import { decodeCursor, toPage } from "#lib/api/page.ts";
import { defineQuery } from "#lib/command/define.ts";

/** One page of the tenant's members, in the order in which their accounts were made. */
export const listMembers = defineQuery(
  "tenant.read",
  async ({ tx, actor }, input: { limit: number; cursor?: string | undefined }) => {
    const after = decodeCursor(input.cursor, [z.uuid()]);
    const rows = await tx.membership.findMany({
      where: { tenantId: actor.tenant.id, ...(after ? { userId: { gt: after[0] } } : {}) },
      include: { user: { select: { email: true, name: true } } },
      orderBy: { userId: "asc" },
      take: input.limit + 1,
    });
    return toPage(
      rows,
      input.limit,
      (row) => [row.userId],
      (row) => ({
        userId: row.userId,
        email: row.user.email,
        name: row.user.name,
        role: row.role as MemberRole,
        memberSince: row.createdAt.toISOString(),
      }),
    );
  },
);
