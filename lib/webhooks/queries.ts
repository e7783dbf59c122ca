import { z } from "zod";
import { decodeCursor, toPage } from "#lib/api/page.ts";
import { defineQuery } from "#lib/command/define.ts";
import type { DeliveryState, DisabledReason, EndpointKind, WebhookEvent } from "#lib/contract/webhooks.ts";
import { Prisma, type Transaction } from "#lib/db/client.ts";
import { env } from "#lib/env.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { KeyringError, openSecret, webhookSecretBinding } from "#lib/secrets/sealed-secret.ts";
import type { DeliveryDetail, DeliveryView, EndpointView } from "./schema.ts";

export type EndpointRow = Prisma.WebhookEndpointGetPayload<object>;
const COUNT_CAP = 1_000;
/** A job's page shows its latest; a job that is retried again and again has more. */
const SHOWN_OF_JOB = 100;
const SHOWN_ATTEMPTS = 100;

function secretProblem({ tenantId, id, secret, secretKeyId }: EndpointRow): string | null {
  if (!secret || !secretKeyId) return null;
  try {
    openSecret(
      env.encryptionKeyring,
      { keyId: secretKeyId, sealed: secret },
      webhookSecretBinding(tenantId, id),
    );
    return null;
  } catch (error) {
    if (error instanceof KeyringError) return error.message;
    throw error;
  }
}

type Traffic = {
  id: string;
  waiting: number;
  state: DeliveryState | null;
  error: string | null;
  at: Date | null;
};

/** What may be shown of stored endpoints, with how their deliveries stand. */
export async function toEndpointViews(
  tx: Transaction,
  tenantId: string,
  rows: readonly EndpointRow[],
): Promise<EndpointView[]> {
  const traffic = await tx.$queryRaw<Traffic[]>`
    SELECT endpoint.id, waiting.count AS waiting, latest.state, last.error, latest.at
    FROM unnest(${rows.map(({ id }) => id)}::uuid[]) AS endpoint(id)
    CROSS JOIN LATERAL (SELECT count(*)::int AS count FROM (
      SELECT FROM webhook_deliveries
      WHERE tenant_id = ${tenantId}::uuid AND endpoint_id = endpoint.id AND state = 'waiting'
      LIMIT ${COUNT_CAP}) counted) waiting
    LEFT JOIN LATERAL (
      SELECT id, state, COALESCE(finished_at, created_at) AS at FROM webhook_deliveries
      WHERE tenant_id = ${tenantId}::uuid AND endpoint_id = endpoint.id
      ORDER BY created_at DESC, id DESC LIMIT 1) latest ON true
    LEFT JOIN LATERAL (
      SELECT error FROM webhook_attempts
      WHERE delivery_id = latest.id AND tenant_id = ${tenantId}::uuid
      ORDER BY number DESC LIMIT 1) last ON true`;
  const byId = new Map(traffic.map((each) => [each.id, each]));
  const now = Date.now();
  return rows.map((row) => {
    const { waiting = 0, state = null, error = null, at = null } = byId.get(row.id) ?? {};
    const overlaps = row.previousUntil !== null && row.previousUntil.getTime() > now;
    return {
      id: row.id,
      kind: row.kind as EndpointKind,
      description: row.description,
      url: row.url,
      events: row.events as WebhookEvent[],
      functions: row.functions,
      enabled: row.enabled,
      disabledReason: row.disabledReason as DisabledReason | null,
      disabledAt: row.disabledAt?.toISOString() ?? null,
      failingSince: row.failingSince?.toISOString() ?? null,
      overlapUntil: overlaps ? (row.previousUntil?.toISOString() ?? null) : null,
      problem: secretProblem(row),
      waiting,
      lastDelivery: state && at ? { state, error, at: at.toISOString() } : null,
      createdAt: row.createdAt.toISOString(),
      createdBy: row.createdByLabel,
      version: row.version,
    };
  });
}

type PageInput = { limit: number; cursor?: string | undefined };
const cursorParts = [z.iso.datetime(), z.uuid()] as const;

/** One page of endpoints, newest first. */
export const listEndpoints = defineQuery("tenant.read", async ({ tx, actor }, input: PageInput) => {
  const tenantId = actor.tenant.id;
  const after = decodeCursor(input.cursor, cursorParts);
  const older = after && {
    OR: [{ createdAt: { lt: after[0] } }, { createdAt: after[0], id: { lt: after[1] } }],
  };
  const rows = await tx.webhookEndpoint.findMany({
    where: { tenantId, deletedAt: null, ...older },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: input.limit + 1,
  });
  const views = new Map((await toEndpointViews(tx, tenantId, rows)).map((view) => [view.id, view]));
  return toPage(
    rows,
    input.limit,
    (row) => [row.createdAt.toISOString(), row.id],
    (row) => views.get(row.id) as EndpointView,
  );
});

/** Throws `not_found`. */
export async function readEndpoint(tx: Transaction, tenantId: string, id: string): Promise<EndpointRow> {
  const row = await tx.webhookEndpoint.findFirst({ where: { id, tenantId, deletedAt: null } });
  if (!row) throw notFound("webhook");
  return row;
}

