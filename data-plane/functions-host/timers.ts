import type { AsyncLocalStorage } from "node:async_hooks";
import timers from "node:timers";
import type { CallTask } from "./types.ts";

type Callback = (...args: unknown[]) => void;
type Pending = Map<object, () => void>;

/**
 * Makes the timers that a call sets its own: they end with its answer, so that none of them acts during a later
 * call. Gives what ends them. Must run before any handler is loaded, and before builtin modules are synchronised.
 */
export function ownTimers(calls: AsyncLocalStorage<CallTask>): (task: CallTask) => void {
  const pending = new WeakMap<CallTask, Pending>();

  function own(name: "setTimeout" | "setInterval" | "setImmediate", clear: (timer: never) => void): void {
    const original = timers[name] as unknown as (callback: Callback, ...rest: unknown[]) => object;
    const repeats = name === "setInterval";
    const wrapped = (callback: Callback, ...rest: unknown[]): object => {
      const task = calls.getStore();
      if (!task || typeof callback !== "function") return original(callback, ...rest);
      let mine = pending.get(task);
      if (!mine) {
        mine = new Map();
        pending.set(task, mine);
      }
      const live = mine;
      const timer = original(
        (...args) => {
          if (!repeats) live.delete(timer);
          callback(...args);
        },
        ...rest,
      );
      live.set(timer, () => clear(timer as never));
      return timer;
    };
    // What util.promisify looks for comes along.
    Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(original));
    for (const owner of [globalThis, timers]) Object.assign(owner, { [name]: wrapped });
  }
  own("setTimeout", clearTimeout);
  own("setInterval", clearInterval);
  own("setImmediate", clearImmediate);

  return (task) => {
    for (const clear of pending.get(task)?.values() ?? []) clear();
    pending.delete(task);
  };
}
