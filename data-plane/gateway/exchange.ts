import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { CompiledRoute } from "#lib/contract/compiled-route.ts";
import { type HeaderList, isCorsHeader } from "#lib/contract/cors.ts";
import type { Caller, KeyFacts } from "#lib/contract/decision.ts";
import {
  type ErrorDetail,
  errorEnvelope,
  GATEWAY_ERROR_STATUS,
  type GatewayErrorCode,
} from "#lib/contract/errors.ts";
import { GATEWAY_OWN, HOP_BY_HOP } from "#lib/contract/header-names.ts";
import type { Answer } from "./answer.ts";
import { asciiJson, asciiJsonText } from "./ascii-json.ts";
import { HeaderLines } from "./header-lines.ts";
import type { Recorder } from "./policies/recorder.ts";
import type { Decided, Refusals } from "./refusals.ts";
import type { TenantState } from "./snapshot.ts";

/** One request and its answer, with what has been found out about it so far. */
export type Exchange = {
  req: IncomingMessage;
  res: Answer;
  requestId: string;
  /** Unix milliseconds. */
  receivedAt: number;
  sourceIp: string;
  /** Headers of every answer from here on. */
  headers: HeaderLines;
  /** The route has CORS, so the target's own CORS headers are dropped. */
  ownCors: boolean;
  expectsContinue: boolean;
  /** Nothing more can be read from this connection after the answer. */
  closes: boolean;
  /** The gateway is stopping; asked when the answer begins, for it may have begun to stop meanwhile. */
  draining: () => boolean;
  tenant: TenantState | null;
  /** What it was decided with, and who writes down what is refused. */
  decided: Decided | null;
  refusals: Pick<Refusals, "note"> | null;
  route: CompiledRoute | null;
  key: KeyFacts | null;
  /** Who sent it, once it was let in. */
  caller: Caller | null;
  /** On a route with a cache: where the answer came from, and who keeps the target's. */
  cache: "hit" | "miss" | "bypass" | null;
  recorder: Recorder | null;
  /** For the log: the code of the gateway's own error, and what went wrong with the target. */
  code: string | null;
  targetError: { name: string; message: string } | null;
};

/** An exchange that may run: its route is known and lets it through. */
export type AllowedExchange = Exchange & { tenant: TenantState; route: CompiledRoute };

/** The parts of a request's address below the tenant, as sent. */
export type Address = { slug: string; path: string; query: string };

const REQUEST_ID = /^[A-Za-z0-9._~-]{1,128}$/;

/** The caller's request ID when it is well formed, else a new one. */
export function requestIdOf(sent: string | string[] | undefined): string {
  return typeof sent === "string" && REQUEST_ID.test(sent) ? sent : randomUUID();
}

/** Whether a target's header (name in lower case) may reach the caller. */
export function passesOut(exchange: Exchange, name: string): boolean {
  if (HOP_BY_HOP.has(name) || GATEWAY_OWN.has(name)) return false;
  if (exchange.cache && name === "x-cache") return false;
  return !(exchange.ownCors && isCorsHeader(name));
}

/**
 * Begins an answer, whose body is then written or given to `endWhole`. `length` is the body's, null when it is not
 * known.
 */
export function beginAnswer(
  exchange: Exchange,
  status: number,
  headers: HeaderLines,
  length: number | null,
): void {
  // A caller that was told not to send its body yet would leave it ahead of the next request.
  const closes = exchange.closes || exchange.expectsContinue || exchange.draining();
  exchange.res.begin(status, exchange.headers.and(headers), length, closes);
}

/** Answers with a whole body, a text in ASCII. Does nothing when the caller has gone or an answer has begun. */
function answerBytes(
  exchange: Exchange,
  status: number,
  headers: HeaderLines,
  body: string | Buffer | null,
): void {
  const { res } = exchange;
  if (res.headersSent || res.destroyed) return;
  const framed = status !== 204 && status !== 304;
  beginAnswer(exchange, status, headers, framed ? (body?.length ?? 0) : null);
  res.endWhole(body);
}

/** Answers with a whole body. Does nothing when the caller has gone or an answer has begun. */
export function answer(
  exchange: Exchange,
  status: number,
  headers: HeaderLines,
  body: string | Buffer | null,
): void {
  const isAscii = typeof body !== "string" || Buffer.byteLength(body) === body.length;
  answerBytes(exchange, status, headers, isAscii ? body : Buffer.from(body));
}

const JSON_TYPE = HeaderLines.of([["Content-Type", "application/json"]]);

/** Answers with the gateway's error envelope. */
export function answerError(
  exchange: Exchange,
  code: GatewayErrorCode,
  message: string,
  headers: HeaderList = [],
  details: ErrorDetail[] = [],
): void {
  exchange.code = code;
  if (exchange.decided) exchange.refusals?.note(exchange.decided, exchange, code, message);
  const { requestId } = exchange;
  // The same as the envelope in JSON, without asking for the shape of it each time: most answers have no details.
  const body =
    details.length === 0
      ? `{"error":{"code":"${code}","message":${asciiJsonText(message)},"requestId":"${requestId}"}}`
      : asciiJson(errorEnvelope(code, message, requestId, details));
  const lines = headers.length === 0 ? JSON_TYPE : HeaderLines.of(headers).and(JSON_TYPE);
  answerBytes(exchange, GATEWAY_ERROR_STATUS[code], lines, body);
}
