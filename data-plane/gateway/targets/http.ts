import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Agent, type Dispatcher } from "undici";
import {
  type Address,
  type AllowedExchange,
  answerError,
  beginAnswer,
  isHopByHop,
  passesOut,
} from "../exchange.ts";
import { announcedLength, BodyTooLarge, limitedBody } from "../policies/body.ts";
import { upstreamUrl } from "./upstream-url.ts";

const CONNECT_TIMEOUT_MS = 10_000;
const CONNECTIONS_PER_ORIGIN = 256;
/** What the gateway says about the caller; a caller's own claims are not passed on. */
const FORWARDED = new Set(["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "forwarded"]);

/** The connections to all upstreams, kept open between requests. Redirects are passed on, not followed. */
export function createUpstreams(): Dispatcher {
  return new Agent({
    connections: CONNECTIONS_PER_ORIGIN,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: 0, // the route's own timeout counts
    bodyTimeout: 0,
  });
}

/** Names that a Connection header declares to concern that connection only. */
function connectionTokens(value: string | undefined): Set<string> | null {
  if (!value) return null;
  return new Set(value.split(",").map((token) => token.trim().toLowerCase()));
}

function requestHeaders(exchange: AllowedExchange, trustsCaller: boolean): string[] {
  const { req, route } = exchange;
  const headers: string[] = [];
  const own = connectionTokens(req.headers.connection);
  const hidesKey = route.route.auth.mode === "api-key";
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    const name = (req.rawHeaders[i] as string).toLowerCase();
    if (name === "host" || name === "expect" || name === "x-request-id" || FORWARDED.has(name)) continue;
    if (isHopByHop(name) || own?.has(name) || (hidesKey && name === "x-api-key")) continue;
    headers.push(name, req.rawHeaders[i + 1] as string);
  }
  const before = trustsCaller ? req.headers["x-forwarded-for"] : undefined;
  const remote = req.socket.remoteAddress ?? "";
  const proto = trustsCaller ? req.headers["x-forwarded-proto"] : undefined;
  headers.push("x-forwarded-for", before ? `${before}, ${remote}` : exchange.sourceIp);
  headers.push("x-forwarded-proto", typeof proto === "string" ? proto : "http");
  if (req.headers.host) headers.push("x-forwarded-host", req.headers.host);
  headers.push("x-request-id", exchange.requestId);
  return headers;
}

function responseHeaders(exchange: AllowedExchange, headers: Record<string, string | string[] | undefined>) {
  const { connection } = headers;
  const own = connectionTokens(Array.isArray(connection) ? connection.join(",") : connection);
  const passed: string[] = [];
  for (const [name, value] of Object.entries(headers)) {
    // Unlike a handler's, an upstream's length is that of the bytes that follow.
    if ((name !== "content-length" && !passesOut(exchange, name)) || own?.has(name) || value === undefined) {
      continue;
    }
    for (const one of Array.isArray(value) ? value : [value]) passed.push(name, one);
  }
  return passed;
}

export type HttpTarget = { url: string; timeoutMs: number };

/**
 * Passes the request to an upstream and its answer back, both as they come. `timeoutMs` is the time until the
 * upstream's headers and then the longest silence in its body. 504 when it is exceeded, 502 when it fails; once an
 * answer has begun, a failure can only cut it off.
 */
export async function answerFromUpstream(
  exchange: AllowedExchange,
  upstreams: Dispatcher,
  target: HttpTarget,
  address: Address,
  segments: readonly string[],
  trustsCaller: boolean,
): Promise<void> {
  const { req, res, route } = exchange;
  const abort = new AbortController();
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    abort.abort();
  }, target.timeoutMs);
  const onClose = () => {
    if (!res.writableFinished) abort.abort();
  };
  res.once("close", onClose);
  try {
    const hasBody = announcedLength(req) !== 0;
    const { origin, path } = upstreamUrl(route, target.url, segments, address.query);
    const upstream = await upstreams.request({
      origin,
      path,
      method: req.method as Dispatcher.HttpMethod,
      headers: requestHeaders(exchange, trustsCaller),
      body: hasBody ? Readable.from(limitedBody(req, route.route.maxBodyBytes), { objectMode: false }) : null,
      signal: abort.signal,
      bodyTimeout: target.timeoutMs,
    });
    clearTimeout(timer);
    beginAnswer(exchange, upstream.statusCode, responseHeaders(exchange, upstream.headers));
    await pipeline(upstream.body, res);
  } catch (error) {
    if (res.headersSent) {
      exchange.targetError = { name: "UpstreamError", message: "the upstream broke off" };
      res.destroy();
    } else if (error instanceof BodyTooLarge) {
      answerError(exchange, "body_too_large", `The body is larger than ${route.route.maxBodyBytes} bytes.`);
    } else {
      const { name, message } = error as Error;
      exchange.targetError = { name, message: message.slice(0, 500) };
      if (timedOut) answerError(exchange, "target_timeout", "The upstream did not answer in time.");
      else answerError(exchange, "target_error", "The upstream failed.");
    }
  } finally {
    clearTimeout(timer);
    res.off("close", onClose);
  }
}
