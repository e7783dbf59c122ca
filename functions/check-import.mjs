/**
 * First step of the demo's import: counts what came with POST /v1/imports and says what is to be written where.
 * JSON body: { records?: 1–100,000, store?: "catalogue" | "archive" }. What it returns is the next step's input.
 */
const MAX_RECORDS = 100_000;

function readBody(event) {
  if (typeof event?.httpMethod !== "string") return event ?? {};
  if (!event.body) return {};
  return JSON.parse(event.isBase64Encoded ? Buffer.from(event.body, "base64").toString("utf8") : event.body);
}

export async function handler(event) {
  const { records = 100, store = "catalogue" } = readBody(event);
  if (!Number.isInteger(records) || records < 1 || records > MAX_RECORDS) {
    throw new RangeError(`records must be a whole number from 1 to ${MAX_RECORDS}`);
  }
  const duplicates = Math.floor(records / 20);
  return { store, accepted: records - duplicates, duplicates };
}
