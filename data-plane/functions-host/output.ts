import type { AsyncLocalStorage } from "node:async_hooks";
import { Console } from "node:console";
import { Writable } from "node:stream";
import { format } from "node:util";
import type { CallTask, ThreadMessage } from "./types.ts";

const MAX_LINE = 4_096;
/** Of one call; what it prints beyond that is left out, and a last line says so. */
const MAX_LINES = 1_000;
const MAX_CHARACTERS = 262_144;
/** For what no call has printed: a file's top level, or code that nobody waits for. */
const NOBODY = {};

type Level = Extract<ThreadMessage, { kind: "console" }>["level"];
type Line = Extract<ThreadMessage, { kind: "console" }>;
type Budget = { lines: number; characters: number };

/** Turns everything that this thread prints into lines that know their request. Gives what writes one. */
export function captureOutput(calls: AsyncLocalStorage<CallTask>, send: (line: Line) => void) {
  const budgets = new WeakMap<object, Budget>();

  /** False when the call has printed enough. */
  function line(level: Level, text: string): boolean {
    if (!text) return true;
    const task = calls.getStore();
    const owner = task ?? NOBODY;
    let budget = budgets.get(owner);
    if (!budget) {
      budget = { lines: MAX_LINES, characters: MAX_CHARACTERS };
      budgets.set(owner, budget);
    }
    if (budget.lines < 0) return false;
    const cut = text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)}…` : text;
    budget.lines--;
    budget.characters -= cut.length;
    const over = budget.lines < 0 || budget.characters < 0;
    if (over) budget.lines = -1;
    send({
      kind: "console",
      requestId: task?.context.requestId ?? null,
      at: Date.now(),
      invocation: task?.invocation ?? null,
      function: task?.function ?? "",
      level: over ? "warn" : level,
      text: over ? "more output of this call is left out" : cut,
    });
    return !over;
  }
  const lines = (level: Level, text: string) => {
    for (let start = 0; start <= text.length; ) {
      const end = text.indexOf("\n", start);
      if (!line(level, text.slice(start, end === -1 ? text.length : end)) || end === -1) return;
      start = end + 1;
    }
  };

  /** The process's output carries one JSON line per request; a handler must not write between them. */
  const sink = (level: Level) =>
    new Writable({
      decodeStrings: false,
      write(chunk, _encoding, done) {
        lines(level, String(chunk));
        done();
      },
    });
  const captured = new Console({ stdout: sink("info"), stderr: sink("error") });
  captured.debug = (...args) => lines("debug", format(...args));
  captured.warn = (...args) => lines("warn", format(...args));
  globalThis.console = captured;
  for (const [stream, level] of [
    [process.stdout, "info"],
    [process.stderr, "error"],
  ] as const) {
    stream.write = ((chunk: unknown, ...rest: unknown[]) => {
      lines(level, typeof chunk === "string" ? chunk : Buffer.from(chunk as Uint8Array).toString());
      const done = rest.findLast((each) => typeof each === "function") as (() => void) | undefined;
      if (done) queueMicrotask(done);
      return true;
    }) as typeof stream.write;
  }
  return lines;
}
