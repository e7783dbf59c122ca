import { randomBytes } from "node:crypto";
import { actorLabel } from "#lib/access/actor.ts";
import { endEndpointAlert } from "#lib/alerts/commands.ts";
import { type CommandContext, defineCommand } from "#lib/command/define.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { type EndpointKind, TEST_EVENT, testBody } from "#lib/contract/webhooks.ts";
import { env } from "#lib/env.ts";
import { conflict, DomainError, invalid, staleVersion } from "#lib/errors/domain-error.ts";
import { urlProblem } from "#lib/outbound/url-problem.ts";
import { type SealedSecret, sealSecret, webhookSecretBinding } from "#lib/secrets/sealed-secret.ts";
import { type EndpointRow, readDelivery, readEndpoint, toEndpointViews } from "./queries.ts";
import { eventsFor, MAX_ENDPOINTS, veiledUrl, whyNotRedeliver, whyNotSend } from "./rules.ts";
import type {
  DeliveryDetail,
  EditedEndpoint,
  EndpointView,
  EndpointWithSecret,
  NewEndpoint,
} from "./schema.ts";

const SECRET_BYTES = 32;
const HOUR_MS = 3_600_000;

/** What an audit entry tells of an endpoint: never its secret, and of a chat never its address. */
const audited = (row: Pick<EndpointRow, "description" | "url" | "events" | "functions" | "enabled">) => ({
  description: row.description,
  url: row.url,
  events: row.events,
  functions: row.functions,
  enabled: row.enabled,
});

function assertUrl(url: string | undefined): void {
  const problem = url === undefined ? null : urlProblem(url, env.allowInternalUpstreams);
  if (problem) throw invalid([{ path: "url", message: problem }]);
}

function seal(
  tenantId: string,
  id: string,
  secret: Uint8Array,
): { secret: Uint8Array<ArrayBuffer>; secretKeyId: string } {
  if (env.encryptionKeyring.length === 0) {
    throw new DomainError(
      "unavailable",
      "The secret of a webhook cannot be stored here: GATEHOUSE_ENCRYPTION_KEY is not set. Whoever runs this installation must give it to the console and the workers.",
    );
  }
  const { sealed, keyId }: SealedSecret = sealSecret(
    env.encryptionKeyring,
    secret,
    webhookSecretBinding(tenantId, id),
  );
  return { secret: new Uint8Array(sealed), secretKeyId: keyId };
}

const secretText = (secret: Uint8Array) => `whsec_${Buffer.from(secret).toString("base64")}`;
const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

async function shown({ tx, actor }: CommandContext, row: EndpointRow): Promise<EndpointView> {
  const [view] = await toEndpointViews(tx, actor.tenant.id, [row]);
  return view as EndpointView;
}

/** What is still on its way there is called off: a person can send it again later. */
async function callOff({ tx, actor }: CommandContext, endpointId: string): Promise<void> {
  await tx.webhookDelivery.updateMany({
    where: { tenantId: actor.tenant.id, endpointId, state: "waiting" },
    data: { state: "cancelled", finishedAt: new Date() },
  });
}

/** Adds an endpoint. Its answer is the only place where the signing secret is ever seen. */
export const createEndpoint = defineCommand(
  "key.manage",
  async (context, input: NewEndpoint): Promise<EndpointWithSecret> => {
    const { tx, actor, audit } = context;
    const tenantId = actor.tenant.id;
    assertUrl(input.url);
    // Of many that come at once, the last ones see those before them.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`webhooks ${tenantId}`}, 0))`;
    const count = await tx.webhookEndpoint.count({ where: { tenantId, deletedAt: null } });
    if (count >= MAX_ENDPOINTS) throw conflict(`A tenant can have ${MAX_ENDPOINTS} webhooks at most.`);
    const id = uuidv7();
    const chat = input.kind === "chat";
    const secret = chat ? Buffer.from(input.url) : randomBytes(SECRET_BYTES);
    const row = await tx.webhookEndpoint.create({
      data: {
        id,
        tenantId,
        kind: input.kind,
        description: input.description,
        url: chat ? veiledUrl(input.url) : input.url,
        events: unique(input.events),
        functions: unique(input.functions),
        ...seal(tenantId, id, secret),
        createdByLabel: actorLabel(actor),
      },
    });
    await audit({
      action: "webhook.create",
      targetType: "webhook",
      targetId: id,
      after: { ...audited(row), kind: row.kind },
    });
    return { ...(await shown(context, row)), secret: chat ? null : secretText(secret) };
  },
);

