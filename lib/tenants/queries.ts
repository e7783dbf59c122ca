import type { Actor, PersonActor, TenantActor, TokenProof } from "#lib/access/actor.ts";
import { assertMeets, type EntryPolicy } from "#lib/access/entry.ts";
import { type MemberRole, SERVICE_ROLE } from "#lib/access/permissions.ts";
import { decodeCursor, type Page, toPage } from "#lib/api/page.ts";
import { database } from "#lib/db/client.ts";
import { withTenant, withTenantAlone, withUser } from "#lib/db/scope.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { enterAsSupport } from "#lib/support/queries.ts";
import { slugSchema, type Tenant } from "./schema.ts";

export { getBlastRadius } from "./blast-radius.ts";
export { listDeletedTenants } from "./deletion.ts";

/** The tenant of a service token, unless it is deleted. */
async function tenantOf(actor: Actor): Promise<Tenant | null> {
  const { tenantId } = actor.proof as TokenProof;
  if (tenantId === null) return null;
  const tenant = await withTenantAlone(tenantId, (tx) =>
    tx.tenant.findFirst({
      where: { id: tenantId, deletedAt: null },
      select: { id: true, slug: true, name: true },
    }),
  );
  return tenant && { ...tenant, role: SERVICE_ROLE };
}

type Membership = EntryPolicy & { id: string; name: string; role: MemberRole };

/** How a person stands in the tenant with this slug: one round trip, for every request to a tenant asks it. */
async function membershipIn(userId: string, slug: string): Promise<Membership | null> {
  const [row] = await database().$queryRaw<Membership[]>`
    SELECT role, id, name, require_two_factor AS "requireTwoFactor", only_sso AS "onlySso",
      sso_providers AS "ssoProviders"
    FROM membership_in(${userId}::uuid, ${slug}::text)`;
  return row ?? null;
}

const DEMANDS = { requireTwoFactor: true, onlySso: true, ssoProviders: true } as const;

/** Operators give a second factor like everybody; the tenant's identity provider is its members' and not theirs. */
async function assertOperatorMeets(operator: TenantActor): Promise<void> {
  const { id } = operator.tenant;
  const demands = await withTenant(operator, (tx) => tx.tenant.findFirst({ where: { id }, select: DEMANDS }));
  if (demands) assertMeets({ ...demands, onlySso: false }, id, operator);
}

/**
 * The actor in the tenant with this slug: as its member, or as an operator while a support session of theirs is open
 * there. Throws the same `not_found` for a tenant that does not exist, one that is deleted, one of which the actor is
 * no member, and one to which the actor's token is not bound; to a member `two_factor_required` or `sso_required` for
 * what the tenant asks and the session or token has not got.
 */
export async function enterTenant<A extends Actor>(actor: A, slug: string): Promise<A & TenantActor> {
  if (!slugSchema.safeParse(slug).success) throw notFound("tenant");
  const { userId } = actor;
  if (userId === null) {
    const tenant = await tenantOf(actor);
    if (tenant?.slug !== slug) throw notFound("tenant");
    return { ...actor, tenant };
  }
  const membership = await membershipIn(userId, slug);
  if (!membership) {
    const operator = await enterAsSupport(actor, slug);
    if (!operator) throw notFound("tenant");
    await assertOperatorMeets(operator);
    return operator;
  }
  const { proof } = actor;
  if (proof.type === "token" && proof.tenantId !== null && proof.tenantId !== membership.id) {
    throw notFound("tenant");
  }
  const { id, name, role, ...demands } = membership;
  assertMeets(demands, id, actor);
  return { ...actor, tenant: { id, slug, name, role } };
}

type ListInput = { q?: string | undefined; limit: number; cursor?: string | undefined };

/** One page of the tenants to which the actor belongs, by slug; a bound token sees only its own. */
export async function listMyTenants(actor: PersonActor, input: ListInput): Promise<Page<Tenant>> {
  const after = decodeCursor(input.cursor, [slugSchema]);
  const { userId } = actor;
  const bound = actor.proof.type === "token" ? actor.proof.tenantId : null;
  const rows = await withUser(userId, (tx) =>
    tx.membership.findMany({
      where: {
        userId,
        ...(bound ? { tenantId: bound } : {}),
        tenant: {
          deletedAt: null,
          ...(after ? { slug: { gt: after[0] } } : {}),
          ...(input.q
            ? {
                OR: [
                  { slug: { contains: input.q, mode: "insensitive" } },
                  { name: { contains: input.q, mode: "insensitive" } },
                ],
              }
            : {}),
        },
      },
      select: { role: true, tenant: { select: { id: true, slug: true, name: true } } },
      orderBy: { tenant: { slug: "asc" } },
      take: input.limit + 1,
    }),
  );
  return toPage(
    rows,
    input.limit,
    (row) => [row.tenant.slug],
    (row) => ({ ...row.tenant, role: row.role as MemberRole }),
  );
}
