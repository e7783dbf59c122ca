import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { errorEnvelope } from "#lib/contract/errors.ts";
import { answer, answerError, type Exchange, requestIdOf } from "./exchange.ts";
import { handle, type Services } from "./handle.ts";
import type { GatewayLogger } from "./logger.ts";
import type { Metrics } from "./metrics.ts";
import { sourceIp } from "./policies/source-ip.ts";
import { headProblem, parseAddress } from "./request-head.ts";
import type { StoredKey } from "./snapshot.ts";

/** A request whose headers take longer than this, or whose whole takes longer than that, is not worth a socket. */
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 120_000;
/** Longer than the usual 60 s of load balancers, so that it is they who close idle connections. */
const KEEP_ALIVE_MS = 65_000;

export type ServerState = {
  /** Where what is served comes from. */
  source: () => "nothing" | "files" | "database";
  draining: () => boolean;
  metrics: Pick<Metrics, "count" | "malformed">;
};

const READY = { nothing: "not ready\n", files: "ok, from files\n", database: "ok\n" };

/** A whole answer for a connection on which there is no request to answer, after which it closes. */
function refuseConnection(socket: Duplex, message: string): void {
  if (socket.destroyed || !socket.writable) return;
  const requestId = requestIdOf(undefined);
  const body = JSON.stringify(errorEnvelope("bad_request", message, requestId));
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nX-Request-Id: ${requestId}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function parserProblem(code: string | undefined): string {
  if (code === "HPE_HEADER_OVERFLOW") return "The headers are too large.";
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return "The request took too long to arrive.";
  return "The request is malformed.";
}

/** The gateway's HTTP server: reads, refuses what is malformed, hands on, and logs one line per request. */
export function createGatewayServer(services: Services, state: ServerState, logger: GatewayLogger) {
  /** The latest request of each connection. */
  const lastOn = new WeakMap<Duplex, Exchange>();

  function exchangeOf(req: IncomingMessage, res: ServerResponse, expectsContinue: boolean): Exchange {
    const forwarded = req.headers["x-forwarded-for"] as string | undefined;
    return {
      req,
      res,
      requestId: requestIdOf(req.headers["x-request-id"]),
      receivedAt: Date.now(),
      sourceIp: sourceIp(req.socket.remoteAddress, forwarded, services.trustedProxies),
      headers: [],
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
  }

  /** Counts what a key of this tenant was used for, whatever came of it. */
  function tally({ decided, key: accepted, route, code, receivedAt, res }: Exchange): void {
    const key = decided?.key;
    if (!key || typeof key !== "object" || key.tenantId !== decided.tenantId) return;
    const refused = code !== null && res.statusCode < 500;
    services.tallies.count(key as StoredKey, accepted && route ? route.id : null, refused, receivedAt);
  }

  /** Never the query, a key or a body: they hold secrets. */
  function log(exchange: Exchange, path: string, durationMs: number): void {
    const { req, res, tenant, route, key } = exchange;
    logger.info(
      {
        requestId: exchange.requestId,
        method: req.method,
        path,
        status: res.headersSent ? res.statusCode : 499,
        durationMs,
        sourceIp: exchange.sourceIp,
        ...(tenant ? { tenant: tenant.slug, revision: tenant.number } : {}),
        ...(route ? { routeId: route.id } : {}),
        ...(key ? { apiKeyId: key.id } : {}),
        ...(exchange.cache ? { cache: exchange.cache } : {}),
        ...(exchange.code ? { code: exchange.code } : {}),
        ...(exchange.targetError ? { targetError: exchange.targetError } : {}),
        ...(res.writableFinished ? {} : { cutOff: true }),
      },
      "request",
    );
  }

  function refuseMalformed(exchange: Exchange, message: string): void {
    exchange.closes = true;
    state.metrics.malformed(message);
    answerError(exchange, "bad_request", message);
  }

  function onRequest(req: IncomingMessage, res: ServerResponse, expectsContinue = false) {
    const began = performance.now(); // a clock that is set must not show in durations
    const url = req.url as string;
    const exchange = exchangeOf(req, res, expectsContinue);
    lastOn.set(req.socket, exchange);
    if (url === "/healthz" || url === "/readyz") {
      const healthz = url === "/healthz";
      const source = state.draining() ? "nothing" : state.source();
      const status = healthz || source !== "nothing" ? 200 : 503;
      return answer(exchange, status, ["Content-Type", "text/plain"], healthz ? "ok\n" : READY[source]);
    }
    const mark = url.indexOf("?");
    res.once("close", () => {
      tally(exchange);
      const durationMs = Math.round((performance.now() - began) * 1_000) / 1_000;
      const { code, targetError, route } = exchange;
      const failedTarget = targetError && route ? route.route.target.type : null;
      state.metrics.count({ status: res.headersSent ? res.statusCode : 499, code, durationMs, failedTarget });
      log(exchange, mark === -1 ? url : url.slice(0, mark), durationMs);
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
      return answerError(exchange, "unavailable", "The gateway is starting.", ["Retry-After", "1"]);
    }
    handle(exchange, address, services).catch((error: unknown) => {
      logger.error({ err: error, requestId: exchange.requestId }, "request failed");
      if (res.headersSent) res.destroy();
      else answerError(exchange, "unavailable", "The request could not be handled.");
    });
  }

  function refuseSocket(socket: Duplex, message: string): void {
    state.metrics.malformed(message);
    refuseConnection(socket, message);
  }

  const server = createServer(
    {
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
  server.on("checkContinue", (req, res) => onRequest(req, res, true));
  server.on("checkExpectation", (req, res) =>
    refuseMalformed(exchangeOf(req, res, false), "The Expect header asks for something unknown."),
  );
  server.on("upgrade", (_req, socket) => refuseSocket(socket, "WebSocket is not supported."));
  server.on("connect", (_req, socket) => refuseSocket(socket, "CONNECT is not supported."));
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const message = parserProblem(error.code);
    const last = lastOn.get(socket);
    if (error.code === "ECONNRESET") socket.destroy();
    // It was told that the connection closes: what comes behind is nobody's request.
    else if (last?.res.headersSent && (last.closes || last.expectsContinue || last.draining())) return;
    // The answer before this one must be whole first, or this one would be taken for it.
    else if (last?.req.complete && !last.res.writableFinished) {
      last.res.once("finish", () => refuseSocket(socket, message));
    } else if (last?.res.headersSent && !last.res.writableFinished) socket.destroy();
    else refuseSocket(socket, message);
  });
  return server;
}
