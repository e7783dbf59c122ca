import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { type CellCode, cellCode } from "./cell-code.ts";
import { FRAME, lineReader } from "./frames.ts";
import type { CallResult, CellSettings, Task, ThreadMessage } from "./types.ts";

/** What the thread itself is made of. */
const OURS = [".", "../../lib/contract", "../../node_modules", "../../package.json"];
/** A call's raw output beyond this is read and left out. */
const BEGIN_WITHIN_MS = 500;
const RAW_LINES = 200;
const RAW_LINE_LENGTH = 4_096;
const FATAL = /<--- Last few GCs|FATAL ERROR/;
const OUT_OF_MEMORY = /out of memory|heap limit|Allocation failed|invalid (?:table|array|string) /i;

/** The thread, or the whole cell, ended before the call did. */
export class CellEnded extends Error {
  readonly outOfMemory: boolean;
  constructor(message: string, outOfMemory: boolean) {
    super(message);
    this.outOfMemory = outOfMemory;
  }
}

/** What an earlier call left behind keeps the cell busy: the task has not been begun, and can be run elsewhere. */
export class NotBegun extends Error {}

export type CellOptions = {
  directory: string;
  memoryLimitMb: number;
  network: CellSettings["network"];
  env: NodeJS.ProcessEnv;
  onLine(line: Extract<ThreadMessage, { kind: "console" }>): void;
  onStartNew(call: Extract<ThreadMessage, { kind: "start-new" }>, reply: (answer: object) => void): void;
  /** The cell can take a call. */
  onFree(cell: Cell): void;
  /** `trouble` is what it said when it ended before it was ever free. */
  onGone(cell: Cell, trouble: string | null): void;
};

export type Cell = {
  /**
   * Runs one task; only while the cell is free. Rejects with CellEnded, NotBegun, or an AbortError once `signal` says
   * so.
   */
  run(task: Task, signal: AbortSignal): Promise<CallResult>;
  end(): Promise<void>;
};

/** What a thread may do: read the handlers and what they import, and nothing else that touches files or processes. */
function threadFlags(directory: string, code: CellCode, network: CellSettings["network"]): string[] {
  const readable = new Set<string>();
  const add = (path: string) => {
    for (const each of existsSync(path) ? [path, realpathSync(path)] : [path]) {
      readable.add(each).add(join(each, "*"));
    }
  };
  add(directory);
  if (code.directory) add(code.directory);
  for (const path of OURS) add(fileURLToPath(new URL(path, import.meta.url)));
  // Packages that handlers import, found as Node.js finds them.
  for (let folder = directory; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "node_modules"))) add(join(folder, "node_modules"));
    readable.add(join(folder, "package.json"));
    if (folder === dirname(folder)) break;
  }
  const flags = ["--permission", ...[...readable].map((path) => `--allow-fs-read=${path}`)];
  if (network !== "none" && process.allowedNodeEnvironmentFlags.has("--allow-net")) flags.push("--allow-net");
  return flags;
}

