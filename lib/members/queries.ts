import { z } from "zod";
import type { TenantActor } from "#lib/access/actor.ts";
import { type MemberRole, ROLES, roleCan } from "#lib/access/permissions.ts";
import { decodeCursor, toPage } from "#lib/api/page.ts";
import { defineQuery } from "#lib/command/define.ts";
import { Prisma, type Transaction } from "#lib/db/client.ts";
import { asPerson } from "#lib/db/scope.ts";
import { DomainError, notFound } from "#lib/errors/domain-error.ts";
import type { Member, MemberCounts, MemberDetail, MemberFilters, MemberOrder } from "./schema.ts";

type MemberRow = {
  userId: string;
  email: string;
  name: string;
  role: MemberRole;
  secondFactor: boolean;
  memberSince: Date;
};

/** A row of the list, with what its orders go by. */
type ListedRow = MemberRow & { sortName: string; rank: number };

/** Who has a second factor is for those who manage members: to everybody else it would say whom to attack. */
const seesFactors = (actor: TenantActor): boolean => roleCan(actor.tenant.role, "member.manage");

const toMember = (row: MemberRow, actor: TenantActor): Member => ({
  userId: row.userId,
  email: row.email,
  name: row.name,
  role: row.role,
  secondFactor: seesFactors(actor) || row.userId === actor.userId ? row.secondFactor : null,
  memberSince: row.memberSince.toISOString(),
});

type Order = {
  by: Prisma.Sql;
  parts: readonly z.ZodType<string>[];
  after: (cursor: readonly string[]) => Prisma.Sql;
  cursorOf: (row: ListedRow) => string[];
};

const sortName = z.string().max(120);

/** Each order with how its pages go on; the id decides between equals. All of them are orders of an index. */
const ORDERS: Record<MemberOrder, Order> = {
  name: {
    by: Prisma.sql`m.sort_name, m.id`,
    parts: [sortName, z.uuid()],
    after: ([name, id]) => Prisma.sql`(m.sort_name, m.id) > (${name}::text, ${id}::uuid)`,
    cursorOf: (row) => [row.sortName, row.userId],
  },
  joined: {
    by: Prisma.sql`m.created_at DESC, m.id DESC`,
    parts: [z.iso.datetime(), z.uuid()],
    after: ([at, id]) => Prisma.sql`(m.created_at, m.id) < (${at}::timestamptz, ${id}::uuid)`,
    cursorOf: (row) => [row.memberSince.toISOString(), row.userId],
  },
  role: {
    by: Prisma.sql`m.rank, m.sort_name, m.id`,
    parts: [z.string().regex(/^[1-9]$/), sortName, z.uuid()],
    after: ([rank, name, id]) =>
      Prisma.sql`(m.rank, m.sort_name, m.id) > (${Number(rank)}::int, ${name}::text, ${id}::uuid)`,
    cursorOf: (row) => [String(row.rank), row.sortName, row.userId],
  },
};

type ListInput = MemberFilters & { limit: number; cursor?: string | undefined };

/** One page of the tenant's members. `q` is looked for in name and address. Throws `forbidden`, `invalid_input`. */
export const listMembers = defineQuery("tenant.read", async ({ tx, actor }, input: ListInput) => {
  if (input.factor && !seesFactors(actor)) {
    throw new DomainError("forbidden", "Only owners and admins of this tenant see who has a second factor.");
  }
  const order = ORDERS[input.order ?? "name"];
  const after = decodeCursor(input.cursor, order.parts);
  const conditions = [Prisma.sql`true`];
  if (input.role) conditions.push(Prisma.sql`m.rank = ${ROLES.indexOf(input.role) + 1}::int`);
  if (input.factor) conditions.push(Prisma.sql`m.second_factor = ${input.factor === "on"}`);
  if (input.q) conditions.push(Prisma.sql`strpos(m.called, lower(${input.q})) > 0`);
  if (after) conditions.push(order.after(after));
  // The page first, from what each membership carries; then only its own people. The view knows the tenant.
  const rows = await tx.$queryRaw<ListedRow[]>`
    SELECT m.id AS "userId", u.email, u.name, m.role, m.second_factor AS "secondFactor",
      m.created_at AS "memberSince", m.sort_name AS "sortName", m.rank
    FROM (SELECT * FROM member_search m WHERE ${Prisma.join(conditions, " AND ")}
          ORDER BY ${order.by} LIMIT ${input.limit + 1}) m
      JOIN users u ON u.id = m.id
    ORDER BY ${order.by}`;
  return toPage(rows, input.limit, order.cursorOf, (row) => toMember(row, actor));
});

