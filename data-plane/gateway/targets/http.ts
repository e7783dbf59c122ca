import { Readable } from "node:stream";
import { Agent, type Dispatcher } from "undici";
import { FORWARDED, HOP_BY_HOP } from "#lib/contract/header-names.ts";
import { type HeaderPairs, transformOf } from "#lib/contract/transform.ts";
import { upstreamUrl } from "#lib/contract/upstream-url.ts";
import { guardedConnect, publicOnly } from "#lib/outbound/guarded-connect.ts";
import { atEndOfTurn } from "../end-of-turn.ts";
import { type Address, type AllowedExchange, answerError, beginAnswer } from "../exchange.ts";
import { HeaderLines } from "../header-lines.ts";
import { announcedLength, BodyTooLarge, limitedBody, readBody } from "../policies/body.ts";
import { outgoingHeaders } from "../policies/outgoing.ts";

const CONNECT_TIMEOUT_MS = 10_000;
const CONNECTIONS_PER_ORIGIN = 256;
/** Bodies up to this size are read before they are sent on: one write is cheaper than a stream. */
const SMALL_BODY_BYTES = 65_536;

/**
 * The connections to all upstreams, kept open between requests. Redirects are passed on, not followed, and each
 * address is judged when it is connected to: one inside the network only where the installation allows it.
 */
export function createUpstreams(allowInternal: boolean): Dispatcher {
  return new Agent({
    connections: CONNECTIONS_PER_ORIGIN,
    connect: guardedConnect({ rule: publicOnly(allowInternal), timeoutMs: CONNECT_TIMEOUT_MS }),
    headersTimeout: 0, // the route's own timeout counts
    bodyTimeout: 0,
  });
}

/** Names that a Connection header declares to concern that connection only. */
function connectionTokens(value: string | undefined): Set<string> | null {
  if (!value || value === "keep-alive" || value === "close") return null; // nearly always, and neither names another
  return new Set(value.split(",").map((token) => token.trim().toLowerCase()));
}

function requestHeaders(exchange: AllowedExchange, trustsCaller: boolean): string[] {
  const { req, route } = exchange;
  const { request: change } = transformOf(route);
  const headers: string[] = [];
  const own = connectionTokens(req.headers.connection);
  const hidesKey = route.route.auth.mode === "api-key";
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    const name = (req.rawHeaders[i] as string).toLowerCase();
    if (name === "host" || name === "expect" || name === "x-request-id" || FORWARDED.has(name)) continue;
    if (HOP_BY_HOP.has(name) || own?.has(name) || (hidesKey && name === "x-api-key")) continue;
    if (change?.removed.has(name)) continue;
    headers.push(name, req.rawHeaders[i + 1] as string);
  }
  for (const [name, value] of change?.set ?? []) headers.push(name, value);
  const before = trustsCaller ? req.headers["x-forwarded-for"] : undefined;
  const remote = req.socket.remoteAddress ?? "";
  const proto = trustsCaller ? req.headers["x-forwarded-proto"] : undefined;
  headers.push("x-forwarded-for", before ? `${before}, ${remote}` : exchange.sourceIp);
  headers.push("x-forwarded-proto", typeof proto === "string" ? proto : "http");
  if (req.headers.host) headers.push("x-forwarded-host", req.headers.host);
  headers.push("x-request-id", exchange.requestId);
  return headers;
}

/** What an upstream said, but for what concerned its own connection only. */
function saidBy(headers: Record<string, string | string[] | undefined>): [string, string][] {
  const { connection } = headers;
  const own = connectionTokens(Array.isArray(connection) ? connection.join(",") : connection);
  const said: [string, string][] = [];
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (own?.has(name) || value === undefined) continue;
    if (typeof value === "string") said.push([name, value]);
    else for (const one of value) said.push([name, one]);
  }
  return said;
}

/** Begins the answer to the caller, and tells whoever keeps it. Gives the length of its body if the upstream did. */
function passOn(exchange: AllowedExchange, status: number, said: HeaderPairs): number | null {
  const sent = outgoingHeaders(exchange, said);
  // Unlike a handler's, an upstream's length is that of the bytes that follow.
  const announced = said.find(([name]) => name === "content-length")?.[1];
  const length = announced === undefined ? null : Number(announced);
  exchange.recorder?.begin({ status, said, sent, length });
  beginAnswer(exchange, status, HeaderLines.of(sent), length);
  return length;
}

