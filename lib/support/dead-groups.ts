import { z } from "zod";
import type { Actor } from "#lib/access/actor.ts";
import { decodeCursor, type Page, toPage } from "#lib/api/page.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { atDesk, deskMessage, type TenantColumns, tenantOf } from "./desk.ts";
import type { DeadGroup, DeadGroupTenant } from "./schema.ts";

type GroupRow = {
  fingerprint: string;
  errorName: string;
  errorMessage: string;
  functions: string[];
  tenants: bigint;
  dead: bigint;
  firstSeen: Date;
  lastSeen: Date;
};

const toGroup = (row: GroupRow): DeadGroup => ({
  fingerprint: row.fingerprint,
  error: { name: row.errorName, message: deskMessage(row.errorMessage) },
  functions: row.functions,
  tenants: Number(row.tenants),
  dead: Number(row.dead),
  firstSeen: row.firstSeen.toISOString(),
  lastSeen: row.lastSeen.toISOString(),
});

const fingerprint = z.string().min(1).max(64);

async function readGroups(
  actor: Actor,
  asked: { byReach: boolean; only?: string; before?: readonly [string, string] | null; most: number },
): Promise<GroupRow[]> {
  return atDesk(
    actor,
    (tx) => tx.$queryRaw<GroupRow[]>`
      SELECT fingerprint, error_name AS "errorName", error_message AS "errorMessage", functions, tenants, dead,
        first_seen AS "firstSeen", last_seen AS "lastSeen"
      FROM support_dead_groups(${asked.byReach}::boolean, ${asked.only ?? null}::text,
        ${asked.before?.[0] ?? null}::timestamptz, ${asked.before?.[1] ?? null}::text, ${asked.most}::int)`,
  );
}

type ListInput = { order: "recent" | "reach"; limit: number; cursor?: string | undefined };

/**
 * One page of failures that have dead letters now, in all tenants together: the latest first, or those that touch the
 * most tenants, of which there is one page only.
 */
export async function listDeadGroups(actor: Actor, input: ListInput): Promise<Page<DeadGroup>> {
  if (input.order === "reach") {
    const widest = await readGroups(actor, { byReach: true, most: input.limit });
    return { data: widest.map(toGroup), next_cursor: null };
  }
  const before = decodeCursor(input.cursor, [z.iso.datetime(), fingerprint]);
  const rows = await readGroups(actor, { byReach: false, before, most: input.limit + 1 });
  return toPage(rows, input.limit, (row) => [row.lastSeen.toISOString(), row.fingerprint], toGroup);
}

/** One failure in all tenants together. Throws `not_found` when nothing is dead of it. */
export async function getDeadGroup(actor: Actor, input: { fingerprint: string }): Promise<DeadGroup> {
  const known = fingerprint.safeParse(input.fingerprint).success && !input.fingerprint.includes("\u0000");
  const [row] = known ? await readGroups(actor, { byReach: false, only: input.fingerprint, most: 1 }) : [];
  if (!row) throw notFound("group of dead letters");
  return toGroup(row);
}

type TenantRow = TenantColumns & {
  supportAllowed: boolean;
  dead: bigint;
  deaths: bigint;
  firstSeen: Date;
  lastSeen: Date;
};

type TenantsInput = { fingerprint: string; limit: number; cursor?: string | undefined };

/** One page of the tenants that a failure touches, the latest first. */
export async function listTenantsOfDeadGroup(
  actor: Actor,
  input: TenantsInput,
): Promise<Page<DeadGroupTenant>> {
  const before = decodeCursor(input.cursor, [z.iso.datetime(), z.uuid()]);
  await getDeadGroup(actor, input);
  const rows = await atDesk(
    actor,
    (tx) => tx.$queryRaw<TenantRow[]>`
      SELECT tenant_id AS "tenantId", tenant_slug AS "tenantSlug", tenant_name AS "tenantName",
        support_allowed AS "supportAllowed", dead, deaths, first_seen AS "firstSeen", last_seen AS "lastSeen"
      FROM support_dead_group_tenants(${input.fingerprint}::text, ${before?.[0] ?? null}::timestamptz,
        ${before?.[1] ?? null}::uuid, ${input.limit + 1}::int)`,
  );
  return toPage(
    rows,
    input.limit,
    (row) => [row.lastSeen.toISOString(), row.tenantId],
    (row) => ({
      tenant: tenantOf(row),
      supportAllowed: row.supportAllowed,
      dead: Number(row.dead),
      deaths: Number(row.deaths),
      firstSeen: row.firstSeen.toISOString(),
      lastSeen: row.lastSeen.toISOString(),
    }),
  );
}
