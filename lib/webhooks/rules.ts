import {
  ALERT_EVENTS,
  type EndpointKind,
  WEBHOOK_EVENTS,
  type WebhookEvent,
} from "#lib/contract/webhooks.ts";

/** More than any tenant needs, and few enough that each end of a job looks at all of them. */
export const MAX_ENDPOINTS = 20;
/** For how long two secrets sign after a rotation, in hours: unless somebody says otherwise, and at most. */
export const DEFAULT_OVERLAP_HOURS = 24;
export const MAX_OVERLAP_HOURS = 168;

/** The events that a kind of endpoint can be told: a chat has no use for every single job. */
export const eventsFor = (kind: EndpointKind): readonly WebhookEvent[] =>
  kind === "chat" ? ALERT_EVENTS : WEBHOOK_EVENTS;

/** What may be shown of a secret address: its host and its end. */
export function veiledUrl(text: string): string {
  const url = new URL(text);
  return `${url.origin}/…${text.slice(-4)}`;
}

type Standing = { enabled: boolean; deleted?: boolean };

/** Why nothing can be sent to an endpoint now; null when it can. */
export function whyNotSend({ enabled, deleted = false }: Standing): string | null {
  if (deleted) return "This endpoint was deleted.";
  return enabled ? null : "This endpoint is disabled; enable it first.";
}

/** Why a delivery cannot be sent again; null when it can. */
export function whyNotRedeliver(delivery: {
  state: string;
  attempts: number;
  nextAt: string | null;
  endpoint: Standing;
}): string | null {
  const { state, attempts, nextAt, endpoint } = delivery;
  // One that waits for its next attempt need not wait, for the receiver may have been mended.
  const underWay = state === "waiting" && (attempts === 0 || nextAt === null);
  return underWay ? "It is on its way already." : whyNotSend(endpoint);
}

const WORDS: Record<WebhookEvent, string> = {
  "job.succeeded": "A job succeeded",
  "job.dead": "A job died",
  "alert.opened": "An alert began",
  "alert.reminder": "An alert goes on",
  "alert.resolved": "An alert is over",
};
/** An event in words for people; as it is when it is none of ours. */
export const eventWords = (type: string): string =>
  type === "webhook.test" ? "Test" : ((WORDS as Record<string, string>)[type] ?? type);
