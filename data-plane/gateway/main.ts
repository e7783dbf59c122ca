import { readFileSync } from "node:fs";
import { readGatewaySettings, SettingError } from "#data-plane/env.ts";
import { startGateway } from "./gateway.ts";
import { createLogger } from "./logger.ts";

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

try {
  const settings = readGatewaySettings(process.env);
  const { logger, requests, flush } = createLogger(settings.logLevel, "gateway");
  const gateway = await startGateway(settings, logger, requests, version);
  const stop = (signal: string) => {
    logger.info({ signal }, "gateway stopping");
    setTimeout(() => process.exit(1), settings.stopDelayMs + STOP_WITHIN_MS).unref();
    gateway.stop().then(
      () => {
        flush();
        process.exit(0);
      },
      (error: unknown) => {
        logger.error({ err: error }, "gateway did not stop cleanly");
        flush();
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  await gateway.ready;
  process.stdout.write(`${JSON.stringify({ msg: "gateway ready", address: gateway.address })}\n`);
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}
