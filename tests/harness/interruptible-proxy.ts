import { once } from "node:events";
import net, { type AddressInfo } from "node:net";

export type InterruptibleProxy = {
  /** The given address, through the proxy. */
  url: string;
  /** Cuts every connection and refuses new ones, as a server that restarts does. */
  interrupt(): void;
  resume(): void;
  /** How many connections were refused. */
  refused(): number;
  close(): Promise<void>;
};

/** A TCP proxy in front of the server of `target`, for taking it away from one client and giving it back. */
export async function interruptibleProxy(target: string): Promise<InterruptibleProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<net.Socket>();
  let interrupted = false;
  let refused = 0;
  const track = (socket: net.Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  };
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server = net.createServer((client) => {
    if (interrupted) {
      refused++;
      client.destroy();
      return;
    }
    const upstream = net.connect(Number(port || 5_432), hostname);
    track(client);
    track(upstream);
    client.pipe(upstream).pipe(client);
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = new URL(target);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    interrupt() {
      interrupted = true;
      cut();
    },
    resume() {
      interrupted = false;
    },
    refused: () => refused,
    async close() {
      server.close();
      cut();
      await once(server, "close");
    },
  };
}
