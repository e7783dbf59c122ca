import { createServer, type IncomingMessage } from "node:http";
import next from "next";

const port = Number(process.env.CONSOLE_PORT ?? 3000);
const host = process.env.HOST ?? "127.0.0.1";
const trustedProxies = Number(process.env.TRUSTED_PROXIES ?? 0);

/**
 * The client's address: the socket's, or, behind that many trusted proxies, what the outermost of them wrote. Anything
 * further to the left was written by the client and is not believed.
 */
function clientAddress(request: IncomingMessage): string {
  const socket = request.socket.remoteAddress ?? "";
  if (trustedProxies === 0) return socket;
  const hops = String(request.headers["x-forwarded-for"] ?? "")
    .split(",")
    .map((hop) => hop.trim())
    .filter(Boolean);
  return hops.at(-trustedProxies) ?? socket;
}

const app = next({ dev: process.argv.includes("--dev"), dir: process.cwd(), hostname: host, port });
await app.prepare();
const handle = app.getRequestHandler();

const server = createServer((request, response) => {
  // The one place that decides whose address a request has; throttling and the audit log rely on it.
  request.headers["x-forwarded-for"] = clientAddress(request);
  handle(request, response).catch(() => {
    if (!response.headersSent) response.writeHead(500);
    response.end();
  });
});
server.requestTimeout = 30_000;
server.headersTimeout = 10_000;

server.on("error", (error: NodeJS.ErrnoException) => {
  const reason =
    error.code === "EADDRINUSE"
      ? `Port ${port} is taken: stop what uses it, or set CONSOLE_PORT to another one.`
      : `The console cannot listen on ${host}:${port} (${error.code}).`;
  console.error(reason);
  process.exit(1);
});
server.listen(port, host, () => {
  const address = server.address();
  const bound = typeof address === "object" && address ? address.port : port;
  console.log(JSON.stringify({ msg: "console ready", address: `http://${host}:${bound}` }));
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    // Keep-alive connections of browsers would hold the process for as long as their pages are open.
    setTimeout(() => server.closeAllConnections(), 2_000).unref();
  });
}