/** One endpoint. Throws `not_found`. */
export const getEndpoint = defineQuery("tenant.read", async ({ tx, actor }, input: { id: string }) => {
  const row = await readEndpoint(tx, actor.tenant.id, input.id);
  const [view] = await toEndpointViews(tx, actor.tenant.id, [row]);
  return view as EndpointView;
});

type DeliveryRow = {
  id: string;
  endpointId: string;
  kind: EndpointKind;
  url: string;
  description: string;
  enabled: boolean;
  deletedAt: Date | null;
  jobId: string | null;
  eventId: string;
  eventType: string;
  state: DeliveryState;
  attempts: number;
  nextAt: Date;
  createdAt: Date;
  finishedAt: Date | null;
  lastNumber: number | null;
  status: number | null;
  error: string | null;
};

function toDelivery(row: DeliveryRow): DeliveryView {
  const { endpointId, kind, url, description, enabled, deletedAt, lastNumber, status, error, ...rest } = row;
  return {
    ...rest,
    endpoint: { id: endpointId, kind, url, description, enabled, deleted: deletedAt !== null },
    // While an attempt is under way it holds when that counts as lost.
    nextAt: row.state === "waiting" && row.attempts === (lastNumber ?? 0) ? row.nextAt.toISOString() : null,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    last: lastNumber === null ? null : { status, error },
  };
}

/** Deliveries with the endpoint and the last attempt of each, as `conditions` and `order` on `delivery` choose them. */
const readDeliveries = (tx: Transaction, conditions: Prisma.Sql, limit: number) =>
  tx.$queryRaw<DeliveryRow[]>`
    SELECT delivery.id, delivery.endpoint_id AS "endpointId", endpoint.kind, endpoint.url, endpoint.description,
      endpoint.enabled, endpoint.deleted_at AS "deletedAt", delivery.job_id AS "jobId",
      delivery.event_id AS "eventId", delivery.event_type AS "eventType", delivery.state, delivery.attempts,
      delivery.next_at AS "nextAt", delivery.created_at AS "createdAt", delivery.finished_at AS "finishedAt",
      last.number AS "lastNumber", last.status, last.error
    FROM (SELECT * FROM webhook_deliveries WHERE ${conditions}
      ORDER BY created_at DESC, id DESC LIMIT ${limit}) delivery
    JOIN webhook_endpoints endpoint ON endpoint.id = delivery.endpoint_id
    LEFT JOIN LATERAL (
      SELECT number, status, error FROM webhook_attempts
      WHERE delivery_id = delivery.id AND tenant_id = delivery.tenant_id
      ORDER BY number DESC LIMIT 1) last ON true
    ORDER BY delivery.created_at DESC, delivery.id DESC`;

type DeliveriesInput = PageInput & { id: string; state?: DeliveryState | undefined };

/** One page of an endpoint's deliveries, newest first. Throws `not_found`. */
export const listDeliveries = defineQuery("tenant.read", async ({ tx, actor }, input: DeliveriesInput) => {
  const tenantId = actor.tenant.id;
  const after = decodeCursor(input.cursor, cursorParts);
  await readEndpoint(tx, tenantId, input.id);
  const conditions = [Prisma.sql`tenant_id = ${tenantId}::uuid AND endpoint_id = ${input.id}::uuid`];
  if (input.state) conditions.push(Prisma.sql`state = ${input.state}`);
  if (after) {
    conditions.push(Prisma.sql`(created_at, id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`);
  }
  const rows = await readDeliveries(tx, Prisma.join(conditions, " AND "), input.limit + 1);
  return toPage(rows, input.limit, (row) => [row.createdAt.toISOString(), row.id], toDelivery);
});

/** What was told, or is to be told, of a job, newest first. Throws `not_found`. */
export const listJobDeliveries = defineQuery("tenant.read", async ({ tx, actor }, input: { id: string }) => {
  const tenantId = actor.tenant.id;
  const job = await tx.job.findFirst({ where: { id: input.id, tenantId }, select: { id: true } });
  if (!job) throw notFound("job");
  const rows = await readDeliveries(
    tx,
    Prisma.sql`tenant_id = ${tenantId}::uuid AND job_id = ${input.id}::uuid`,
    SHOWN_OF_JOB,
  );
  return rows.map(toDelivery);
});

/** One delivery with what is sent and its latest attempts. Throws `not_found`. */
export async function readDelivery(tx: Transaction, tenantId: string, id: string): Promise<DeliveryDetail> {
  const [row] = await readDeliveries(tx, Prisma.sql`tenant_id = ${tenantId}::uuid AND id = ${id}::uuid`, 1);
  if (!row) throw notFound("delivery");
  const { body } = await tx.webhookDelivery.findFirstOrThrow({
    where: { id, tenantId },
    select: { body: true },
  });
  const attempts = await tx.webhookAttempt.findMany({
    where: { deliveryId: id, tenantId },
    orderBy: { number: "desc" },
    take: SHOWN_ATTEMPTS,
  });
  return {
    ...toDelivery(row),
    body,
    attemptLog: attempts.map(({ number, startedAt, durationMs, status, error, response }) => ({
      number,
      startedAt: startedAt.toISOString(),
      durationMs,
      status,
      error,
      response,
    })),
  };
}

export const getDelivery = defineQuery("tenant.read", ({ tx, actor }, input: { id: string }) =>
  readDelivery(tx, actor.tenant.id, input.id),
);