export type HttpTarget = { url: string; timeoutMs: number };

/**
 * Passes the request to an upstream and its answer back, both as they come. `timeoutMs` is the time until the
 * upstream's headers and then the longest silence in its body. 504 when it is exceeded, 502 when it fails; once an
 * answer has begun, a failure can only cut it off. `whole` is the body if it has been read already. Resolves when the exchange is over and never rejects.
 */
export function answerFromUpstream(
  exchange: AllowedExchange,
  upstreams: Dispatcher,
  target: HttpTarget,
  address: Address,
  segments: readonly string[],
  trustsCaller: boolean,
  whole: Buffer | null,
): Promise<void> {
  const { req, route } = exchange;
  const { maxBodyBytes } = route.route;
  const send = (body: Buffer | Readable | null): Promise<void> => {
    const options = {
      ...upstreamUrl(route, target.url, segments, address.query),
      method: req.method as Dispatcher.HttpMethod,
      headers: requestHeaders(exchange, trustsCaller),
      body,
      bodyTimeout: target.timeoutMs,
    };
    return new Promise((resolve) => relay(exchange, upstreams, options, target.timeoutMs, resolve));
  };
  // It has been read already, because somebody had to look at it.
  if (whole) return send(whole.length > 0 ? whole : null);
  const length = announcedLength(req);
  if (length === 0) return send(null);
  if (length === null || length > SMALL_BODY_BYTES) {
    return send(Readable.from(limitedBody(req, maxBodyBytes), { objectMode: false }));
  }
  // What is no body: the caller has gone; an announced length has been checked before.
  return readBody(req, maxBodyBytes).then((read) => (Buffer.isBuffer(read) ? send(read) : undefined));
}

function relay(
  exchange: AllowedExchange,
  upstreams: Dispatcher,
  options: Dispatcher.DispatchOptions,
  timeoutMs: number,
  done: () => void,
): void {
  const { res, route } = exchange;
  let controller: Dispatcher.DispatchController | null = null;
  let over = false;
  let length: number | null = null;
  /** Some of the body has been written, and more may come. */
  let flows = false;

  const finish = () => {
    over = true;
    clearTimeout(timer);
    res.off("close", onClose);
    done();
  };
  /** Answers with an error, or cuts off an answer that has begun, and lets the upstream go. */
  const fail = (error: Error, timedOut = false) => {
    if (over) return;
    exchange.targetError = { name: error.name, message: error.message.slice(0, 500) };
    if (res.headersSent) res.destroy();
    else if (error instanceof BodyTooLarge) {
      answerError(exchange, "body_too_large", `The body is larger than ${route.route.maxBodyBytes} bytes.`);
    } else if (timedOut) answerError(exchange, "target_timeout", "The upstream did not answer in time.");
    else answerError(exchange, "target_error", "The upstream failed.");
    finish();
    controller?.abort(error);
  };
  const timer = setTimeout(() => fail(new Error(`no answer within ${timeoutMs} ms`), true), timeoutMs);
  const onClose = () => fail(new Error("the caller has gone"));
  res.once("close", onClose);

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      controller = started;
      // It waited for a connection, and meanwhile the time was up or the caller went.
      if (over) started.abort(new Error("no longer wanted"));
    },
    onResponseStart(_controller, status, headers) {
      if (over || status < 200) return;
      clearTimeout(timer);
      length = passOn(exchange, status, saidBy(headers));
    },
    onResponseData(from, chunk) {
      if (over) return;
      exchange.recorder?.add(chunk);
      if (!flows && chunk.length === length) {
        exchange.recorder?.end();
        finish();
        res.endWhole(chunk);
        return;
      }
      flows = true;
      if (res.write(chunk)) return;
      from.pause();
      res.once("drain", () => {
        if (!over) from.resume();
      });
    },
    onResponseEnd() {
      if (over) return;
      exchange.recorder?.end();
      finish();
      if (flows) res.end();
      else res.endWhole(null);
    },
    onResponseError(_controller, error) {
      fail(error);
    },
  };
  atEndOfTurn(() => {
    if (over) return;
    try {
      upstreams.dispatch(options, handler);
    } catch (error) {
      fail(error as Error);
    }
  });
}
