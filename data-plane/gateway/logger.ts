import pino from "pino";
import { pathForLog } from "./hide-secrets.ts";
import { createRequestLog, type RequestLog } from "./request-log.ts";

export type GatewayLogger = Record<
  "debug" | "info" | "warn" | "error",
  (fields: object, message: string) => void
>;

/** What cannot be written in this time before the end, in milliseconds, is lost. */
const LAST_WORDS_MS = 1_000;

/** JSON lines on standard output, written in the background; await `flush` before the process ends. */
export function createLogger(level: string, name: string) {
  // In bytes, as the lines of requests come: turning them into text and back is a good part of what they cost.
  const destination = pino.destination({ dest: 1, sync: false, minLength: 4_096, contentMode: "buffer" });
  const write = (lines: Buffer): void => void destination.write(lines as unknown as string);
  const logger = pino(
    {
      level,
      base: { process: name },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: pino.stdSerializers.err, path: pathForLog },
    },
    { write: (line) => write(Buffer.from(line)) },
  );
  const timer = setInterval(() => destination.flush(), 250);
  timer.unref();
  /** The line of each request; null when the level leaves them out. */
  const requests: RequestLog | null = logger.isLevelEnabled("info") ? createRequestLog(name, write) : null;
  return {
    logger,
    requests,
    flush(): Promise<void> {
      clearInterval(timer);
      requests?.flush();
      // Not flushSync, which would try for ever to write to a pipe that nobody reads any more.
      return new Promise((resolve) => {
        const late = setTimeout(resolve, LAST_WORDS_MS);
        destination.flush(() => {
          clearTimeout(late);
          resolve();
        });
      });
    },
  };
}
