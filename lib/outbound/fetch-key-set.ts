import { Agent, type Dispatcher, request } from "undici";
import { type KeySet, parseKeySet } from "../contract/key-set.ts";
import { guardedConnect, openLinesInsideOnly } from "./guarded-connect.ts";

/** For everything: connecting, the head and the whole body. */
const TIMEOUT_MS = 5_000;
const MAX_DOCUMENT_BYTES = 262_144;

/** The connections over which key sets are fetched. Close it with `close()`. */
export function keySetConnections(allowInternal: boolean): Dispatcher {
  const rule = openLinesInsideOnly(allowInternal, "Keys are fetched over https:// only.");
  return new Agent({
    connect: guardedConnect({ rule, timeoutMs: TIMEOUT_MS }),
    connections: 4,
    keepAliveTimeout: 1_000,
    maxResponseSize: MAX_DOCUMENT_BYTES,
  });
}

/** Why a key set could not be had, in words for the tenant: they hold nothing that the answer said. */
export class KeySetError extends Error {
  override name = "KeySetError";
}

const WORDS: Record<string, string> = {
  ENOTFOUND: "The name of the host does not resolve.",
  ECONNREFUSED: "The host refused the connection.",
  UND_ERR_RES_EXCEEDED_MAX_SIZE: `The answer is larger than ${MAX_DOCUMENT_BYTES} bytes.`,
};

function explain(error: unknown): string {
  const { name, code, message } = error as { name?: string; code?: string; message?: string };
  if (name === "RefusedAddress") return message as string;
  if (name === "TimeoutError" || name === "AbortError" || code?.includes("TIMEOUT")) {
    return `There was no whole answer within ${TIMEOUT_MS / 1_000} s.`;
  }
  return WORDS[code ?? ""] ?? `The request failed${code ? ` (${code})` : ""}.`;
}

/**
 * Fetches and reads a key set. Redirects are not followed: they could lead anywhere. Throws KeySetError.
 */
export async function fetchKeySet(url: string, connections: Dispatcher): Promise<KeySet> {
  let status: number;
  let text: string;
  try {
    const { statusCode, body } = await request(url, {
      dispatcher: connections,
      headers: { accept: "application/jwk-set+json, application/json", "user-agent": "gatehouse" },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    status = statusCode;
    text = await body.text();
  } catch (error) {
    throw new KeySetError(explain(error));
  }
  if (status !== 200) {
    throw new KeySetError(
      `The answer was ${status} instead of 200${status < 400 ? "; redirects are not followed" : ""}.`,
    );
  }
  try {
    return parseKeySet(text);
  } catch (error) {
    throw new KeySetError((error as Error).message);
  }
}
