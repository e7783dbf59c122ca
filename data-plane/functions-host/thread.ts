import { AsyncLocalStorage } from "node:async_hooks";
import { pathToFileURL } from "node:url";
import { format } from "node:util";
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { FRAME } from "./frames.ts";
import { lookAtShared, sharedIsAsBefore } from "./intrinsics.ts";
import { closeNetwork } from "./network-gate.ts";
import { captureOutput } from "./output.ts";
import { closeProcess } from "./process-gate.ts";
import { ownTimers } from "./timers.ts";
import type { CallResult, CallTask, FunctionsNetwork, StartNewReply, Task, ThrownError } from "./types.ts";

/*
 * Runs inside a worker thread. A thread runs one call at a time, but what an earlier call left behind may act during
 * a later one; the async context, not "the current call", therefore says on whose behalf code acts.
 */
const calls = new AsyncLocalStorage<CallTask>();
const FUNCTION_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
const MAX_TEXT = 16_384;
const MAX_CAUSES = 4;
const MAX_GATHERED = 5;
/** Of an answer; what goes to callers is far below. */
const MAX_RESULT = 32 * 1_048_576;
/** Pending things that keep a thread from coming to rest. */
const LEFTOVERS = new Set(["Timeout", "Immediate", "TCPSocketWrap", "TLSWrap", "TCPServerWrap", "UDPWrap"]);

const port = receiveMessageOnPort(parentPort as MessagePort)?.message as MessagePort;
parentPort?.close(); // handlers can reach it, and it leads nowhere any more
const send = (kind: string, value: object) => port.postMessage(kind + JSON.stringify(value));
let current: Task | null = null;
let spent = false;

// ── durable.startNew ──────────────────────────────────────────────────────────────────────────────────────────

const waiting = new Map<number, (reply: StartNewReply) => void>();
let lastCall = 0;

async function startNew(
  name: unknown,
  instanceId: unknown,
  input: unknown,
  options: unknown,
): Promise<{ instanceId: string }> {
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
    send(FRAME.startNew, {
      kind: "start-new",
      call,
      invocation: task.invocation,
      function: name,
      instanceId: instanceId ?? null,
      input: plain,
      options,
    });
  });
  if (!reply.ok) throw new Error(reply.message);
  return { instanceId: reply.instanceId };
}

Object.defineProperty(globalThis, "durable", { value: Object.freeze({ startNew }), enumerable: true });

// ── what a handler may not do, and what becomes of what it does wrong ─────────────────────────────────────────

const print = captureOutput(calls, (line) => send(FRAME.line, line));
const nextTurn = setImmediate;
const endTimers = ownTimers(calls);
closeNetwork((workerData as { network: FunctionsNetwork }).network);
closeProcess();

/** Whether the code that is running belongs to a call that has had its answer. */
function isLate(): boolean {
  const task = calls.getStore();
  return task !== undefined && task !== current;
}

const exit = process.exit.bind(process);
process.exit = ((code?: number) => {
  if (isLate()) throw new Error(`process.exit(${code ?? ""}) was called after the answer`);
  exit(code);
}) as typeof process.exit;

function onUncaught(error: unknown): void {
  const { name, message, stack } = asThrown(error);
  if (isLate() || !current) {
    // The request under way, if there is one, has nothing to do with it and goes on.
    spent = true;
    print("error", `after the answer, nobody caught ${stack || `${name}: ${message}`}`);
    return;
  }
  send(FRAME.ended, { code: "crash", message: `${name}: ${message}` });
  exit(1);
}
process.on("uncaughtException", onUncaught);
process.on("unhandledRejection", onUncaught);
process.removeAllListeners("warning"); // would print them once more
process.on("warning", ({ name, message }) => print("warn", `${name}: ${message}`));

// ── calls ─────────────────────────────────────────────────────────────────────────────────────────────────────

const cut = (text: string) => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);

