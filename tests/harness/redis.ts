import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import net, { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { findRedis } from "#scripts/testing/redis.ts";
import { freePort } from "#scripts/up/settings.ts";

/** Why tests with a Redis are left out; false when they are not. */
export const NO_REDIS =
  findRedis() === undefined &&
  "no valkey-server or redis-server is installed (Debian: apt-get install redis-server)";

/** A Redis of one test, that keeps nothing on disk. It can be killed, and started again at the same port, empty. */
export async function startRedis(options: { password?: string } = {}) {
  const binary = findRedis() as string;
  const directory = await mkdtemp(path.join(tmpdir(), "gatehouse-redis-"));
  const port = await freePort();
  const settings = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--save",
    "",
    "--appendonly",
    "no",
    "--dir",
    directory,
  ];
  if (options.password) settings.push("--requirepass", options.password);
  let child = spawn(binary, settings, { stdio: "ignore" });

  async function untilUp(): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const socket = net.connect(port, "127.0.0.1");
      const up = await new Promise<boolean>((resolve) =>
        socket.once("connect", () => resolve(true)).once("error", () => resolve(false)),
      );
      socket.destroy();
      if (up) return;
      if (attempt > 200) throw new Error("Redis does not start");
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }
  await untilUp();
  const credentials = options.password ? `:${options.password}@` : "";
  return {
    url: `redis://${credentials}127.0.0.1:${port}`,
    kill,
    async start(): Promise<void> {
      child = spawn(binary, settings, { stdio: "ignore" });
      await untilUp();
    },
    async close(): Promise<void> {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A way to a server that can stall: connections stay open and nothing passes until it goes on. */
export async function stallableProxy(target: string) {
  const { hostname, port, href } = new URL(target);
  const sockets = new Set<net.Socket>();
  let stalled = false;
  const server = net.createServer((from) => {
    const to = net.connect(Number(port), hostname);
    for (const socket of [from, to]) {
      sockets.add(socket);
      if (stalled) socket.pause();
      socket
        .on("error", () => undefined)
        .on("close", () => {
          sockets.delete(socket);
          from.destroy();
          to.destroy();
        });
    }
    from.on("data", (part) => to.write(part));
    to.on("data", (part) => from.write(part));
    if (stalled) for (const socket of [from, to]) socket.pause();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = new URL(href);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    stall(): void {
      stalled = true;
      for (const socket of sockets) socket.pause();
    },
    goOn(): void {
      stalled = false;
      for (const socket of sockets) socket.resume();
    },
    async close(): Promise<void> {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close").catch(() => undefined);
    },
  };
}
