import { AsyncLocalStorage } from "node:async_hooks";
import { Console } from "node:console";
import { Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { format } from "node:util";
import { MessageChannel, parentPort } from "node:worker_threads";
import type {
  CallResult,
  CallTask,
  InspectResult,
  InspectTask,
  StartNewReply,
  ThreadMessage,
  ThrownError,
} from "./types.ts";

/*
 * Runs inside a worker thread. A thread runs one call at a time, but timers of an earlier call may fire during a
 * later one; the async context, not "the current call", therefore says on whose behalf code acts.
 */
const calls = new AsyncLocalStorage<CallTask>();
const FUNCTION_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
const MAX_LINE = 4_096;
const MAX_TEXT = 16_384;

const { port1: port, port2 } = new MessageChannel();
parentPort?.postMessage({ kind: "channel", port: port2 }, [port2]);
const send = (message: ThreadMessage) => port.postMessage(message);

// ── durable.startNew ──────────────────────────────────────────────────────────────────────────────────────────

const waiting = new Map<number, (reply: StartNewReply) => void>();
let lastCall = 0;
port.on("message", (reply: StartNewReply) => {
  waiting.get(reply.call)?.(reply);
  waiting.delete(reply.call);
});
port.unref();

async function startNew(name: unknown, instanceId: unknown, input: unknown): Promise<{ instanceId: string }> {
  const task = calls.getStore();
  if (!task) throw new Error("durable.startNew can only be called from within a handler");
  if (typeof name !== "string" || !FUNCTION_NAME.test(name)) {
    throw new TypeError("durable.startNew needs the name of a function");
  }
  if (instanceId !== undefined && instanceId !== null && typeof instanceId !== "string") {
    throw new TypeError("durable.startNew takes an instance id that is a string, or undefined");
  }
  const plain = input === undefined ? null : JSON.parse(JSON.stringify(input) ?? "null");
  const call = ++lastCall;
  const reply = await new Promise<StartNewReply>((resolve) => {
    waiting.set(call, resolve);
    send({
      kind: "start-new",
      call,
      invocation: task.invocation,
      function: name,
      instanceId: instanceId ?? null,
      input: plain,
    });
  });
  if (!reply.ok) throw new Error(reply.message);
  return { instanceId: reply.instanceId };
}

Object.defineProperty(globalThis, "durable", { value: Object.freeze({ startNew }), enumerable: true });

// ── console ───────────────────────────────────────────────────────────────────────────────────────────────────

function line(level: "debug" | "info" | "warn" | "error", text: string): void {
  const task = calls.getStore();
  if (!text) return;
  send({
    kind: "console",
    requestId: task?.context.requestId ?? null,
    function: task?.function ?? "",
    level,
    text: text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)}…` : text,
  });
}

/** The process's output carries one JSON line per request; a handler must not write between them. */
const sink = (level: "info" | "error") =>
  new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      for (const text of String(chunk).split("\n")) line(level, text);
      done();
    },
  });
const captured = new Console({ stdout: sink("info"), stderr: sink("error") });
captured.debug = (...args) => line("debug", format(...args));
captured.warn = (...args) => line("warn", format(...args));
globalThis.console = captured;
for (const [stream, level] of [
  [process.stdout, "info"],
  [process.stderr, "error"],
] as const) {
  stream.write = ((chunk: unknown) => {
    for (const text of String(chunk).split("\n")) line(level, text);
    return true;
  }) as typeof stream.write;
}

// ── calls ─────────────────────────────────────────────────────────────────────────────────────────────────────

function asThrown(thrown: unknown): ThrownError {
  const cut = (text: string) => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);
  try {
    if (thrown instanceof Error) {
      return {
        name: cut(String(thrown.name)),
        message: cut(String(thrown.message)),
        stack: cut(String(thrown.stack ?? "")),
      };
    }
    return { name: "Error", message: cut(typeof thrown === "string" ? thrown : format(thrown)), stack: "" };
  } catch {
    return { name: "Error", message: "threw something that cannot be described", stack: "" };
  }
}

type Handler = (event: unknown, context: object) => unknown;

async function load(path: string): Promise<Handler | null> {
  const module = (await import(pathToFileURL(path).href)) as { handler?: unknown; default?: unknown };
  const fallback = module.default as { handler?: unknown } | undefined; // a CommonJS file's exports
  const handler = module.handler ?? fallback?.handler;
  return typeof handler === "function" ? (handler as Handler) : null;
}

async function inspect(task: InspectTask): Promise<InspectResult> {
  try {
    return { ok: true, hasHandler: (await load(task.path)) !== null };
  } catch (error) {
    return { ok: false, error: asThrown(error) };
  }
}

async function call(task: CallTask): Promise<CallResult> {
  let returned: unknown;
  try {
    const handler = await load(task.path);
    if (!handler) throw new Error(`${task.function} exports no handler`);
    const context = {
      ...task.context,
      functionName: task.function,
      getRemainingTimeInMillis: () => Math.max(0, task.deadline - Date.now()),
    };
    returned = await handler(task.event, context);
  } catch (error) {
    return { ok: false, kind: "threw", error: asThrown(error) };
  }
  try {
    return { ok: true, json: JSON.stringify(returned) };
  } catch (error) {
    return { ok: false, kind: "bad_result", error: asThrown(error) };
  }
}

export default function run(task: CallTask | InspectTask): Promise<CallResult | InspectResult> {
  return task.kind === "inspect" ? inspect(task) : calls.run(task, call, task);
}