/** Throws `not_found`, or `conflict` when `version` is not the current one. */
async function current(
  { tx, actor }: CommandContext,
  id: string,
  version: number | null,
): Promise<EndpointRow> {
  const row = await readEndpoint(tx, actor.tenant.id, id);
  if (version !== null && row.version !== version) throw staleVersion(row.version);
  return row;
}

/** Writes the change if nobody else has written one meanwhile. */
async function write(
  { tx, actor }: CommandContext,
  before: EndpointRow,
  data: Partial<EndpointRow>,
): Promise<EndpointRow> {
  const changed = { ...data, updatedAt: new Date(), version: before.version + 1 };
  const { count } = await tx.webhookEndpoint.updateMany({
    where: { id: before.id, tenantId: actor.tenant.id, version: before.version, deletedAt: null },
    data: changed as never,
  });
  if (count === 0) throw staleVersion(before.version + 1);
  return { ...before, ...changed };
}

/** Changes an endpoint, or switches it off or on. Saving what was not changed changes nothing. */
export const editEndpoint = defineCommand(
  "key.manage",
  async (context, input: EditedEndpoint & { id: string; version: number }): Promise<EndpointView> => {
    const { actor, audit } = context;
    const before = await current(context, input.id, input.version);
    const kind = before.kind as EndpointKind;
    assertUrl(input.url);
    const known: readonly string[] = eventsFor(kind);
    if (input.events?.some((event) => !known.includes(event))) {
      throw invalid([{ path: "events", message: "a chat can be told of alerts only" }]);
    }
    const chatUrl = kind === "chat" ? input.url : undefined;
    const after = {
      description: input.description ?? before.description,
      url: chatUrl === undefined ? (input.url ?? before.url) : veiledUrl(chatUrl),
      events: input.events ? unique(input.events) : before.events,
      functions: input.functions ? unique(input.functions) : before.functions,
      enabled: input.enabled ?? before.enabled,
    };
    const same = chatUrl === undefined && JSON.stringify(after) === JSON.stringify(audited(before));
    if (same) return shown(context, before);
    const switched = after.enabled !== before.enabled;
    const row = await write(context, before, {
      ...after,
      ...(chatUrl === undefined ? {} : seal(actor.tenant.id, before.id, Buffer.from(chatUrl))),
      ...(switched
        ? {
            disabledReason: after.enabled ? null : "person",
            disabledAt: after.enabled ? null : new Date(),
            failingSince: null,
          }
        : {}),
    });
    if (switched && after.enabled) await endEndpointAlert(context, before.id);
    if (switched && !after.enabled) await callOff(context, before.id);
    await audit({
      action: "webhook.edit",
      targetType: "webhook",
      targetId: before.id,
      before: audited(before),
      after: { ...after, ...(chatUrl === undefined ? {} : { address: "replaced" }) },
    });
    return shown(context, row);
  },
);

/** Replaces the signing secret; the old one signs too for the hours asked for. Throws `conflict` for a chat. */
export const rotateEndpoint = defineCommand(
  "key.manage",
  async (context, input: { id: string; overlapHours: number }): Promise<EndpointWithSecret> => {
    const before = await current(context, input.id, null);
    if (before.kind === "chat") {
      throw conflict("A chat has no signing secret: its address is the secret. Enter a new one instead.");
    }
    const secret = randomBytes(SECRET_BYTES);
    const overlaps = input.overlapHours > 0;
    const previousUntil = overlaps ? new Date(Date.now() + input.overlapHours * HOUR_MS) : null;
    const row = await write(context, before, {
      ...seal(context.actor.tenant.id, before.id, secret),
      previousSecret: overlaps ? before.secret : null,
      previousSecretKeyId: overlaps ? before.secretKeyId : null,
      previousUntil,
    });
    await context.audit({
      action: "webhook.rotate",
      targetType: "webhook",
      targetId: before.id,
      after: { overlapUntil: previousUntil?.toISOString() ?? null },
    });
    return { ...(await shown(context, row)), secret: secretText(secret) };
  },
);

