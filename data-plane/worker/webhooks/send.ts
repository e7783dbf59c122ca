import { Agent, type Dispatcher, request } from "undici";
import { retryAfterSeconds } from "#lib/contract/webhooks.ts";
import { guardedConnect, openLinesInsideOnly } from "#lib/outbound/guarded-connect.ts";

/** For connecting, sending and the head of the answer together. Standard Webhooks asks for 15 to 30 seconds. */
export const ANSWER_MS = 15_000;
const CONNECT_MS = 10_000;
/** What is kept of an answer, to tell what the receiver said; the rest is not read. */
const KEPT_BYTES = 512;
/** The head has decided already; a body that dawdles is not waited for. */
const BODY_MS = 1_000;

/** How one attempt went. `error` is null when it counts as delivered. */
export type Answer = {
  status: number | null;
  error: string | null;
  response: string | null;
  retryAfter: number | null;
};

/** The connections over which webhooks are sent; addresses inside are refused unless they are allowed. */
export function webhookConnections(allowInternal: boolean): Dispatcher {
  const rule = openLinesInsideOnly(allowInternal, "Webhooks are sent over https:// only.");
  return new Agent({
    connect: guardedConnect({ rule, timeoutMs: CONNECT_MS }),
    keepAliveTimeout: 4_000,
    headersTimeout: ANSWER_MS,
    bodyTimeout: ANSWER_MS,
  });
}

const WORDS: Record<string, string> = {
  ENOTFOUND: "The name of the host does not resolve.",
  EAI_AGAIN: "The name of the host could not be looked up.",
  ECONNREFUSED: "The host refused the connection.",
  ECONNRESET: "The connection was cut before there was an answer.",
  UND_ERR_SOCKET: "The connection was cut before there was an answer.",
  UND_ERR_HEADERS_OVERFLOW: "The head of the answer is too large.",
  ERR_TLS_CERT_ALTNAME_INVALID: "The host's certificate is for another name.",
  CERT_HAS_EXPIRED: "The host's certificate has expired.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "The host's certificate is not signed by anybody known.",
};

function explain(error: unknown): string {
  const { name, message, code: given } = error as { name?: string; code?: unknown; message?: string };
  // Of an abort it is a number.
  const code = typeof given === "string" ? given : "";
  if (name === "RefusedAddress") return message as string;
  if (name === "TimeoutError" || code.includes("TIMEOUT")) {
    return `There was no answer within ${ANSWER_MS / 1_000} s.`;
  }
  if (name === "AbortError") return "The worker was stopped meanwhile.";
  return WORDS[code] ?? `The request failed${code ? ` (${code})` : ""}.`;
}

/** What a status means for a delivery; null when it has arrived. */
function refusalOf(status: number): string | null {
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400) return `The answer was ${status}; redirects are not followed.`;
  if (status === 410) return "The answer was 410: the receiver wants nothing more.";
  return `The answer was ${status}.`;
}

/** The first bytes of a body as text that can be stored and shown. Stops reading, whatever more there is. */
async function firstBytes(body: Dispatcher.ResponseData["body"]): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  body.on("error", () => undefined);
  const read = (async () => {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      chunks.push(chunk.subarray(0, KEPT_BYTES - length));
      length += chunk.length;
      if (length >= KEPT_BYTES) return;
    }
  })().catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, BODY_MS);
  });
  await Promise.race([read, patience]);
  clearTimeout(timer);
  body.destroy();
  const text = new TextDecoder().decode(Buffer.concat(chunks).subarray(0, KEPT_BYTES));
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, " ").trim();
}

/** Posts `body` once. Never throws; follows no redirect. */
export async function post(
  { url, headers, body }: { url: string; headers: Record<string, string>; body: string },
  connections: Dispatcher,
  stopped: AbortSignal,
): Promise<Answer> {
  try {
    const answer = await request(url, {
      method: "POST",
      dispatcher: connections,
      headers: { "content-type": "application/json", "user-agent": "Gatehouse-Webhooks/1.0", ...headers },
      body,
      signal: AbortSignal.any([AbortSignal.timeout(ANSWER_MS), stopped]),
    });
    const { statusCode: status } = answer;
    const asked = answer.headers["retry-after"];
    return {
      status,
      error: refusalOf(status),
      response: await firstBytes(answer.body),
      retryAfter: retryAfterSeconds(Array.isArray(asked) ? asked[0] : asked, Date.now()),
    };
  } catch (error) {
    return { status: null, error: explain(error), response: null, retryAfter: null };
  }
}
