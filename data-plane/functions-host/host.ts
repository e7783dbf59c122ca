import { fileURLToPath } from "node:url";
import type { MessagePort } from "node:worker_threads";
import Piscina from "piscina";
import { type FunctionFile, readFunctionFiles, watchDirectory } from "./directory.ts";
import { handlerEnvironment } from "./environment.ts";
import {
  type CallResult,
  type CallTask,
  FunctionError,
  type FunctionsHost,
  type FunctionsHostOptions,
  type InspectResult,
  type InspectTask,
  type InvocationContext,
  type StartNewReply,
  type ThreadMessage,
} from "./types.ts";

const THREAD = fileURLToPath(new URL("./thread.ts", import.meta.url));
const IDLE_THREAD_MS = 60_000;
/** A file whose top level never finishes must not keep the others from being found. */
const INSPECT_TIMEOUT_MS = 5_000;

type Known = FunctionFile & { error: FunctionError | null };
type Pool = Piscina<CallTask | InspectTask, CallResult | InspectResult>;
/** The threads that run one edition of the code; an outdated one ends with its last call. */
type Edition = { pool: Pool; calls: number; outdated: boolean };

/**
 * Runs functions from a folder in worker threads and follows the folder as it changes: changed code runs in fresh
 * threads, calls under way finish in the old ones. See FunctionsHostOptions for what it takes.
 */