/** An error's stack with those of its causes and of the errors that it gathers: "fetch failed" alone says nothing. */
function stackOf(error: Error & { errors?: unknown }, depth = 0): string {
  const told = (what: string, inner: unknown) =>
    `\n[${what}] ${inner instanceof Error ? stackOf(inner, depth + 1) : cut(format(inner))}`;
  const gathered = depth === 0 && Array.isArray(error.errors) ? error.errors.slice(0, MAX_GATHERED) : [];
  const causes =
    gathered.map((each, index) => told(`error ${index + 1}`, each)).join("") +
    (depth < MAX_CAUSES && error.cause !== undefined ? told("cause", error.cause) : "");
  const own = cut(String(error.stack ?? ""));
  return causes === "" ? own : `${own || `${error.name}: ${cut(String(error.message))}`}${causes}`;
}

function asThrown(thrown: unknown): ThrownError {
  try {
    if (thrown instanceof Error) {
      return {
        name: cut(String(thrown.name)),
        message: cut(String(thrown.message)),
        stack: cut(stackOf(thrown)),
      };
    }
    return { name: "Error", message: cut(typeof thrown === "string" ? thrown : format(thrown)), stack: "" };
  } catch {
    return { name: "Error", message: "threw something that cannot be described", stack: "" };
  }
}

type Handler = (event: unknown, context: object) => unknown;
const loaded = new Map<string, Handler | null>();
let shared = lookAtShared();
/** Something of an earlier call goes on here, and might keep the thread from ever beginning with the next. */
let unsettled = false;

/** Whether something is pending in this thread that would go on by itself. */
const isPending = (): boolean => process.getActiveResourcesInfo().some((kind) => LEFTOVERS.has(kind));

async function load(path: string): Promise<Handler | null> {
  const known = loaded.get(path);
  if (known !== undefined) return known;
  const module = (await import(pathToFileURL(path).href)) as { handler?: unknown; default?: unknown };
  const fallback = module.default as { handler?: unknown } | undefined; // a CommonJS file's exports
  const handler = module.handler ?? fallback?.handler;
  const found = typeof handler === "function" ? (handler as Handler) : null;
  loaded.set(path, found);
  // What a file does to the thread while it loads is its own doing, and there for every call alike.
  shared = lookAtShared();
  return found;
}

async function call(task: CallTask): Promise<CallResult> {
  const began = performance.now();
  let returned: unknown;
  try {
    const handler = await load(task.path);
    if (!handler) throw new Error(`${task.function} exports no handler`);
    const context = {
      ...task.context,
      functionName: task.function,
      getRemainingTimeInMillis: () => Math.max(0, task.timeoutMs - (performance.now() - began)),
    };
    returned = await handler(task.event, context);
  } catch (error) {
    return { ok: false, kind: "threw", error: asThrown(error) };
  }
  try {
    const json = JSON.stringify(returned);
    if (json === undefined) return { ok: true };
    if (json.length > MAX_RESULT) throw new RangeError(`the result is larger than ${MAX_RESULT} characters`);
    return { ok: true, json };
  } catch (error) {
    return { ok: false, kind: "bad_result", error: asThrown(error) };
  }
}

async function inspect({ path }: Extract<Task, { kind: "inspect" }>): Promise<CallResult> {
  try {
    return { ok: true, json: String((await load(path)) !== null) };
  } catch (error) {
    return { ok: false, kind: "threw", error: asThrown(error) };
  }
}

/** Answers once the event loop has come round, so that what a call does to the thread is that call's own loss. */
function finish(result: CallResult): void {
  nextTurn(() => {
    if (current?.kind === "call") endTimers(current);
    current = null;
    unsettled = isPending();
    const kind = unsettled ? FRAME.unsettledResult : FRAME.result;
    send(spent || !sharedIsAsBefore(shared) ? FRAME.lastResult : kind, result);
  });
}

port.on("message", (frame: string) => {
  const value = JSON.parse(frame.slice(1)) as unknown;
  if (frame[0] === FRAME.reply) {
    const reply = value as StartNewReply;
    waiting.get(reply.call)?.(reply);
    waiting.delete(reply.call);
    return;
  }
  const task = value as Task;
  current = task;
  if (unsettled) port.postMessage(FRAME.begun);
  void (task.kind === "inspect" ? inspect(task) : calls.run(task, call, task)).then(finish);
});
port.postMessage(FRAME.ready);
