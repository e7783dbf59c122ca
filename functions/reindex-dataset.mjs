import { createHash } from "node:crypto";

/**
 * Work that is too slow for a request: builds a small word index over generated documents and reports on it.
 * Input, directly or as a request's JSON body: { dataset: string, documents?: 1–100,000, pauseMs?: 0–60,000 }.
 * Running it twice gives the same result, as every job must allow: delivery is at least once.
 */
const MAX_DOCUMENTS = 100_000;
const WORDS = "gate route key tenant draft revision publish worker attempt ledger policy header origin".split(
  " ",
);

/** A job that was enqueued by a request gets the request as an event; one started by a handler gets plain input. */
function readInput(event) {
  if (typeof event?.httpMethod !== "string") return event ?? {};
  const parameters = event.pathParameters ?? {};
  if (!event.body) return parameters;
  const text = event.isBase64Encoded ? Buffer.from(event.body, "base64").toString("utf8") : event.body;
  return { ...parameters, ...JSON.parse(text) };
}

export async function handler(event) {
  const { dataset, documents = 1_000, pauseMs = 0 } = readInput(event);
  if (typeof dataset !== "string" || dataset === "") throw new TypeError("dataset must be a name");
  if (!Number.isInteger(documents) || documents < 1 || documents > MAX_DOCUMENTS) {
    throw new RangeError(`documents must be a whole number from 1 to ${MAX_DOCUMENTS}`);
  }
  if (!(pauseMs >= 0 && pauseMs <= 60_000)) throw new RangeError("pauseMs must be from 0 to 60000");
  if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));

  const index = new Map();
  const digest = createHash("sha256");
  for (let number = 0; number < documents; number++) {
    for (let position = 0; position < 5; position++) {
      const word = WORDS[(number * 7 + position * 3 + dataset.length) % WORDS.length];
      index.set(word, (index.get(word) ?? 0) + 1);
    }
    digest.update(`${dataset}/${number}\n`);
  }
  return { dataset, documents, words: index.size, digest: digest.digest("hex") };
}
