"use client";
import { createContext, type ReactNode, use, useEffect, useId, useSyncExternalStore } from "react";

/**
 * One question at a time can stand over everything, a dialog that is open included. It is rendered inside the topmost
 * dialog, because a dialog takes whatever is not inside of it for the page behind: it would close, or take the focus.
 */
let shown: ReactNode = null;
let places: readonly string[] = [];
const listeners = new Set<() => void>();

function changed(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Shows `node` over everything; null takes it away. */
export function showOverEverything(node: ReactNode): void {
  shown = node;
  changed();
}

/** Whether this is part of what stands over everything: its own dialog is no place for it, or it would move for ever. */
const Within = createContext(false);

/** A place where it can be rendered: one for the page, and one in each dialog while it is open. The last one has it. */
export function PlaceOverEverything() {
  const id = useId();
  const within = use(Within);
  useEffect(() => {
    if (within) return;
    places = [...places, id];
    changed();
    return () => {
      places = places.filter((place) => place !== id);
      changed();
    };
  }, [id, within]);
  const node = useSyncExternalStore(
    subscribe,
    () => (places.at(-1) === id ? shown : null),
    () => null,
  );
  return <Within value={true}>{node}</Within>;
}
