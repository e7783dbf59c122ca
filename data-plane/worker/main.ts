import { readFileSync } from "node:fs";
import { SettingError } from "#data-plane/env.ts";
import { createFunctionsHost } from "#data-plane/functions-host/index.ts";
import { createLogger } from "#data-plane/gateway/logger.ts";
import { startNewOn } from "#data-plane/jobs/start-new.ts";
import { readWorkerSettings } from "./settings.ts";
import { createWorker, type Worker } from "./worker.ts";

/** What went wrong at the start, as one sentence that says what to do. */
function explain(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof SettingError) return message;
  if (code === "28P01" || code === "28000") {
    return "PostgreSQL refused the worker's role or password: check WORKER_DATABASE_URL.";
  }
  if (code === "3D000") return "The worker's database does not exist: check WORKER_DATABASE_URL.";
  if (code === "42P01" || code === "42501" || code === "3F000") {
    return "The database is not migrated, or the worker's role lacks its rights: run the migrations first.";
  }
  return `The worker cannot reach PostgreSQL (${message || code}): start it, or check WORKER_DATABASE_URL.`;
}

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

try {
  const settings = readWorkerSettings(process.env);
  const { logger, flush } = createLogger(settings.logLevel, "worker");
  let worker: Worker | null = null;
  const host = createFunctionsHost({
    directory: settings.functionsDirectory,
    maxThreads: settings.maxThreads,
    memoryLimitMb: settings.memoryLimitMb,
    network: settings.functionsNetwork,
    logger,
    onStartNew: (call) => {
      if (!worker) return Promise.reject(new Error("the worker is not ready"));
      return startNewOn(worker.pool)(call);
    },
  });
  worker = createWorker({
    connectionString: settings.databaseUrl,
    host,
    logger,
    concurrency: settings.concurrency,
    version,
    name: settings.instanceName,
    outbound: settings.outbound,
  });
  const running = worker;
  const stop = (signal: string) => {
    logger.info({ signal }, "worker stopping");
    running
      .stop()
      .then(() => host.close())
      .then(
        () => void flush().then(() => process.exit(0)),
        (error: unknown) => {
          logger.error({ err: error }, "worker did not stop cleanly");
          void flush().then(() => process.exit(1));
        },
      );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  await Promise.all([running.start(), host.ready]);
  process.stdout.write(`${JSON.stringify({ msg: "worker ready" })}\n`);
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}
