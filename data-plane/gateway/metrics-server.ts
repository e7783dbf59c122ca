import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, isIPv6 } from "node:net";
import type { Metrics } from "./metrics.ts";

/**
 * Serves `/metrics` on a listener of its own: what it says of the installation is not for those who call its APIs.
 * Rejects when the port cannot be had.
 */
export async function serveMetrics(where: { host: string; port: number }, metrics: Pick<Metrics, "text">) {
  const server = createServer({ requestTimeout: 10_000 }, (req, res) => {
    if (req.url !== "/metrics" || (req.method !== "GET" && req.method !== "HEAD")) {
      res.writeHead(404, { "Content-Type": "text/plain" }).end("The metrics are at /metrics.\n");
      return;
    }
    metrics.text().then(
      (text) => res.writeHead(200, { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" }).end(text),
      () => res.writeHead(500).end(),
    );
  });
  server.listen(where.port, where.host);
  await once(server, "listening");
  const { address, port } = server.address() as AddressInfo;
  return {
    address: `http://${isIPv6(address) ? `[${address}]` : address}:${port}`,
    async close(): Promise<void> {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
