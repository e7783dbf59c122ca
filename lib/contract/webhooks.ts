/**
 * What both planes agree on about webhooks: the events, their bodies, when a failed delivery is tried again. Pure.
 * Signatures and headers are those of Standard Webhooks 1.0.
 */
export const JOB_EVENTS = ["job.succeeded", "job.dead"] as const;
export const ALERT_EVENTS = ["alert.opened", "alert.reminder", "alert.resolved"] as const;
/** What an endpoint can ask for. */
export const WEBHOOK_EVENTS = [...JOB_EVENTS, ...ALERT_EVENTS] as const;
export type JobEvent = (typeof JOB_EVENTS)[number];
export type AlertEvent = (typeof ALERT_EVENTS)[number];
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];
/** What is sent when somebody presses "Send test"; every endpoint gets it. */
export const TEST_EVENT = "webhook.test";

/** `signed`: JSON with the headers of Standard Webhooks. `chat`: `{text}`, as Slack's incoming webhooks take it. */
export const ENDPOINT_KINDS = ["signed", "chat"] as const;
export type EndpointKind = (typeof ENDPOINT_KINDS)[number];

export const DELIVERY_STATES = ["waiting", "delivered", "failed", "cancelled"] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];
export const DISABLED_REASONS = ["person", "gone", "failing"] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

const MINUTE = 60;
const HOUR = 60 * MINUTE;
/** Seconds from one failed attempt to the next: the example schedule of Standard Webhooks, three days and four hours. */
const DELAYS_S = [
  5,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
] as const;
export const MAX_DELIVERY_ATTEMPTS = DELAYS_S.length + 1;
/** An alert that arrives half a day late misleads: it is given up after two hours and a half. */
export const MAX_ALERT_ATTEMPTS = 5;
/** The share of a delay that chance may add, so that what failed together does not return together. */
const JITTER = 0.1;
const LONGEST_S = 24 * HOUR;

/**
 * Seconds to wait after failed attempt number `attempt` (from 1) of a round; null when it was the last of
 * `maxAttempts`. A receiver may ask for longer with Retry-After, for a day at most. `random` is in [0, 1).
 */
export function retryDelay(
  attempt: number,
  maxAttempts: number,
  random: number,
  retryAfterSeconds: number | null,
): number | null {
  const delay = DELAYS_S[attempt - 1];
  if (delay === undefined || attempt >= maxAttempts) return null;
  const asked = Math.min(LONGEST_S, retryAfterSeconds ?? 0);
  return Math.max(delay, asked) * (1 + JITTER * random);
}

/** What `Retry-After` asks for, in seconds; null when it is absent or says nothing that can be understood. */
export function retryAfterSeconds(header: string | undefined, now: number): number | null {
  const text = header?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text);
  if (!/^[A-Z][a-z]{2}, /.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - now) / 1_000));
}

/** How many characters of an error's message are told. */
const MAX_MESSAGE = 1_000;
const MAX_NAME = 200;
const cut = (text: string, max: number) =>
  text.length > max ? `${text.slice(0, max - 1).toWellFormed()}…` : text;

type EndedJob = {
  id: string;
  function: string;
  state: "succeeded" | "dead";
  attempts: number;
  requestId: string | null;
  routeId: string | null;
  revision: number | null;
  error: { name: string; message: string } | null;
};

/**
 * Names the end of one attempt. A job that died, was retried and died again ended with another attempt, so that is
 * another event; the same end is the same event, however often it is written down.
 */
export const jobEventId = (jobId: string, attempt: number): string =>
  `evt_${jobId.replaceAll("-", "")}_${attempt}`;

/** What is told of a job that has ended. Neither its payload nor its result, nor a stack: whoever may, asks for them. */
export function jobEventBody(job: EndedJob, at: string): string {
  const { id, state, error } = job;
  const type: JobEvent = state === "dead" ? "job.dead" : "job.succeeded";
  return JSON.stringify({
    type,
    timestamp: at,
    data: {
      jobId: id,
      function: job.function,
      status: state,
      attempts: job.attempts,
      requestId: job.requestId,
      routeId: job.routeId,
      revision: job.revision,
      error: error && { name: cut(error.name, MAX_NAME), message: cut(error.message, MAX_MESSAGE) },
    },
  });
}

/** The body that "Send test" sends. */
export function testBody(kind: EndpointKind, tenant: string, at: string): string {
  const message = `A test from Gatehouse: ${tenant} will be told here.`;
  return kind === "chat"
    ? JSON.stringify({ text: chatText(message) })
    : JSON.stringify({ type: TEST_EVENT, timestamp: at, data: { tenant, message } });
}

/** Text as a chat shows it: nothing in it can be a link, a mention or markup of its own. */
export const chatText = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
