import type { Actor, TenantActor } from "#lib/access/actor.ts";
import { decodeCursor, type Page, toPage } from "#lib/api/page.ts";
import type { Transaction } from "#lib/db/client.ts";
import { withUser } from "#lib/db/scope.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { slugSchema } from "#lib/tenants/schema.ts";
import { atDesk, deskMessage } from "./desk.ts";
import type { SupportMode, SupportTenant, SupportTenantDetail } from "./schema.ts";

type TenantRow = {
  id: string;
  slug: string;
  name: string;
  createdAt: Date;
  supportAllowed: boolean;
  sessionId: string | null;
  sessionMode: SupportMode | null;
  sessionExpiresAt: Date | null;
};

type Narrowed = { q?: string | undefined; slug?: string; after?: string | undefined; limit: number };

/** Tenants by slug, for an operator's transaction. */
export async function readTenants(
  tx: Transaction,
  { q, slug, after, limit }: Narrowed,
): Promise<SupportTenant[]> {
  const rows = await tx.$queryRaw<TenantRow[]>`
    SELECT id, slug, name, created_at AS "createdAt", support_allowed AS "supportAllowed",
      session_id AS "sessionId", session_mode AS "sessionMode", session_expires_at AS "sessionExpiresAt"
    FROM support_tenants(${q || null}::text, ${slug ?? null}::text, ${after ?? null}::text, ${limit}::int)`;
  return rows.map(({ sessionId, sessionMode, sessionExpiresAt, createdAt, ...row }) => ({
    ...row,
    createdAt: createdAt.toISOString(),
    session:
      sessionId && sessionMode && sessionExpiresAt
        ? { id: sessionId, mode: sessionMode, expiresAt: sessionExpiresAt.toISOString() }
        : null,
  }));
}

type ListInput = { q?: string | undefined; limit: number; cursor?: string | undefined };

/** One page of all tenants of the installation, by slug. */
export async function listAllTenants(actor: Actor, input: ListInput): Promise<Page<SupportTenant>> {
  const after = decodeCursor(input.cursor, [slugSchema]);
  const rows = await atDesk(actor, (tx) =>
    readTenants(tx, { q: input.q, after: after?.[0], limit: input.limit + 1 }),
  );
  return toPage(
    rows,
    input.limit,
    (row) => [row.slug],
    (row) => row,
  );
}

type DeadRow = {
  fingerprint: string;
  errorName: string;
  errorMessage: string;
  dead: bigint;
  lastSeen: Date;
  groups: bigint;
  allDead: bigint;
};

const LATEST_GROUPS = 10;
/** The function sums no further. */
const SUMMED_GROUPS = 10_000;

/** One tenant before anybody enters it, with what is dead there. Throws `not_found`. */
export async function getAnyTenant(actor: Actor, { slug }: { slug: string }): Promise<SupportTenantDetail> {
  return atDesk(actor, async (tx) => {
    const [tenant] = slugSchema.safeParse(slug).success ? await readTenants(tx, { slug, limit: 1 }) : [];
    if (!tenant) throw notFound("tenant");
    const rows = await tx.$queryRaw<DeadRow[]>`
      SELECT fingerprint, error_name AS "errorName", error_message AS "errorMessage", dead,
        last_seen AS "lastSeen", groups, all_dead AS "allDead"
      FROM support_dead_in(${tenant.id}::uuid, ${LATEST_GROUPS}::int)`;
    const groups = Number(rows[0]?.groups ?? 0);
    return {
      ...tenant,
      dead: {
        jobs: Number(rows[0]?.allDead ?? 0),
        groups,
        capped: groups >= SUMMED_GROUPS,
        latest: rows.map((row) => ({
          fingerprint: row.fingerprint,
          error: { name: row.errorName, message: deskMessage(row.errorMessage) },
          dead: Number(row.dead),
          lastSeen: row.lastSeen.toISOString(),
        })),
      },
    };
  });
}

type PassRow = {
  id: string;
  mode: SupportMode;
  expiresAt: Date;
  tenantId: string;
  tenantSlug: string;
  tenantName: string;
};

/** The operator inside the tenant, if a support session of theirs is open there by the database's clock; else null. */
export async function enterAsSupport<A extends Actor>(
  actor: A,
  slug: string,
): Promise<(A & TenantActor) | null> {
  const { userId } = actor;
  if (!actor.isOperator || userId === null) return null;
  if (actor.proof.type === "token" && actor.proof.tenantId !== null) return null;
  const [row] = await withUser(
    userId,
    (tx) => tx.$queryRaw<PassRow[]>`
      SELECT id, mode, expires_at AS "expiresAt", tenant_id AS "tenantId", tenant_slug AS "tenantSlug",
        tenant_name AS "tenantName"
      FROM support_session_in(${slug}::text)`,
  );
  if (!row) return null;
  return {
    ...actor,
    via: { sessionId: row.id, mode: row.mode, expiresAt: row.expiresAt.toISOString() },
    tenant: {
      id: row.tenantId,
      slug: row.tenantSlug,
      name: row.tenantName,
      role: row.mode === "read" ? "operator-read" : "operator-requeue",
    },
  };
}
