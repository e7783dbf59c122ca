/** What a step of a pipeline is told beside its input, which is the result of the step before it. */
export type PipelineContext = {
  /** From 1. */
  step: number;
  steps: readonly string[];
  /** What was enqueued: the first step's input. */
  input: unknown;
  /** What the steps before this one returned, in order. */
  results: readonly unknown[];
};

/** What a handler may know about the call it is answering; handed over as its second argument. */
export type InvocationContext = {
  requestId: string;
  tenantId: string;
  tenant: string;
  routeId?: string | null;
  revision?: number | null;
  apiKeyId?: string | null;
  /** Only when a worker runs the function as a job. */
  jobId?: string;
  attempt?: number;
  maxAttempts?: number;
  /** Only when the job is a pipeline. */
  pipeline?: PipelineContext;
};

/**
 * How a call failed. `not_found`: no such function. `threw`: it threw, rejected or could not be loaded. `timeout`:
 * its time was up. `crashed`: its thread or process ended (out of memory, process.exit, an error nobody caught).
 * `bad_result`: what it returned is not JSON. `aborted`: the caller gave up through its signal.
 */
export type FunctionErrorKind = "not_found" | "threw" | "timeout" | "crashed" | "bad_result" | "aborted";

/** A failed call. `name`, `message` and `stack` are the handler's own where it threw. */
export class FunctionError extends Error {
  readonly kind: FunctionErrorKind;

  constructor(kind: FunctionErrorKind, name: string, message: string, stack?: string) {
    super(message);
    this.kind = kind;
    this.name = name;
    this.stack = stack ?? `${name}: ${message}`;
  }
}

/** A job that a handler asks for through `durable.startNew`; `context` is that of the call that asked. */
export type StartNewCall = {
  function: string;
  instanceId: string | null;
  input: unknown;
  /** As the handler gave them; whoever serves the call checks them. */
  options?: unknown;
  context: InvocationContext;
};
export type StartNew = (call: StartNewCall) => Promise<{ instanceId: string }>;

/** The part of a pino logger that is used here. */
export type HostLogger = Record<
  "debug" | "info" | "warn" | "error",
  (fields: object, message: string) => void
>;

export type FunctionsHostOptions = {
  /** Folder of NAME.mjs, NAME.js or NAME.ts files; it may come into being later. */
  directory: string;
  /** Calls that run at the same time; more wait in line, and the wait counts towards their timeout. */
  maxThreads: number;
  /** Heap of one call. With buffers and the like it may take about twice as much. */
  memoryLimitMb: number;
  /** Where handlers may open connections; nowhere unless it says so. */
  network?: FunctionsNetwork;
  logger: HostLogger;
  /** Serves `durable.startNew`; without it the call rejects. */
  onStartNew?: StartNew;
};

/** A line that a call has printed; `at` in milliseconds since 1970. */
export type OutputLine = { at: number; level: "debug" | "info" | "warn" | "error"; text: string };

export type FunctionsHost = {
  /**
   * Calls the handler with plain data and resolves to what it returned (JSON values only; undefined when it
   * returned nothing). Throws FunctionError and nothing else. A call whose `timeoutMs` are over is ended, even in
   * the middle of a busy loop. `onOutput` gets what the call prints, each line before the call settles.
   */
  run(
    name: string,
    event: unknown,
    context: InvocationContext,
    timeoutMs: number,
    signal?: AbortSignal,
    onOutput?: (line: OutputLine) => void,
  ): Promise<unknown>;
  /** Resolves when the folder has been read for the first time; `run` waits for it by itself. */
  ready: Promise<void>;
  /** The functions that can be called now, in order. */
  names(): string[];
  /** Called with the names whenever they, or the code behind them, changed. Returns the unsubscriber. */
  onChange(listener: (names: string[]) => void): () => void;
  /** Lets running calls finish for up to `graceMs` (default 0), then ends them. */
  close(graceMs?: number): Promise<void>;
};

/** Where handlers may open connections: nowhere, to public addresses only, or everywhere. */
export type FunctionsNetwork = "none" | "public" | "all";

/** What the process of a cell is started with. */
export type CellSettings = {
  /** The file that its thread runs. */
  thread: string;
  threadFlags: string[];
  memoryLimitMb: number;
  network: FunctionsNetwork;
};

/** Between the host and the thread that runs handlers. */
export type CallTask = {
  kind: "call";
  invocation: number;
  path: string;
  function: string;
  event: unknown;
  context: InvocationContext;
  timeoutMs: number;
};
export type InspectTask = { kind: "inspect"; path: string };
export type Task = CallTask | InspectTask;
export type ThrownError = { name: string; message: string; stack: string };
/** Of a call, its result as JSON text, undefined when there is none; of an inspection, "true" or "false". */
export type CallResult =
  | { ok: true; json?: string }
  | { ok: false; kind: "threw" | "bad_result"; error: ThrownError };
export type ThreadMessage =
  | {
      kind: "start-new";
      call: number;
      invocation: number;
      function: string;
      instanceId: string | null;
      input: unknown;
      options?: unknown;
    }
  | {
      kind: "console";
      /** Of the call that wrote it; the line may arrive after that call's own answer. */
      requestId: string | null;
      /** Null for what no call has printed. */
      invocation: number | null;
      /** In milliseconds since 1970. */
      at: number;
      function: string;
      level: "debug" | "info" | "warn" | "error";
      text: string;
    };
export type StartNewReply =
  | { call: number; ok: true; instanceId: string }
  | { call: number; ok: false; message: string };
