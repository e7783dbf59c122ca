import cluster from "node:cluster";
import { readFileSync } from "node:fs";
import {
  type GatewaySettings,
  readGatewayProcesses,
  readGatewaySettings,
  SettingError,
} from "#data-plane/env.ts";
import { startGateway } from "./gateway.ts";
import { createLogger } from "./logger.ts";
import { type FromProcess, runProcesses, type ToProcess } from "./processes.ts";

/** A database that does not answer must not keep the process from ending. */
const STOP_WITHIN_MS = 30_000;

/** What went wrong at the start, as one sentence that says what to do. */
function explain(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof SettingError) return message;
  if (code === "EADDRINUSE") return "The gateway's port is taken: set GATEWAY_PORT to another, or 0 for any.";
  if (code === "EACCES")
    return "The gateway may not listen on this port: set GATEWAY_PORT to one above 1023.";
  if (code === "28P01" || code === "28000") {
    return "PostgreSQL refused the gateway's role or password: check GATEWAY_DATABASE_URL.";
  }
  if (code === "3D000") return "The gateway's database does not exist: check GATEWAY_DATABASE_URL.";
  if (code === "42P01" || code === "42501") {
    return "The database is not migrated, or the gateway's role lacks its rights: run the migrations first.";
  }
  return `The gateway could not start: ${message}`;
}

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** A gateway in this process. As one of several it speaks to the one that started it, and not for all of them. */
async function runHere(settings: GatewaySettings): Promise<void> {
  const { worker } = cluster;
  const say = (message: FromProcess) => process.send?.(message);
  const label = worker ? `gateway ${process.env.GATEWAY_PROCESS}` : "gateway";
  const { logger, requests, flush } = createLogger(settings.logLevel, label);
  const own = worker ? { ...settings, metrics: null, listenOnceLoaded: true } : settings;
  const gateway = await startGateway(own, logger, requests, version);
  const stop = (signal: string) => {
    if (!worker) logger.info({ signal }, "gateway stopping");
    setTimeout(() => process.exit(1), settings.stopDelayMs + STOP_WITHIN_MS).unref();
    gateway.stop().then(
      () => void flush().then(() => process.exit(0)),
      (error: unknown) => {
        logger.error({ err: error }, "gateway did not stop cleanly");
        void flush().then(() => process.exit(1));
      },
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  await gateway.ready;
  if (!worker) {
    process.stdout.write(`${JSON.stringify({ msg: "gateway ready", address: gateway.address })}\n`);
    return;
  }
  process.on("message", ({ id }: ToProcess) => {
    void gateway.metricsText().then((text) => say({ kind: "metrics", id, text }));
  });
  say({ kind: "ready", address: gateway.address });
}

async function runSeveral(processes: number, settings: GatewaySettings): Promise<void> {
  const { logger, flush } = createLogger(settings.logLevel, "gateway");
  const code = await runProcesses({
    processes,
    metrics: settings.metrics,
    log: (level, fields, message) => logger[level](fields, message),
    onReady: (address) =>
      process.stdout.write(`${JSON.stringify({ msg: "gateway ready", address, processes })}\n`),
  });
  await flush();
  process.exit(code);
}

try {
  const settings = readGatewaySettings(process.env);
  const processes = readGatewayProcesses(process.env);
  await (cluster.isPrimary && processes > 1 ? runSeveral(processes, settings) : runHere(settings));
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}
