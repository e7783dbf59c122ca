import { createHmac } from "node:crypto";

/**
 * The headers of Standard Webhooks for one attempt: the event's id, the attempt's time in seconds, and the body
 * signed with each secret, the current one first. While a secret is being replaced there are two.
 */
export function signedHeaders(
  secrets: readonly Uint8Array[],
  eventId: string,
  nowMs: number,
  body: string,
): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const signatures = secrets.map(
    (secret) =>
      `v1,${createHmac("sha256", secret).update(`${eventId}.${timestamp}.${body}`).digest("base64")}`,
  );
  return {
    "webhook-id": eventId,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" "),
  };
}