/** Starts a cell: a process of its own with one thread that handlers run in, one call at a time. */
export function startCell(options: CellOptions): Cell {
  const { directory, memoryLimitMb, network, env } = options;
  const code = cellCode();
  const settings: CellSettings = {
    thread: code.thread,
    memoryLimitMb,
    network,
    threadFlags: threadFlags(directory, code, network),
  };
  const child: ChildProcess = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", code.main, JSON.stringify(settings)],
    { env, stdio: ["ignore", "pipe", "pipe", "pipe"], windowsHide: true },
  );
  const channel = child.stdio[3] as unknown as Duplex;
  let current: { task: Task; resolve(result: CallResult): void; reject(error: Error): void } | null = null;
  let everReady = false;
  let gone = false;
  let rawLines = 0;
  let tail = "";
  let fatal = false;
  /** Something of an earlier call goes on in the thread; it has to say that it begins with the next. */
  let unsettled = false;
  let beginning: NodeJS.Timeout | undefined;

  const send = (kind: string, value: object) => void channel.write(`${kind}${JSON.stringify(value)}\n`);
  function settle(): typeof current {
    clearTimeout(beginning);
    const settled = current;
    current = null;
    return settled;
  }

  function take(frame: string): void {
    const value = frame.length > 1 ? JSON.parse(frame.slice(1)) : null;
    switch (frame[0]) {
      case FRAME.ready:
        everReady = true;
        unsettled = false;
        options.onFree(self);
        break;
      case FRAME.result:
      case FRAME.unsettledResult:
        unsettled = frame[0] === FRAME.unsettledResult;
        settle()?.resolve(value);
        options.onFree(self);
        break;
      case FRAME.begun:
        clearTimeout(beginning);
        break;
      case FRAME.lastResult:
        settle()?.resolve(value);
        break;
      case FRAME.ended:
        settle()?.reject(new CellEnded(value.message, value.code === "memory"));
        break;
      case FRAME.line:
        options.onLine(value);
        break;
      case FRAME.startNew:
        options.onStartNew(value, (answer) => send(FRAME.reply, answer));
    }
  }

  /** What native code and the runtime itself print, for the request that is under way. */
  function raw(level: "info" | "error"): (text: string) => boolean {
    return lineReader((text) => {
      if (text.trim() === "" || fatal) return;
      fatal = FATAL.test(text);
      if (fatal || rawLines++ >= RAW_LINES) return;
      const task = current?.task.kind === "call" ? current.task : null;
      const cut = text.slice(0, RAW_LINE_LENGTH);
      options.onLine({
        kind: "console",
        requestId: task?.context.requestId ?? null,
        invocation: task?.invocation ?? null,
        at: Date.now(),
        function: task?.function ?? "",
        level,
        text: cut,
      });
    });
  }

  const kill = () => void child.kill("SIGKILL");
  const read = lineReader((frame) => {
    try {
      take(frame);
    } catch {
      kill(); // a handler wrote into the channel of its own cell
    }
  });
  channel.setEncoding("utf8");
  channel.on("data", (text) => {
    if (!read(text)) kill();
  });
  channel.on("error", () => {}); // the process is gone, and its exit says so
  for (const [stream, level] of [
    [child.stdout, "info"],
    [child.stderr, "error"],
  ] as const) {
    const lines = raw(level);
    stream?.setEncoding("utf8");
    stream?.on("data", (text: string) => {
      if (level === "error") tail = (tail + text).slice(-2_000);
      lines(text);
    });
  }
  const closed = new Promise<void>((resolve) => {
    const finish = (how: string) => {
      if (gone) return;
      gone = true;
      settle()?.reject(new CellEnded(how, OUT_OF_MEMORY.test(tail)));
      options.onGone(self, everReady ? null : `${how}: ${tail.trim()}`);
      resolve();
    };
    child.on("error", (error) => finish(error.message));
    child.on("close", (code, signal) => finish(signal ?? `exit code ${code}`));
  });

  const self: Cell = {
    run(task, signal) {
      return new Promise<CallResult>((resolve, reject) => {
        rawLines = 0;
        fatal = false;
        const onAbort = () => {
          if (current !== mine) return;
          settle();
          channel.write(`${FRAME.abort}\n`);
          reject(new DOMException("aborted", "AbortError"));
        };
        const done = () => signal.removeEventListener("abort", onAbort);
        const mine = {
          task,
          resolve(result: CallResult) {
            done();
            resolve(result);
          },
          reject(error: Error) {
            done();
            reject(error);
          },
        };
        current = mine;
        signal.addEventListener("abort", onAbort, { once: true });
        send(FRAME.call, task);
        if (!unsettled) return;
        beginning = setTimeout(() => {
          settle()?.reject(new NotBegun());
          kill();
        }, BEGIN_WITHIN_MS);
      });
    },
    end() {
      kill();
      return closed;
    },
  };
  return self;
}
