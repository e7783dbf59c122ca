import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { errorEnvelope } from "#lib/contract/errors.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { answerHeaders, kindOf } from "./answer-headers.ts";
import { brokenRequest } from "./broken-request.ts";
import { type EarlyAnswer, earlyAnswer } from "./refusals.ts";
import { type ConsoleSettings, clientAddress } from "./settings.ts";
import { wellKnown } from "./well-known.ts";
import { sendWhole } from "./whole-page.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
type Settings = Pick<ConsoleSettings, "consoleUrl" | "gatewayOrigin" | "trustedProxies"> & { dev: boolean };

const LIMITS = {
  /** Request line and headers together; more is 431. */
  maxHeaderSize: 16_384,
  /** A client that takes longer to send its headers, or all of a request, is 408. */
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  /** Longer than a balancer keeps its idle connections, so that it is the balancer who closes them. */
  keepAliveTimeout: 65_000,
  /** A request without one is refused like any other here, with the headers of every answer. */
  requireHostHeader: false,
  /** Of two Authorization headers Node would pass the first on as if it were the only one; together they are none. */
  joinDuplicateHeaders: true,
} as const;
/** A client that reads nothing of its answer for this long has gone. */
const SILENCE_MS = 120_000;
const MOST_CONNECTIONS = 10_000;

/**
 * Names that Next, next-auth or a proxy before them might believe. What they would say is known here: the console's
 * own address is CONSOLE_URL, whatever a request claims.
 */
const NOT_BELIEVED =
  /^(?:forwarded|x-forwarded-(?!for$).*|x-original-.*|x-rewrite-.*|x-middleware-.*|x-matched-path|x-invoke-.*|x-nextjs-data|x-vercel-.*|content-security-policy.*)$/;

/**
 * What next-auth remembers of where to return to. Nothing here goes by it, and next-auth answers 500 to a browser in
 * which it is no address.
 */
const UNUSED_COOKIE = /(?:^|;\s*)(?:__Host-)?next-auth\.callback-url=[^;]*/g;

/** Keeps what is personal out of every cache, also where Next has an opinion of its own. */
function neverCached(response: ServerResponse): void {
  const writeHead = response.writeHead;
  response.writeHead = function (this: ServerResponse, ...args: unknown[]) {
    if (!String(this.getHeader("cache-control")).includes("no-store"))
      this.setHeader("Cache-Control", "no-store");
    return writeHead.apply(this, args as Parameters<typeof writeHead>);
  } as typeof writeHead;
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  answer: EarlyAnswer,
  requestId: string,
): void {
  const data = kindOf(request.url ?? "") === "data";
  const body = data
    ? JSON.stringify(errorEnvelope(answer.code, answer.message, requestId, []))
    : `${answer.message}\n`;
  response.writeHead(answer.status, {
    ...answer.headers,
    "x-request-id": requestId,
    "content-type": data ? "application/json" : "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    // What follows on the connection may be the rest of what was refused.
    ...(answer.status === 307 ? {} : { connection: "close" }),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

/**
 * The console's server: what it refuses by itself, the headers of every answer, and what Next is told of a request.
 * Next takes the nonce for its own scripts from the policy that it finds among the request's headers.
 */
export function createConsoleServer(handle: Handler, settings: Settings): Server {
  const { consoleUrl, gatewayOrigin, trustedProxies, dev } = settings;
  const secure = consoleUrl.protocol === "https:";
  const headersFor = (path: string, nonce: string) =>
    answerHeaders({ path, nonce, gatewayOrigin, secure, dev });

  const server = createServer({ ...LIMITS }, (request, response) => {
    const { url = "/", headers } = request;
    const path = url.split("?", 1)[0] as string;
    const nonce = randomBytes(18).toString("base64");
    const safe = headersFor(path, nonce);
    for (const [name, value] of Object.entries(safe)) response.setHeader(name, value);
    const early = earlyAnswer(request, settings);
    if (early) return refuse(request, response, early, uuidv7());
    const known = wellKnown(path);
    if (known) {
      response.writeHead(known.status, known.headers).end(known.body);
      return;
    }
    if (kindOf(path) !== "asset") neverCached(response);
    // What a page that is open already fetches is a stream that it reads as it comes.
    if (kindOf(path) === "page" && headers.rsc === undefined) sendWhole(request, response);
    for (const name of Object.keys(headers)) if (NOT_BELIEVED.test(name)) delete headers[name];
    if (headers.cookie) headers.cookie = headers.cookie.replace(UNUSED_COOKIE, "");
    headers["content-security-policy"] = safe["Content-Security-Policy"] ?? "";
    headers["x-gatehouse-nonce"] = nonce;
    headers.host = consoleUrl.host;
    headers["x-forwarded-host"] = consoleUrl.host;
    headers["x-forwarded-proto"] = consoleUrl.protocol.slice(0, -1);
    // The one place that decides whose address a request has; throttling and the audit log rely on it.
    headers["x-forwarded-for"] = clientAddress(
      request.socket.remoteAddress ?? "",
      headers["x-forwarded-for"],
      trustedProxies,
    );
    // Pages do not know their own address; this is how signing in leads back to the one that was asked for.
    headers["x-gatehouse-address"] = url;
    handle(request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.setTimeout(SILENCE_MS);
  // Nobody here needs what else a client may expect; it is answered as if it had not said so.
  server.on("checkExpectation", (request, response) => server.emit("request", request, response));
  // Next listens too, for its development server: elsewhere no connection is ever anything but HTTP.
  if (!dev) {
    server.on("upgrade", (_, socket) =>
      brokenRequest({ code: "UPGRADE" }, socket as Socket, headersFor("/api", "")),
    );
  }
  server.on("clientError", (error: NodeJS.ErrnoException, socket) =>
    brokenRequest(error, socket as Socket, headersFor("/api", "")),
  );
  return server;
}
