import { randomInt } from "node:crypto";

/**
 * Fails about one time in three, to have something to look at: retries, dead letters, 502s.
 * { fail: true } always fails, { fail: false } never does, as input of a job, JSON body, or ?fail= of a request.
 */
function wanted(event) {
  const query = event?.queryStringParameters?.fail;
  if (query !== undefined) return query === "true";
  if (typeof event?.httpMethod !== "string") return event?.fail;
  if (!event.body) return undefined;
  const text = event.isBase64Encoded ? Buffer.from(event.body, "base64").toString("utf8") : event.body;
  return JSON.parse(text).fail;
}

export async function handler(event, context) {
  const fail = wanted(event) ?? randomInt(3) === 0;
  if (fail) throw new Error("the inventory service did not answer");
  return { ok: true, attempt: context?.attempt ?? 1 };
}
