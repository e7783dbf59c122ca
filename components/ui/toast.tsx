"use client";
import { lazy, Suspense, useSyncExternalStore } from "react";
import { describeError } from "./describe-error.ts";
import type { ToastManager } from "./toaster.tsx";

const Toaster = lazy(() => import("./toaster.tsx").then((module) => ({ default: module.Toaster })));

let wanted = false;
const listeners = new Set<() => void>();
const { promise: ready, resolve: onReady } = Promise.withResolvers<ToastManager>();

/** Adds a toast as soon as there is a place for it: that place is fetched for the first one. */
function show(options: Parameters<ToastManager["add"]>[0]): void {
  wanted = true;
  for (const listener of listeners) listener();
  void ready.then((manager) => manager.add(options));
}

/** Short words about what just happened, announced to screen readers; usable from anywhere in the browser. */
export const toast = {
  /** It worked. */
  success: (title: string, description?: string) =>
    show({ type: "success", title, ...(description ? { description } : {}) }),
  /** It did not, and why; stays longer and is announced at once. */
  error: (error: unknown, title?: string) => {
    const words = describeError(error);
    show({
      type: "error",
      priority: "high",
      timeout: 12_000,
      title: title ?? words.what,
      description: [title ? words.what : "", words.todo, words.requestId ? `Request ${words.requestId}` : ""]
        .filter(Boolean)
        .join(" "),
    });
  },
  /** It is done and can be taken back for ten seconds. */
  undo: (title: string, undo: () => Promise<unknown>) => {
    const id = crypto.randomUUID();
    const onClick = () => {
      void ready.then((manager) => manager.close(id));
      undo().then(
        () => toast.success("Undone"),
        (error: unknown) => toast.error(error, "It could not be undone"),
      );
    };
    show({ id, type: "success", title, timeout: 10_000, actionProps: { children: "Undo", onClick } });
  },
};

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};

/** The place for toasts, in the provider; empty until there is one. */
export function ToastPlace() {
  const any = useSyncExternalStore(
    subscribe,
    () => wanted,
    () => false,
  );
  return any ? (
    <Suspense>
      <Toaster onReady={onReady} />
    </Suspense>
  ) : null;
}