export function createFunctionsHost(options: FunctionsHostOptions): FunctionsHost {
  const { directory, logger, onStartNew } = options;
  const listeners = new Set<(names: string[]) => void>();
  const invocations = new Map<number, InvocationContext>();
  let known = new Map<string, Known>();
  let fingerprint: string | null = null;
  let lastInvocation = 0;
  let scanning: Promise<void> | null = null;
  let scanAgain = false;
  let closed = false;
  let idle: (() => void) | null = null;
  let edition = openEdition();
  const editions = new Set([edition]);

  function openEdition(): Edition {
    const pool: Pool = new Piscina({
      filename: THREAD,
      minThreads: 1,
      maxThreads: options.maxThreads,
      idleTimeout: IDLE_THREAD_MS,
      concurrentTasksPerWorker: 1,
      // The faster modes stop a thread's event loop between calls, and with it what a handler left open.
      atomics: "disabled",
      env: handlerEnvironment(process.env),
      resourceLimits: { maxOldGenerationSizeMb: options.memoryLimitMb },
      stricterFIFO: true,
    });
    pool.on("error", (error: Error) => logger.error({ err: error }, "a function thread ended"));
    pool.on("message", (message: { kind?: string; port?: MessagePort }) => {
      if (message?.kind === "channel" && message.port) serve(message.port);
    });
    return { pool, calls: 0, outdated: false };
  }

  /** Ends an edition's threads once nothing runs in them. Piscina's own close() can cut off calls under way. */
  function retire(old: Edition): void {
    old.outdated = true;
    if (old.calls > 0 || !editions.delete(old)) return;
    void old.pool.destroy();
    if (editions.size === 0) idle?.();
  }

  function serve(port: MessagePort): void {
    port.on("message", (message: ThreadMessage) => {
      if (message.kind === "console") {
        const { level, text, function: name, requestId } = message;
        logger[level]({ function: name, requestId, output: text }, "function output");
        return;
      }
      const context = invocations.get(message.invocation);
      const reply = (answer: StartNewReply) => port.postMessage(answer);
      const refuse = (text: string) => reply({ call: message.call, ok: false, message: text });
      if (!context) return refuse("the call that asked for this job has ended");
      if (!onStartNew) return refuse("jobs cannot be started here");
      onStartNew({
        function: message.function,
        instanceId: message.instanceId,
        input: message.input,
        context,
      }).then(
        ({ instanceId }) => reply({ call: message.call, ok: true, instanceId }),
        (error: unknown) => refuse(error instanceof Error ? error.message : String(error)),
      );
    });
    port.unref();
  }

  async function inspect(on: Pool, file: FunctionFile): Promise<Known | null> {
    const task: InspectTask = { kind: "inspect", path: file.path };
    try {
      const result = (await on.run(task, {
        signal: AbortSignal.timeout(INSPECT_TIMEOUT_MS),
      })) as InspectResult;
      if (result.ok) return result.hasHandler ? { ...file, error: null } : null;
      const { name, message, stack } = result.error;
      return { ...file, error: new FunctionError("threw", name, message, stack) };
    } catch (error) {
      return {
        ...file,
        error: new FunctionError("threw", "LoadError", `cannot be loaded: ${String(error)}`),
      };
    }
  }

  async function scan(): Promise<void> {
    const files = await readFunctionFiles(directory);
    const next = files.map((file) => file.version).join("\n");
    if (next === fingerprint || closed) return;
    const fresh = fingerprint === null ? edition : openEdition();
    editions.add(fresh);
    const inspected = await Promise.all(files.map((file) => inspect(fresh.pool, file)));
    fingerprint = next;
    known = new Map(inspected.filter((file) => file !== null).map((file) => [file.name, file]));
    if (fresh !== edition) {
      const old = edition;
      edition = fresh;
      retire(old);
    }
    for (const file of known.values()) {
      if (file.error) logger.error({ function: file.name, err: file.error }, "function cannot be loaded");
    }
    for (const listener of listeners) listener(names());
  }

  /** One scan at a time; a change during a scan asks for another. */
  function rescan(): Promise<void> {
    if (closed) return Promise.resolve();
    if (scanning) {
      scanAgain = true;
      return scanning;
    }
    scanning = scan()
      .catch((error: unknown) => logger.error({ err: error }, "reading the functions folder failed"))
      .finally(() => {
        scanning = null;
        if (scanAgain) {
          scanAgain = false;
          void rescan();
        }
      });
    return scanning;
  }

  const names = () => [...known.values()].filter((file) => !file.error).map((file) => file.name);
  const watcher = watchDirectory(directory, () => void rescan());
  const ready = rescan();

  async function run(
    name: string,
    event: unknown,
    context: InvocationContext,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<unknown> {
    if (fingerprint === null) await ready;
    const file = known.get(name);
    if (!file) throw new FunctionError("not_found", "FunctionNotFound", `There is no function '${name}'.`);
    if (file.error) throw file.error;
    const invocation = ++lastInvocation;
    invocations.set(invocation, context);
    const abort = new AbortController();
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      abort.abort();
    }, timeoutMs);
    const giveUp = () => abort.abort();
    if (signal?.aborted) abort.abort();
    signal?.addEventListener("abort", giveUp, { once: true });
    const used = edition;
    used.calls++;
    try {
      const task: CallTask = {
        kind: "call",
        invocation,
        path: file.path,
        function: name,
        event,
        context,
        deadline: Date.now() + timeoutMs,
      };
      const result = (await used.pool.run(task, { signal: abort.signal })) as CallResult;
      if (!result.ok) {
        throw new FunctionError(result.kind, result.error.name, result.error.message, result.error.stack);
      }
      return result.json === undefined ? undefined : JSON.parse(result.json);
    } catch (error) {
      if (error instanceof FunctionError) throw error;
      if (timedOut)
        throw new FunctionError("timeout", "TimeoutError", `${name} did not finish within ${timeoutMs} ms`);
      if (abort.signal.aborted) throw new FunctionError("aborted", "AbortError", `${name} was aborted`);
      const { code, message } = error as NodeJS.ErrnoException;
      const memory = code === "ERR_WORKER_OUT_OF_MEMORY";
      throw new FunctionError(
        "crashed",
        memory ? "OutOfMemoryError" : "CrashError",
        memory
          ? `${name} used more than ${options.memoryLimitMb} MB`
          : `${name} ended its thread: ${message}`,
        (error as Error).stack,
      );
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
      invocations.delete(invocation);
      used.calls--;
      if (used.outdated) retire(used);
    }
  }

  return {
    run,
    ready,
    names,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close(graceMs = 0) {
      closed = true;
      watcher.close();
      await scanning;
      const finished = new Promise<void>((resolve) => {
        idle = resolve;
      });
      const left = [...editions];
      for (const each of left) retire(each);
      let timer: NodeJS.Timeout | undefined;
      const grace = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, graceMs);
      });
      await (editions.size === 0 ? null : Promise.race([finished, grace]));
      clearTimeout(timer);
      await Promise.all(left.map((each) => each.pool.destroy()));
    },
  };
}
