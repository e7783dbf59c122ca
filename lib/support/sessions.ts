import { z } from "zod";
import type { Actor } from "#lib/access/actor.ts";
import { decodeCursor, type Page, toPage } from "#lib/api/page.ts";
import { defineQuery } from "#lib/command/define.ts";
import type { Transaction } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { atDesk, type TenantColumns, tenantOf } from "./desk.ts";
import type { SupportAccess, SupportMode, SupportSession, SupportStay } from "./schema.ts";

type StayRow = {
  id: string;
  operatorEmail: string;
  operatorName: string;
  mode: SupportMode;
  reason: string;
  startedAt: Date;
  expiresAt: Date;
  endedAt: Date | null;
  endedHow: SupportSession["ended"];
  endedByLabel: string | null;
  isOpen: boolean;
};

/** A session whose time has come is over, also while nobody has written that down. */
function toStay(row: StayRow) {
  const over = !row.isOpen;
  return {
    id: row.id,
    operator: { email: row.operatorEmail, name: row.operatorName },
    mode: row.mode,
    reason: row.reason,
    startedAt: row.startedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    open: row.isOpen,
    endedAt: over ? (row.endedAt ?? row.expiresAt).toISOString() : null,
    ended: over ? (row.endedHow ?? ("expired" as const)) : null,
    endedBy: row.endedByLabel,
  };
}

type SessionRow = StayRow & TenantColumns & { operatorId: string | null };

type Asked = {
  id?: string;
  slug?: string | undefined;
  open?: boolean;
  before?: readonly [string, string] | null;
  most: number;
};

async function readSessions(actor: Actor, { id, slug, open, before, most }: Asked): Promise<SessionRow[]> {
  return atDesk(
    actor,
    (tx) => tx.$queryRaw<SessionRow[]>`
      SELECT id, tenant_id AS "tenantId", tenant_slug AS "tenantSlug", tenant_name AS "tenantName",
        operator_id AS "operatorId", operator_email AS "operatorEmail", operator_name AS "operatorName", mode, reason,
        started_at AS "startedAt", expires_at AS "expiresAt", ended_at AS "endedAt", ended_how AS "endedHow",
        ended_by_label AS "endedByLabel", is_open AS "isOpen"
      FROM support_sessions_of(${id ?? null}::uuid, ${slug || null}::text, ${open ?? false}::boolean,
        ${before?.[0] ?? null}::timestamptz, ${before?.[1] ?? null}::uuid, ${most}::int)`,
  );
}

const toSession =
  (actor: Actor) =>
  (row: SessionRow): SupportSession => ({
    ...toStay(row),
    tenant: tenantOf(row),
    mine: row.operatorId === actor.userId,
  });

type ListInput = {
  tenant?: string | undefined;
  state?: "open" | undefined;
  limit: number;
  cursor?: string | undefined;
};

/** One page of the support sessions of all operators, newest first. */
export async function listSupportSessions(actor: Actor, input: ListInput): Promise<Page<SupportSession>> {
  const before = decodeCursor(input.cursor, [z.iso.datetime(), z.uuid()]);
  const rows = await readSessions(actor, {
    slug: input.tenant,
    open: input.state === "open",
    before,
    most: input.limit + 1,
  });
  return toPage(rows, input.limit, (row) => [row.startedAt.toISOString(), row.id], toSession(actor));
}

/** One support session. Throws `not_found`. */
export async function getSupportSession(actor: Actor, { id }: { id: string }): Promise<SupportSession> {
  const [row] = await readSessions(actor, { id, most: 1 });
  if (!row) throw notFound("support session");
  return toSession(actor)(row);
}

const MOST_DONE = 20;

type DoneRow = {
  sessionId: string;
  at: Date;
  action: string;
  targetType: string;
  targetId: string;
  reason: string | null;
};

async function readDone(tx: Transaction, tenantId: string, ids: readonly string[]): Promise<DoneRow[]> {
  return tx.$queryRaw<DoneRow[]>`
    SELECT asked.id AS "sessionId", e.at, e.action, e.target_type AS "targetType", e.target_id AS "targetId", e.reason
    FROM unnest(${ids}::uuid[]) AS asked(id) CROSS JOIN LATERAL (
      SELECT at, action, target_type, target_id, reason FROM audit_entries
      WHERE tenant_id = ${tenantId}::uuid AND support_session_id = asked.id AND target_type <> 'support_session'
      ORDER BY at, id LIMIT ${MOST_DONE + 1}) e
    ORDER BY e.at`;
}

type StaysInput = { state?: "open" | undefined; limit: number; cursor?: string | undefined };

/** One page of the tenant's support sessions, newest first, with what was done in each. */
export const listSupportStays = defineQuery(
  "tenant.read",
  async ({ tx, actor }, input: StaysInput): Promise<Page<SupportStay>> => {
    const before = decodeCursor(input.cursor, [z.iso.datetime(), z.uuid()]);
    const tenantId = actor.tenant.id;
    const rows = await tx.$queryRaw<StayRow[]>`
      SELECT id, operator_email AS "operatorEmail", operator_name AS "operatorName", mode, reason,
        started_at AS "startedAt", expires_at AS "expiresAt", ended_at AS "endedAt", ended_how AS "endedHow",
        ended_by_label AS "endedByLabel", (ended_at IS NULL AND expires_at > clock_timestamp()) AS "isOpen"
      FROM support_sessions WHERE tenant_id = ${tenantId}::uuid
        AND (${input.state !== "open"} OR (ended_at IS NULL AND expires_at > clock_timestamp()))
        AND (${before === null} OR (started_at, id) < (${before?.[0] ?? null}::timestamptz, ${before?.[1] ?? null}::uuid))
      ORDER BY started_at DESC, id DESC LIMIT ${input.limit + 1}`;
    const done = await readDone(
      tx,
      tenantId,
      rows.map(({ id }) => id),
    );
    return toPage(
      rows,
      input.limit,
      (row) => [row.startedAt.toISOString(), row.id],
      (row) => {
        const own = done.filter(({ sessionId }) => sessionId === row.id);
        return {
          ...toStay(row),
          done: own.slice(0, MOST_DONE).map(({ sessionId: _, at, ...entry }) => ({
            ...entry,
            at: at.toISOString(),
          })),
          moreDone: own.length > MOST_DONE,
        };
      },
    );
  },
);

/** Whether the tenant lets operators in. */
export const getSupportAccess = defineQuery("tenant.read", async ({ tx, actor }): Promise<SupportAccess> => {
  const [row] = await tx.$queryRaw<{ allowed: boolean }[]>`
    SELECT support_allowed AS allowed FROM tenants WHERE id = ${actor.tenant.id}::uuid`;
  return { allowed: row?.allowed ?? false };
});
