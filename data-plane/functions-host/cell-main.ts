import { readFileSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { FRAME, lineReader } from "./frames.ts";
import type { CellSettings } from "./types.ts";

/*
 * The process of one cell. It runs nothing but the thread that handlers run in, one call at a time, and sees to it
 * that whatever becomes of that thread, the host hears of it. A process of its own, because V8 ends the whole process
 * when a thread asks for more memory in one piece than it may have, and because native code cannot be interrupted.
 */
const settings = JSON.parse(process.argv[2] as string) as CellSettings;
const HOST_FD = 3;
/** A thread that is in native code does not end; its process can. */
const END_WITHIN_MS = 1_000;
const WATCH_EVERY_MS = 50;
const MEGABYTE = 1_048_576;
/** What a process takes beside the handlers' heap and as much again for buffers: caches, code, young objects. */
const BESIDE_MB = 96;

const host = new Socket({ fd: HOST_FD, readable: true, writable: true });
const send = (frame: string) => host.write(`${frame}\n`);
const end = () => process.kill(process.pid, "SIGKILL");
host.setEncoding("utf8");
host.on("error", end).on("close", end);
// A terminal sends Ctrl-C to everybody; it is the host that decides when a cell ends.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
try {
  // Should the machine run out of memory, a cell goes before the gateway does.
  if (Number(readFileSync("/proc/self/oom_score_adj", "utf8")) < 500) {
    writeFileSync("/proc/self/oom_score_adj", "500");
  }
} catch {
  // only Linux has it
}

const ENDS = new Set<string>([FRAME.result, FRAME.unsettledResult, FRAME.lastResult, FRAME.ended]);

let port: MessagePort | null = null;
let worker: Worker | null = null;
let busy = false;
let ready = false;
/** The thread is being ended; what it still answers came too late, and no call may be sent to it. */
let stopping = false;
let baseline = 0;
let watching: NodeJS.Timeout | null = null;

function settle(): void {
  busy = false;
  if (watching) clearInterval(watching);
  watching = null;
}

function ended(code: string, message: string): void {
  if (!busy) return;
  settle();
  send(FRAME.ended + JSON.stringify({ code, message }));
}

function onFrame(frame: string): void {
  const kind = frame[0];
  if (stopping && (kind === FRAME.ready || ENDS.has(kind as string))) return;
  if (kind === FRAME.ready) {
    ready = true;
    baseline ||= process.memoryUsage.rss();
  }
  if (ENDS.has(kind as string)) settle();
  send(frame);
  if (kind === FRAME.lastResult) stopThread();
}

function startThread(): void {
  const channel = new MessageChannel();
  const thread = new Worker(settings.thread, {
    workerData: { network: settings.network },
    resourceLimits: { maxOldGenerationSizeMb: settings.memoryLimitMb },
    execArgv: settings.threadFlags,
    trackUnmanagedFds: true,
  });
  thread.postMessage(channel.port2, [channel.port2]);
  port = channel.port1;
  worker = thread;
  ready = false;
  stopping = false;
  channel.port1.on("message", onFrame);
  thread.on("error", (error: NodeJS.ErrnoException) => {
    const outOfMemory = error.code === "ERR_WORKER_OUT_OF_MEMORY";
    ended(outOfMemory ? "memory" : "crash", String(error?.message ?? error).slice(0, 4_096));
  });
  thread.on("exit", (code) => {
    if (!ready) process.exit(1); // it would not be better the next time
    // What it said last may still be on its way through the port.
    setImmediate(() => {
      channel.port1.close();
      ended("crash", `exit code ${code}`);
      startThread();
    });
  });
}

function stopThread(): void {
  settle();
  stopping = true;
  const force = setTimeout(end, END_WITHIN_MS);
  const thread = worker as Worker;
  thread.once("exit", () => clearTimeout(force));
  void thread.terminate();
}

/** Buffers and the like lie outside of the heap that V8 bounds. */
function watchMemory(): void {
  const most = baseline + (2 * settings.memoryLimitMb + BESIDE_MB) * MEGABYTE;
  watching = setInterval(() => {
    if (process.memoryUsage.rss() <= most) return;
    ended("memory", "buffers");
    host.end(end);
  }, WATCH_EVERY_MS);
}

const read = lineReader((frame) => {
  if (frame === FRAME.abort) {
    if (busy) stopThread();
    return;
  }
  if (frame[0] === FRAME.call) {
    busy = true;
    watchMemory();
  }
  port?.postMessage(frame);
});
host.on("data", (text) => {
  if (!read(String(text))) end();
});
startThread();
