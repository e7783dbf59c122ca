import type pg from "pg";
import type { Dispatcher } from "undici";
import { inTransaction } from "#data-plane/jobs/transaction.ts";
import {
  CALL_OFF_DELIVERIES,
  CLAIM_DELIVERIES,
  FORGET_DELIVERIES,
  FORGET_PREVIOUS_SECRETS,
  GIVE_UP_ENDPOINT,
  NOTE_FAILURE,
  NOTE_SUCCESS,
  SETTLE_DELIVERY,
} from "#data-plane/sql/webhooks.ts";
import { openEndpointAlert } from "#data-plane/worker/alerts/tell.ts";
import type { ChoreContext } from "#data-plane/worker/chores.ts";
import { type DeliveryState, type EndpointKind, retryDelay } from "#lib/contract/webhooks.ts";
import { type Keyring, KeyringError, openSecret, webhookSecretBinding } from "#lib/secrets/sealed-secret.ts";
import { ANSWER_MS, type Answer, post, webhookConnections } from "./send.ts";
import { signedHeaders } from "./sign.ts";

/** Attempts under way in one worker, and of those to one endpoint: a receiver that hangs holds up only itself. */
const MOST_AT_A_TIME = 64;
const MOST_PER_ENDPOINT = 8;
/** When an attempt without an outcome counts as lost: safely after it must have ended. */
const LEASE_MS = ANSWER_MS + 45_000;
/** Between two looks for what is due, while deliveries are under way: at least, and at most. */
const SHORTEST_LOOK_MS = 10;
const LONGEST_LOOK_MS = 1_000;
/** What a worker that stops lets deliveries take before it cuts them off. */
const STOP_MS = 3_000;
/** An endpoint whose every attempt failed for this long is given up: longer than one delivery is retried for. */
export const GIVE_UP_MS = 5 * 86_400_000;
/** After this many days a finished delivery leaves the log. */
export const LOG_DAYS = 30;
const SWEPT = 1_000;

const LOST = "The worker stopped before this attempt had an outcome.";
const FIRST = "00000000-0000-0000-0000-000000000000";

type Claimed = {
  id: string;
  tenantId: string;
  endpointId: string;
  eventId: string;
  body: string;
  attempt: number;
  attemptOfRound: number;
  maxAttempts: number;
  kind: EndpointKind;
  url: string;
  secret: Buffer;
  secretKeyId: string;
  previousSecret: Buffer | null;
  previousSecretKeyId: string | null;
};

const connections = new Map<boolean, Dispatcher>();
function connectionsFor(allowInternal: boolean): Dispatcher {
  let known = connections.get(allowInternal);
  if (!known) {
    known = webhookConnections(allowInternal);
    connections.set(allowInternal, known);
  }
  return known;
}

/** Where a delivery goes and with which headers. Throws KeyringError when its secret cannot be read. */
function addressed(delivery: Claimed, keyring: Keyring): { url: string; headers: Record<string, string> } {
  const open = (sealed: Buffer, keyId: string) =>
    openSecret(keyring, { sealed, keyId }, webhookSecretBinding(delivery.tenantId, delivery.endpointId));
  const current = open(delivery.secret, delivery.secretKeyId);
  if (delivery.kind === "chat") return { url: current.toString(), headers: {} };
  const { previousSecret, previousSecretKeyId } = delivery;
  const secrets =
    previousSecret && previousSecretKeyId ? [current, open(previousSecret, previousSecretKeyId)] : [current];
  return { url: delivery.url, headers: signedHeaders(secrets, delivery.eventId, Date.now(), delivery.body) };
}

