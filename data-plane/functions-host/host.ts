import { resolve } from "node:path";
import { CellEnded } from "./cell.ts";
import { type Cells, createCells } from "./cells.ts";
import { type FunctionFile, readFunctionFiles, versionOf, watchDirectory } from "./directory.ts";
import { handlerEnvironment } from "./environment.ts";
import {
  type CallTask,
  FunctionError,
  type FunctionsHost,
  type FunctionsHostOptions,
  type InspectTask,
  type InvocationContext,
  type OutputLine,
  type StartNewReply,
  type ThreadMessage,
} from "./types.ts";

/** A file whose top level never finishes must not keep the others from being found. */
const INSPECT_TIMEOUT_MS = 5_000;
/** Files are looked at one by one in one process; when one takes this long, a second process helps with the rest. */
const HELP_AFTER_MS = 1_000;

type Known = FunctionFile & { error: FunctionError | null };
type Invocation = { context: InvocationContext; onOutput: ((line: OutputLine) => void) | undefined };
type StartNewMessage = Extract<ThreadMessage, { kind: "start-new" }>;
/** The cells that run one edition of the code; an outdated one ends with its last call. */
type Edition = { cells: Cells; calls: number; outdated: boolean };

/**
 * Runs functions from a folder in worker threads, each in a process of its own, and follows the folder as it changes:
 * changed code runs in fresh ones, calls under way finish in the old. See FunctionsHostOptions for what it takes.
 */
export function createFunctionsHost(options: FunctionsHostOptions): FunctionsHost {
  const { directory, logger, onStartNew } = options;
  const listeners = new Set<(names: string[]) => void>();
  const invocations = new Map<number, Invocation>();
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
    const cells = createCells({
      max: options.maxThreads,
      directory: resolve(directory),
      memoryLimitMb: options.memoryLimitMb,
      network: options.network ?? "none",
      env: handlerEnvironment(process.env) as NodeJS.ProcessEnv,
      onLine({ level, text, function: name, requestId, invocation, at }) {
        logger[level]({ function: name, requestId, output: text }, "function output");
        if (invocation !== null) invocations.get(invocation)?.onOutput?.({ at, level, text });
      },
      onStartNew: startNew,
      onTrouble: (reason) => logger.error({ reason }, "a process for functions does not start"),
    });
    return { cells, calls: 0, outdated: false };
  }

  /** Ends an edition's cells once nothing runs in them. */
  function retire(old: Edition): void {
    old.outdated = true;
    if (old.calls > 0 || !editions.delete(old)) return;
    void old.cells.end();
    if (editions.size === 0) idle?.();
  }

  async function jobFor(asked: StartNewMessage): Promise<string> {
    const { invocation, function: name, instanceId, input, options: how } = asked;
    const { context } = invocations.get(invocation) ?? {};
    if (!context) throw new Error("the call that asked for this job has ended");
    if (!onStartNew) throw new Error("jobs cannot be started here");
    return (
      await onStartNew({
        function: name,
        instanceId,
        input,
        ...(how === undefined ? {} : { options: how }),
        context,
      })
    ).instanceId;
  }

  function startNew(asked: StartNewMessage, answer: (reply: StartNewReply) => void): void {
    const { call } = asked;
    jobFor(asked).then(
      (instanceId) => answer({ call, ok: true, instanceId }),
      (error: unknown) =>
        answer({ call, ok: false, message: error instanceof Error ? error.message : String(error) }),
    );
  }

  async function inspect(on: Cells, file: FunctionFile): Promise<Known | null> {
    const task: InspectTask = { kind: "inspect", path: file.path };
    try {
      const result = await on.run(task, AbortSignal.timeout(INSPECT_TIMEOUT_MS));
      if (result.ok) return result.json === "true" ? { ...file, error: null } : null;
      const { name, message, stack } = result.error;
      return { ...file, error: new FunctionError("threw", name, message, stack) };
    } catch (error) {
      return {
        ...file,
        error: new FunctionError("threw", "LoadError", `cannot be loaded: ${String(error)}`),
      };
    }
  }

  async function inspectAll(on: Cells, files: FunctionFile[]): Promise<Map<string, Known>> {
    const found: (Known | null)[] = [];
    let next = 0;
    const lane = async () => {
      for (let index = next++; index < files.length; index = next++) {
        found[index] = await inspect(on, files[index] as FunctionFile);
      }
    };
    const lanes = [lane()];
    const help = setTimeout(() => lanes.push(lane()), HELP_AFTER_MS);
    for (const each of lanes) await each;
    clearTimeout(help);
    return new Map(found.filter((file) => file !== null).map((file) => [file.name, file]));
  }

  async function scan(): Promise<void> {
    const [files, next] = await Promise.all([readFunctionFiles(directory), versionOf(directory)]);
    if (next === fingerprint || closed) return;
    const fresh = fingerprint === null ? edition : openEdition();
    editions.add(fresh);
    known = await inspectAll(fresh.cells, files);
    fingerprint = next;
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
    onOutput?: (line: OutputLine) => void,
  ): Promise<unknown> {
    if (fingerprint === null) await ready;
    const file = known.get(name);
    if (!file) throw new FunctionError("not_found", "FunctionNotFound", `There is no function '${name}'.`);
    if (file.error) throw file.error;
    const invocation = ++lastInvocation;
    invocations.set(invocation, { context, onOutput });
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
        timeoutMs,
      };
      const result = await used.cells.run(task, abort.signal);
      if (!result.ok) {
        throw new FunctionError(result.kind, result.error.name, result.error.message, result.error.stack);
      }
      return result.json === undefined ? undefined : JSON.parse(result.json);
    } catch (error) {
      if (error instanceof FunctionError) throw error;
      if (timedOut)
        throw new FunctionError("timeout", "TimeoutError", `${name} did not finish within ${timeoutMs} ms`);
      if (abort.signal.aborted) throw new FunctionError("aborted", "AbortError", `${name} was aborted`);
      const memory = error instanceof CellEnded && error.outOfMemory;
      throw new FunctionError(
        "crashed",
        memory ? "OutOfMemoryError" : "CrashError",
        memory
          ? `${name} used more than ${options.memoryLimitMb} MB`
          : `${name} ended its thread: ${(error as Error).message}`,
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
      await Promise.all(left.map((each) => each.cells.end()));
    },
  };
}
