import cluster, { type Worker } from "node:cluster";
import { hostname } from "node:os";
import { mergeMetrics } from "./merge-metrics.ts";
import { serveMetrics } from "./metrics-server.ts";

const FIRST_RESTART_MS = 100;
const MAX_RESTART_MS = 10_000;
/** A process that ran for this long did not fail because of how it starts. */
const SETTLED_MS = 60_000;
const METRICS_WITHIN_MS = 2_000;
const NEW_LINE = 0x0a;

export type FromProcess = { kind: "ready"; address: string } | { kind: "metrics"; id: number; text: string };
export type ToProcess = { kind: "metrics"; id: number };

type Place = {
  number: number;
  worker: Worker | null;
  failures: number;
  startedAt: number;
  address: string | null;
  retry: NodeJS.Timeout | null;
};

/** Hands on whole lines only: those of several processes must not run into each other. */
function forwardLines(from: NodeJS.ReadableStream | null, to: NodeJS.WritableStream): void {
  let rest: Buffer[] = [];
  from?.on("data", (part: Buffer) => {
    const end = part.lastIndexOf(NEW_LINE) + 1;
    if (end === 0) return void rest.push(part);
    to.write(Buffer.concat([...rest, part.subarray(0, end)]));
    rest = end < part.length ? [Buffer.from(part.subarray(end))] : [];
  });
  from?.on("end", () => {
    if (rest.length > 0) to.write(Buffer.concat([...rest, Buffer.from("\n")]));
  });
}

type Options = {
  processes: number;
  metrics: { host: string; port: number } | null;
  log: (level: "info" | "warn" | "error", fields: object, message: string) => void;
  /** All of them serve: called once. */
  onReady: (address: string, metricsAddress: string | null) => void;
};

/**
 * One gateway of several processes that share its port. Each is an instance of its own to the database and the console:
 * it follows changes, acknowledges and reports for itself, so that "live on n of n" means every process. One that ends is
 * started again while the others go on. Resolves to the exit code.
 */
export async function runProcesses({ processes, metrics, log, onReady }: Options): Promise<number> {
  const name = process.env.INSTANCE_NAME?.trim() || `${hostname()}:${process.pid}`;
  const done = Promise.withResolvers<number>();
  const asked = new Map<number, (text: string) => void>();
  let asks = 0;
  let stopping = false;
  let everReady = false;
  let exitCode = 0;
  const places: Place[] = Array.from({ length: processes }, (_, index) => ({
    number: index + 1,
    worker: null,
    failures: 0,
    startedAt: 0,
    address: null,
    retry: null,
  }));
  // Each takes connections from the shared socket itself. Handed out one by one instead, one that is on its way to a
  // process that dies would hang for ever, and those behind a process that stops would be cut off.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.setupPrimary({ silent: true });

  async function metricsOf({ worker }: Place): Promise<string> {
    if (!worker?.isConnected()) return "";
    const id = ++asks;
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(""), METRICS_WITHIN_MS);
      const settle = (text: string) => {
        clearTimeout(timer);
        asked.delete(id);
        resolve(text);
      };
      asked.set(id, settle);
      worker.send({ kind: "metrics", id } satisfies ToProcess, (error) => error && settle(""));
    });
  }
  const text = async () =>
    mergeMetrics(
      new Map(
        await Promise.all(
          places.map(async (place) => [String(place.number), await metricsOf(place)] as const),
        ),
      ),
    );
  const metricsServer = metrics ? await serveMetrics(metrics, { text }) : null;

  function begin(place: Place): void {
    place.retry = null;
    place.startedAt = performance.now();
    place.address = null;
    const worker = cluster.fork({
      GATEWAY_PROCESS: String(place.number),
      INSTANCE_NAME: `${name.slice(0, 100)} #${place.number}`,
    });
    place.worker = worker;
    forwardLines(worker.process.stdout, process.stdout);
    forwardLines(worker.process.stderr, process.stderr);
    worker.on("message", (message: FromProcess) => {
      if (message.kind === "metrics") return asked.get(message.id)?.(message.text);
      place.address = message.address;
      if (everReady || places.some(({ address }) => address === null)) return;
      everReady = true;
      onReady(message.address, metricsServer?.address ?? null);
    });
    // Not "exit": its last words come before "close".
    worker.process.once("close", (code, signal) => ended(place, code, signal));
  }

  function ended(place: Place, code: number | null, signal: string | null): void {
    place.worker = null;
    place.address = null;
    if (stopping || !everReady) {
      if (code !== 0) exitCode = code ?? 1;
      // What keeps one from starting keeps all from it: better to say so and end than to try for ever.
      if (!stopping) stop("SIGTERM");
      if (places.every(({ worker }) => worker === null)) void finish();
      return;
    }
    place.failures = performance.now() - place.startedAt > SETTLED_MS ? 0 : place.failures + 1;
    const inMs = Math.min(MAX_RESTART_MS, FIRST_RESTART_MS * 2 ** place.failures);
    log(
      "error",
      { of: place.number, code, signal, restartInMs: inMs },
      "a gateway process ended, the others go on",
    );
    place.retry = setTimeout(begin, inMs, place);
  }

  async function finish(): Promise<void> {
    await metricsServer?.close();
    done.resolve(exitCode);
  }

  function stop(signal: NodeJS.Signals): void {
    if (stopping) return;
    stopping = true;
    log("info", { signal }, "gateway stopping");
    for (const { worker, retry } of places) {
      if (retry) clearTimeout(retry);
      worker?.process.kill("SIGTERM");
    }
    if (places.every(({ worker }) => worker === null)) void finish();
  }
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  for (const place of places) begin(place);
  return done.promise;
}
