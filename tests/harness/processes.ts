import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensureConsoleBuild } from "#scripts/build/build.ts";
import type { Plane } from "#scripts/database/roles.ts";
import { Child } from "#scripts/up/child.ts";
import { gatewayAddress, planeProcess } from "#scripts/up/planes.ts";
import { freePort } from "#scripts/up/settings.ts";
import type { TestDatabase } from "./database.ts";

/** The tests' own build, so that testing does not change what a running console serves. */
export const TEST_BUILD = ".data/next-test";

export type StartedProcess = {
  /** Where it answers; "" for the worker. */
  url: string;
  pid: number;
  /** The last lines that it printed. */
  output(): string;
  /** Asks it to stop, as a deployment does; resolves to whether it stopped by itself in time. */
  stop(): Promise<boolean>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
};

type Options = {
  environment?: Record<string, string>;
  dataDirectory?: string;
  /** For starts with a lot to load on a busy machine; 30 s otherwise. */
  readyTimeoutMs?: number;
};

/** A gateway on a free port against `database`, ready to answer. */
export function startGateway(database: TestDatabase, options: Options = {}): Promise<StartedProcess> {
  return start("gateway", database, 0, options);
}

/** A worker against `database`, ready to run jobs. */
export function startWorker(database: TestDatabase, options: Options = {}): Promise<StartedProcess> {
  return start("worker", database, 0, options);
}

/**
 * The console, built when its sources changed, on a free port against `database`. Its secret is new each time unless
 * the options give one; pass GATEWAY_URL in `environment` where pages show the gateway's address.
 */
export async function startConsole(
  database: TestDatabase,
  { host = "127.0.0.1", ...options }: Options & { host?: string } = {},
): Promise<StartedProcess> {
  await ensureConsoleBuild(TEST_BUILD, () => undefined);
  const port = await freePort();
  const url = `http://${host}:${port}`;
  const started = await start("console", database, port, {
    ...options,
    environment: {
      GATEHOUSE_SECRET: randomBytes(32).toString("base64url"),
      CONSOLE_URL: url,
      GATEWAY_URL: "http://127.0.0.1:9",
      NEXT_DIST_DIR: TEST_BUILD,
      ...options.environment,
    },
  });
  return { ...started, url };
}

async function start(
  plane: Plane,
  database: TestDatabase,
  port: number,
  options: Options,
): Promise<StartedProcess> {
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(path.join(tmpdir(), `gatehouse-${plane}-`)));
  const described = planeProcess(plane, {
    databaseUrl: database[`${plane}Url`],
    port,
    environment: { GATEHOUSE_DATA_DIR: dataDirectory, ...options.environment },
  });
  const { readyTimeoutMs = described.readyTimeoutMs } = options;
  const child = await Child.start({ ...described, readyTimeoutMs });
  const end = async <T>(how: () => Promise<T>): Promise<T> => {
    const result = await how();
    if (!options.dataDirectory) await rm(dataDirectory, { recursive: true, force: true });
    return result;
  };
  const urls: Record<Plane, () => string> = {
    console: () => `http://127.0.0.1:${port}`,
    gateway: () => gatewayAddress(child),
    worker: () => "",
  };
  return {
    url: urls[plane](),
    pid: child.pid,
    output: () => child.lines.join("\n"),
    stop: () => end(() => child.stop()),
    kill: () => end(() => child.kill()),
  };
}