/** One member as they are now, in the caller's transaction; null for somebody who is none. */
export async function readMember(
  tx: Transaction,
  actor: TenantActor,
  userId: string,
): Promise<Member | null> {
  const [row] = await tx.$queryRaw<MemberRow[]>`
    SELECT m.user_id AS "userId", u.email, u.name, m.role, m.created_at AS "memberSince",
      u.has_second_factor AS "secondFactor"
    FROM memberships m JOIN users u ON u.id = m.user_id
    WHERE m.tenant_id = ${actor.tenant.id}::uuid AND m.user_id = ${userId}::uuid`;
  return row ? toMember(row, actor) : null;
}

/** How many members and owners the tenant has, in the caller's transaction. */
export async function countMembers(tx: Transaction, tenantId: string): Promise<MemberCounts> {
  const [counts] = await tx.$queryRaw<MemberCounts[]>`
    SELECT count(*)::int AS members, (count(*) FILTER (WHERE role = 'owner'))::int AS owners
    FROM memberships WHERE tenant_id = ${tenantId}::uuid`;
  return counts ?? { members: 0, owners: 0 };
}

/** The same as a query of its own. */
export const getMemberCounts = defineQuery("tenant.read", ({ tx, actor }) =>
  countMembers(tx, actor.tenant.id),
);

/** One member and, for whoever manages members and for themselves, what ends when they go. Throws `not_found`. */
export const getMember = defineQuery(
  "tenant.read",
  async ({ tx, actor }, { userId }: { userId: string }): Promise<MemberDetail> => {
    const member = await readMember(tx, actor, userId);
    if (!member) throw notFound("member");
    if (!seesFactors(actor) && userId !== actor.userId) {
      return { ...member, activeTokens: null, pendingInvitations: null };
    }
    const tenantId = actor.tenant.id;
    const now = new Date();
    const activeTokens = await asPerson(tx, userId, () =>
      tx.accessToken.count({ where: { userId, tenantId, revokedAt: null, expiresAt: { gt: now } } }),
    );
    const pendingInvitations = await tx.invitation.count({
      where: { tenantId, invitedBy: userId, acceptedAt: null, cancelledAt: null, expiresAt: { gt: now } },
    });
    return { ...member, activeTokens, pendingInvitations };
  },
);

/** The roles that these people act in now, in the caller's transaction; without who is no member, or is disabled. */
export async function rolesOf(
  tx: Transaction,
  tenantId: string,
  userIds: readonly string[],
): Promise<Map<string, MemberRole>> {
  const rows = await tx.membership.findMany({
    where: { tenantId, userId: { in: [...new Set(userIds)] }, user: { disabledAt: null } },
    select: { userId: true, role: true },
  });
  return new Map(rows.map(({ userId, role }) => [userId, role as MemberRole]));
}

/** Which of these addresses are members' already, in the caller's transaction. */
export async function membersAmong(
  tx: Transaction,
  tenantId: string,
  emails: readonly string[],
): Promise<Set<string>> {
  const rows = await tx.$queryRaw<{ email: string }[]>`
    SELECT u.email FROM users u JOIN memberships m ON m.user_id = u.id
    WHERE m.tenant_id = ${tenantId}::uuid AND u.email = ANY(${[...emails]}::text[])`;
  return new Set(rows.map(({ email }) => email));
}