/** Takes an endpoint away, erases its secrets and calls off what is on its way. Its log stays on its jobs. */
export const deleteEndpoint = defineCommand(
  "key.manage",
  async (context, input: { id: string; version: number | null }): Promise<void> => {
    const before = await current(context, input.id, input.version);
    const now = new Date();
    await write(context, before, {
      enabled: false,
      disabledReason: before.disabledReason ?? "person",
      disabledAt: before.disabledAt ?? now,
      secret: null,
      secretKeyId: null,
      previousSecret: null,
      previousSecretKeyId: null,
      previousUntil: null,
      deletedAt: now,
    });
    await callOff(context, before.id);
    await endEndpointAlert(context, before.id);
    await context.audit({
      action: "webhook.delete",
      targetType: "webhook",
      targetId: before.id,
      before: { ...audited(before), kind: before.kind },
    });
  },
);

/** Sends a test, once and without retries. Throws `conflict` while one is on its way or the endpoint is disabled. */
export const testEndpoint = defineCommand(
  "key.manage",
  async (context, input: { id: string }): Promise<DeliveryDetail> => {
    const { tx, actor, audit } = context;
    const tenantId = actor.tenant.id;
    const endpoint = await current(context, input.id, null);
    const refusal = whyNotSend(endpoint);
    if (refusal) throw conflict(refusal);
    // Two presses at once are one test.
    await tx.$executeRaw`SELECT FROM webhook_endpoints WHERE id = ${endpoint.id}::uuid FOR UPDATE`;
    const underWay = await tx.webhookDelivery.count({
      where: { tenantId, endpointId: endpoint.id, state: "waiting", eventType: TEST_EVENT },
    });
    if (underWay > 0) throw conflict("A test is on its way already.");
    const id = uuidv7();
    await tx.webhookDelivery.createMany({
      data: [
        {
          id,
          tenantId,
          endpointId: endpoint.id,
          eventId: `evt_${id.replaceAll("-", "")}`,
          eventType: TEST_EVENT,
          body: testBody(endpoint.kind as EndpointKind, actor.tenant.slug, new Date().toISOString()),
          maxAttempts: 1,
        },
      ],
    });
    await audit({ action: "webhook.test", targetType: "webhook", targetId: endpoint.id });
    return readDelivery(tx, tenantId, id);
  },
);

/** Sends a delivery again, or at once when it waits for its next attempt, with the same event id and body. Throws `not_found` or `conflict`. */
export const redeliver = defineCommand(
  "job.act",
  async ({ tx, actor, audit }, input: { id: string }): Promise<DeliveryDetail> => {
    const tenantId = actor.tenant.id;
    const before = await readDelivery(tx, tenantId, input.id);
    const refusal = whyNotRedeliver(before);
    if (refusal) throw conflict(refusal);
    const changed = await tx.$executeRaw`
      UPDATE webhook_deliveries AS delivery SET state = 'waiting', finished_at = NULL, next_at = now(),
        round_start = CASE WHEN state = 'waiting' THEN round_start ELSE attempts END
      WHERE tenant_id = ${tenantId}::uuid AND id = ${input.id}::uuid AND (state <> 'waiting' OR attempts = (
        SELECT max(number) FROM webhook_attempts
        WHERE delivery_id = delivery.id AND tenant_id = delivery.tenant_id))`;
    if (changed === 0) throw conflict("It is on its way already.");
    await audit({
      action: "webhook.redeliver",
      targetType: "webhook",
      targetId: before.endpoint.id,
      after: { deliveryId: before.id, eventId: before.eventId, jobId: before.jobId },
    });
    return readDelivery(tx, tenantId, input.id);
  },
);
