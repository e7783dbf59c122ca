import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, type WriteStream } from "node:fs";
import { mkdir, rename, stat } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { StartFailure } from "../start-failure.ts";

const KEPT_LINES = 20;
const KEPT_MESSAGES = 50;
const LARGEST_LOG_BYTES = 10_000_000;

export type ChildOptions = {
  name: string;
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** Resolves once the process does its work. It may look at the lines printed so far, and ask over the network. */
  ready(child: Child): Promise<boolean>;
  readyTimeoutMs: number;
  /** How to ask it to stop, and how long it may take before it is ended. */
  stopSignal: NodeJS.Signals;
  stopTimeoutMs: number;
  /** The log file; undefined keeps only the last lines, in memory. */
  logFile?: string;
};

const running = new Set<Child>();
/** Whoever goes without having stopped its children, as a test that is told to end, asks them to stop on its way out. */
process.on("exit", () => {
  for (const child of running) child.signal();
});

/** One process of ours: started, waited for until it is ready, logged, stopped. */
export class Child {
  readonly options: ChildOptions;
  /** The last lines that it printed. */
  readonly lines: string[] = [];
  readonly #messages = new Map<string, Record<string, unknown>>();
  #process: ChildProcess | undefined;
  #exited: Promise<string> = Promise.resolve("");
  #log: WriteStream | undefined;

  private constructor(options: ChildOptions) {
    this.options = options;
  }

  /**
   * Starts the process and waits until it is ready.
   *
   * @throws StartFailure with its last lines when it ends or stays silent instead.
   */
  static async start(
    options: ChildOptions,
    onSpawn: (pid: number) => void | Promise<void> = () => undefined,
  ): Promise<Child> {
    const child = new Child(options);
    await child.#spawn();
    await onSpawn(child.pid);
    await child.#untilReady();
    return child;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  get running(): boolean {
    return (
      this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null
    );
  }

  /** Resolves when the process is gone, with how it went: "exit code 1", "signal SIGKILL". */
  get exited(): Promise<string> {
    return this.#exited;
  }

  /** The first JSON line with this `msg` that the process printed. */
  message(msg: string): Record<string, unknown> | undefined {
    return this.#messages.get(msg);
  }

  /** Asks the process to stop. */
  signal(): void {
    if (this.running) this.#process?.kill(this.options.stopSignal);
  }

  /** Asks the process to stop and waits; ends it when it takes too long. Gives whether it stopped by itself. */
  async stop(): Promise<boolean> {
    if (!this.running) return true;
    this.signal();
    let killed = false;
    const timer = setTimeout(() => {
      killed = true;
      this.#process?.kill("SIGKILL");
    }, this.options.stopTimeoutMs);
    await this.#exited;
    clearTimeout(timer);
    return !killed;
  }

  /** Ends the process at once, as a crash would. */
  async kill(): Promise<void> {
    if (this.running) this.#process?.kill("SIGKILL");
    await this.#exited;
  }

  async #spawn(): Promise<void> {
    const { command, args, env, cwd, uid, gid, logFile } = this.options;
    if (logFile) this.#log = await openLog(logFile);
    const child = spawn(command, args, {
      env,
      ...(cwd === undefined ? {} : { cwd }),
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
      stdio: ["ignore", "pipe", "pipe"],
      // Its own process group: Ctrl-C reaches only the one who knows the order in which to stop.
      detached: true,
    });
    this.#process = child;
    this.#exited = new Promise((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("close", (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
    });
    running.add(this);
    void this.#exited.then(() => {
      running.delete(this);
      this.#log?.end();
    });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => this.#keep(line));
    }
    if (!child.pid) throw new StartFailure(`The ${this.options.name} does not start: ${await this.#exited}.`);
  }

  #keep(line: string): void {
    this.lines.push(line);
    if (this.lines.length > KEPT_LINES) this.lines.shift();
    this.#noteMessage(line);
    this.#log?.write(`${new Date().toISOString()} ${line}\n`);
  }

  #noteMessage(line: string): void {
    // Only what is said at the start matters, and a busy process says a lot afterwards.
    if (this.#messages.size >= KEPT_MESSAGES || !line.startsWith("{")) return;
    try {
      const parsed = JSON.parse(line);
      if (typeof parsed.msg === "string" && !this.#messages.has(parsed.msg))
        this.#messages.set(parsed.msg, parsed);
    } catch {
      // not a log line of ours
    }
  }

  async #untilReady(): Promise<void> {
    const { name, ready, readyTimeoutMs, logFile } = this.options;
    const deadline = performance.now() + readyTimeoutMs;
    while (!(await ready(this))) {
      const late = performance.now() > deadline;
      if (this.running && !late) {
        await new Promise((resolve) => setTimeout(resolve, 25));
        continue;
      }
      const how = late
        ? `is not ready after ${readyTimeoutMs / 1000} s`
        : `ended at once (${await this.#exited})`;
      await this.kill();
      const where = logFile ? ` (whole log: ${logFile})` : "";
      throw new StartFailure(`The ${name} ${how}; its last lines${where}:\n  ${this.lines.join("\n  ")}`);
    }
  }
}

async function openLog(file: string): Promise<WriteStream> {
  await mkdir(path.dirname(file), { recursive: true });
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LARGEST_LOG_BYTES) await rename(file, `${file}.1`);
  return createWriteStream(file, { flags: "a", mode: 0o600 });
}

/** Whether `url` gives an answer below 500. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.status < 500;
  } catch {
    return false;
  }
}
