"use client";
import { useEffect, useSyncExternalStore } from "react";

/** Something that ⌘K offers: it goes somewhere or does something. */
export type Command = {
  id: string;
  label: string;
  /** Other words by which it is found. */
  keywords?: string;
  /** Shown at the end of its line: a shortcut, a slug. */
  hint?: string;
  /** The heading under which it is listed. */
  group?: string;
} & ({ href: string } | { run: () => void });

const sets = new Set<readonly Command[]>();
const listeners = new Set<() => void>();
let all: readonly Command[] = [];

function changed(): void {
  all = [...sets].reverse().flat();
  for (const listener of listeners) listener();
}

/** Adds a page's own commands to the palette while the page is there. */
export function useCommands(commands: readonly Command[]): void {
  useEffect(() => {
    sets.add(commands);
    changed();
    return () => {
      sets.delete(commands);
      changed();
    };
  }, [commands]);
}

const NONE: readonly Command[] = [];

/** Every command that is offered now, those of the page before those of the shell. */
export const useAllCommands = (): readonly Command[] =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => all,
    () => NONE,
  );
