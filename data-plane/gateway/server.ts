import { createServer, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { errorEnvelope } from "#lib/contract/errors.ts";
import { Answer, answerOn, KEEP_ALIVE_MS, writeBeforeEnds } from "./answer.ts";
import { endTurn } from "./end-of-turn.ts";
import { answer, answerError, type Exchange, requestIdOf } from "./exchange.ts";
import { handle, type Services } from "./handle.ts";
import { HeaderLines } from "./header-lines.ts";
import type { StoredKey } from "./key-store.ts";
import type { GatewayLogger } from "./logger.ts";
import type { Metrics } from "./metrics.ts";
import { sourceIp } from "./policies/source-ip.ts";
import { headProblem, parseAddress } from "./request-head.ts";
import type { RequestLog } from "./request-log.ts";

/** A request whose headers take longer than this, or whose whole takes longer than that, is not worth a socket. */
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 120_000;

/** A caller that was refused and told that the connection closes has this long to read so. */
const LAST_WORD_MS = 1_000;

/** What the log and the metrics say of a request whose caller went away before an answer began. */
const CALLER_GONE = 499;

/** What is known of a connection: the address of its other end, the latest request on it, whether it is given up. */
type Connection = { address: string; last: Exchange | null; refused: boolean };

export type ServerState = {
  /** Where what is served comes from. */
  source: () => "nothing" | "files" | "database";
  draining: () => boolean;
  /** What is not as it should be, although requests are answered; "" when all is well. */
  caveat?: () => string;
  metrics: Pick<Metrics, "count" | "malformed">;
};

const TEXT = HeaderLines.of([["Content-Type", "text/plain"]]);
const READY = { nothing: "not ready\n", files: "ok, from files\n", database: "ok\n" };

/** A whole answer for a connection on which there is no request to answer, after which it closes. */
function refuseConnection(socket: Duplex, message: string): void {
  const requestId = requestIdOf(undefined);
  const body = JSON.stringify(errorEnvelope("bad_request", message, requestId));
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nX-Request-Id: ${requestId}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
  // Whoever does not close its side would keep the socket for ever.
  setTimeout(() => socket.destroy(), LAST_WORD_MS).unref();
}

function parserProblem(code: string | undefined): string {
  if (code === "HPE_HEADER_OVERFLOW") return "The headers are too large.";
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return "The request took too long to arrive.";
  return "The request is malformed.";
}

/** The gateway's HTTP server: reads, refuses what is malformed, hands on, and logs one line per request. */
export function createGatewayServer(
  services: Services,
  state: ServerState,
  logger: GatewayLogger,
  requests: RequestLog | null,
) {
  const { trustedProxies } = services;
  const connections = new WeakMap<Duplex, Connection>();

  function connectionOf(socket: Socket): Connection {
    let connection = connections.get(socket);
    if (!connection) {
      connection = { address: sourceIp(socket.remoteAddress, undefined, 0), last: null, refused: false };
      connections.set(socket, connection);
    }
    return connection;
  }

  function readyText(source: keyof typeof READY): string {
    const caveat = source === "nothing" ? "" : (state.caveat?.() ?? "");
    return caveat ? `${READY[source].trimEnd()}, ${caveat}\n` : READY[source];
  }

  function exchangeOf(req: IncomingMessage, res: Answer, expectsContinue: boolean): Exchange {
    const { headers } = req;
    const connection = connectionOf(req.socket);
    const requestId = requestIdOf(headers["x-request-id"]);
    const exchange: Exchange = {
      req,
      res,
      requestId,
      receivedAt: Date.now(),
      sourceIp:
        trustedProxies === 0
          ? connection.address
          : sourceIp(connection.address, headers["x-forwarded-for"] as string | undefined, trustedProxies),
      headers: HeaderLines.own(`X-Request-Id: ${requestId}\r\n`),
      ownCors: false,
      expectsContinue,
      closes: false,
      draining: state.draining,
      tenant: null,
      decided: null,
      refusals: services.refusals,
      route: null,
      key: null,
      caller: null,
      cache: null,
      recorder: null,
      code: null,
      targetError: null,
    };
    connection.last = exchange;
    return exchange;
  }

  /** Counts what a key of this tenant was used for, whatever came of it. */
  function tally({ decided, key: accepted, route, code, receivedAt, res }: Exchange): void {
    const key = decided?.key;
    if (!key || typeof key !== "object" || key.tenantId !== decided.tenantId) return;
    const refused = code !== null && res.statusCode < 500;
    services.tallies.count(key as StoredKey, accepted && route ? route.id : null, refused, receivedAt);
  }

  function refuseMalformed(exchange: Exchange, message: string): void {
    exchange.closes = true;
    state.metrics.malformed(message);
    answerError(exchange, "bad_request", message);
  }

  function onRequest(req: IncomingMessage, res: Answer, expectsContinue = false) {
    const began = performance.now(); // a clock that is set must not show in durations
    const url = req.url as string;
    const exchange = exchangeOf(req, res, expectsContinue);
    if (url === "/healthz" || url === "/readyz") {
      const healthz = url === "/healthz";
      const source = state.draining() ? "nothing" : state.source();
      const status = healthz || source !== "nothing" ? 200 : 503;
      return answer(exchange, status, TEXT, healthz ? "ok\n" : readyText(source));
    }
    const mark = url.indexOf("?");
    res.on("close", () => {
      tally(exchange);
      const durationMs = Math.round((performance.now() - began) * 1_000) / 1_000;
      const status = res.headersSent ? res.statusCode : CALLER_GONE;
      const { code, targetError, route } = exchange;
      const failedTarget = targetError && route ? route.route.target.type : null;
      state.metrics.count(status, code, durationMs, failedTarget);
      requests?.write(exchange, mark === -1 ? url : url.slice(0, mark), status, durationMs);
    });
    const problem = headProblem(req);
    if (problem) return refuseMalformed(exchange, problem);
    if (!url.startsWith("/") || url.includes("#")) {
      return refuseMalformed(exchange, "The request target must be a path.");
    }
    const address = parseAddress(url);
    if (!address) {
      return answerError(exchange, "route_not_found", "Gateway addresses look like /gw/{tenant}/{path}.");
    }
    if (state.source() === "nothing") {
      return answerError(exchange, "unavailable", "The gateway is starting.", [["Retry-After", "1"]]);
    }
    const onFailure = (error: unknown): void => {
      logger.error({ err: error, requestId: exchange.requestId }, "request failed");
      if (res.headersSent) res.destroy();
      else answerError(exchange, "unavailable", "The request could not be handled.");
    };
    try {
      handle(exchange, address, services)?.catch(onFailure);
    } catch (error) {
      onFailure(error);
    }
  }

  function refuseSocket(socket: Duplex, message: string): void {
    if (socket.destroyed || !socket.writable) return; // it has been refused, and this is the rest of what it sent
    state.metrics.malformed(message);
    refuseConnection(socket, message);
  }

  /** Refuses what stands on a connection behind requests that may still be under way. */
  function refuseBehind(socket: Duplex, message: string): void {
    const connection = connections.get(socket);
    if (connection?.refused) return;
    if (connection) connection.refused = true;
    const last = connection?.last;
    // It was told that the connection closes: what comes behind is nobody's request.
    if (last?.res.headersSent && (last.closes || last.expectsContinue || last.draining())) return;
    // The answers before this one must be whole first, or this one would be taken for one of them.
    endTurn();
    const refuse = () => refuseSocket(socket, message);
    if (!last || last.res.writableFinished) refuse();
    else if (last.req.complete) last.res.once("finish", refuse);
    else if (!last.res.socket) last.res.once("socket", refuse);
    else if (last.res.headersSent) socket.destroy();
    else refuse();
  }

  function refuseProtocol(socket: Duplex, message: string): void {
    answerOn(socket);
    refuseBehind(socket, message);
  }

  const server = createServer(
    {
      ServerResponse: Answer,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: 5_000,
      requireHostHeader: false, // headProblem answers with an envelope instead
      noDelay: true,
      shouldUpgradeCallback: (req) => req.headers.upgrade?.toLowerCase() === "websocket",
    },
    onRequest,
  );
  writeBeforeEnds(server);
  server.on("checkContinue", (req, res) => onRequest(req, res, true));
  server.on("checkExpectation", (req, res) =>
    refuseMalformed(exchangeOf(req, res, false), "The Expect header asks for something unknown."),
  );
  server.on("upgrade", (_req, socket) => refuseProtocol(socket, "WebSocket is not supported."));
  server.on("connect", (_req, socket) => refuseProtocol(socket, "CONNECT is not supported."));
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === "ECONNRESET") socket.destroy();
    else refuseBehind(socket, parserProblem(error.code));
  });
  return server;
}