/** Sends one delivery and writes down how that went. */
async function attempt(context: ChoreContext, delivery: Claimed, cutOff: AbortSignal): Promise<void> {
  const { outbound, workerId, logger } = context;
  const started = performance.now();
  let answer: Answer;
  let ourFault = false;
  try {
    const to = addressed(delivery, outbound.keyring);
    answer = await post({ ...to, body: delivery.body }, connectionsFor(outbound.allowInternal), cutOff);
    ourFault = cutOff.aborted && answer.status === null;
  } catch (error) {
    if (!(error instanceof KeyringError)) throw error;
    ourFault = true;
    answer = { status: null, error: error.message, response: null, retryAfter: null };
  }
  const wait = retryDelay(delivery.attemptOfRound, delivery.maxAttempts, Math.random(), answer.retryAfter);
  const gone = answer.status === 410;
  const state: DeliveryState =
    answer.error === null ? "delivered" : gone || wait === null ? "failed" : "waiting";
  const waitMs = cutOff.aborted ? 0 : (wait ?? 0) * 1_000;
  await inTransaction(context.pool, async (client) => {
    await client.query(SETTLE_DELIVERY, [
      delivery.id,
      delivery.attempt,
      workerId,
      Math.round(performance.now() - started),
      answer.status,
      answer.error,
      answer.response,
      state,
      waitMs,
    ]);
    if (answer.error === null) await client.query(NOTE_SUCCESS, [delivery.endpointId]);
    else if (!ourFault) await noteFailure(client, delivery, gone, outbound.consoleUrl);
  });
  if (ourFault) logger.warn({ deliveryId: delivery.id, reason: answer.error }, "a webhook could not be sent");
}

async function noteFailure(
  client: pg.PoolClient,
  { endpointId }: Claimed,
  gone: boolean,
  consoleUrl: string | null,
): Promise<void> {
  await client.query(NOTE_FAILURE, [endpointId]);
  const reason = gone ? "gone" : "failing";
  const { rows } = await client.query(GIVE_UP_ENDPOINT, [endpointId, reason, gone ? 0 : GIVE_UP_MS]);
  if (rows[0]) await openEndpointAlert(client, { endpointId, reason, ...rows[0] }, consoleUrl);
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());

/**
 * Delivers what is due, and goes on for as long as there is anything. Attempts run beside each other; no two workers
 * make the same one, because taking it counts it.
 */
export async function deliverWebhooks(context: ChoreContext): Promise<void> {
  const { pool, logger, stopping } = context;
  const underWay = new Set<Promise<void>>();
  const running = new Map<string, number>();
  const cutOff = new AbortController();
  let wakeUp = () => {};
  const stopped = new Promise<void>((resolve) => {
    wakeUp = resolve;
  });
  stopping.addEventListener("abort", wakeUp);
  let after = FIRST;

  function begin(delivery: Claimed): void {
    const { endpointId } = delivery;
    running.set(endpointId, (running.get(endpointId) ?? 0) + 1);
    const one = attempt(context, delivery, cutOff.signal)
      .catch((error) =>
        logger.warn({ err: error, deliveryId: delivery.id }, "a delivery was not written down"),
      )
      .finally(() => {
        underWay.delete(one);
        const left = (running.get(endpointId) ?? 1) - 1;
        if (left > 0) running.set(endpointId, left);
        else running.delete(endpointId);
      });
    underWay.add(one);
  }

  try {
    while (!stopping.aborted) {
      const free = MOST_AT_A_TIME - underWay.size;
      if (free > 0) {
        const busy = [...running];
        const { rows } = await pool.query<Claimed>(CLAIM_DELIVERIES, [
          after,
          busy.map(([endpoint]) => endpoint),
          busy.map(([, count]) => count),
          MOST_PER_ENDPOINT,
          free,
          LEASE_MS,
          LOST,
        ]);
        let last = FIRST;
        for (const delivery of rows) {
          begin(delivery);
          if (delivery.endpointId > last) last = delivery.endpointId;
        }
        // Behind the last endpoint it begins again with the first.
        const wrapped = rows.length < free;
        if (underWay.size === 0 && wrapped && after === FIRST) return;
        after = wrapped ? FIRST : last;
      }
      if (underWay.size === 0) continue;
      await Promise.race([...underWay, sleep(LONGEST_LOOK_MS), stopped]);
      if (!stopping.aborted) await sleep(SHORTEST_LOOK_MS);
    }
  } finally {
    if (stopping.aborted) {
      await Promise.race([Promise.all(underWay), sleep(STOP_MS)]);
      cutOff.abort();
    }
    await Promise.all(underWay);
    stopping.removeEventListener("abort", wakeUp);
  }
}

/** Puts away what nobody needs any more. */
export async function tidyWebhooks({ pool }: ChoreContext): Promise<void> {
  await pool.query(CALL_OFF_DELIVERIES, [SWEPT]);
  await pool.query(FORGET_PREVIOUS_SECRETS);
  await pool.query(FORGET_DELIVERIES, [SWEPT, LOG_DAYS]);
}
