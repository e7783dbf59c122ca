"use client";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { useSingleKeys } from "#components/shell/use-shortcuts.ts";

/** Which rows are chosen, and what a press does: with `range` it chooses all from the row pressed before to this one. */
export type RowSelection = {
  has: (id: string) => boolean;
  press: (index: number, range: boolean) => void;
};

type RowKeys = {
  count: number;
  /** Scrolls until the row is in view. */
  reveal: (index: number) => void;
  selection: RowSelection | undefined;
};

const rowAt = (element: Element | null | undefined): number => {
  const row = element?.closest<HTMLElement>("tr[data-row]");
  return row ? Number(row.dataset.row) : -1;
};

/**
 * Keys of a list of which only a part exists: arrows and j/k from row to row, Home and End, x to choose. A row that
 * is not there yet gets the focus as soon as it is.
 */
export function useRowKeys({ count, reveal, selection }: RowKeys) {
  const ref = useRef<HTMLElement>(null);
  const wanted = useRef<number | null>(null);
  const singleKeys = useSingleKeys();

  const give = () => {
    const link = ref.current?.querySelector<HTMLElement>(`tr[data-row="${wanted.current}"] .row-link`);
    if (!link) return;
    wanted.current = null;
    link.focus({ preventScroll: true });
  };

  const go = (index: number) => {
    if (count === 0) return;
    wanted.current = Math.min(Math.max(index, 0), count - 1);
    reveal(wanted.current);
    give();
  };

  const press = (key: string, at: number, shift: boolean): boolean => {
    const to = { ArrowDown: at + 1, j: at + 1, ArrowUp: at - 1, k: at - 1, Home: 0, End: count - 1 }[key];
    if (to !== undefined) go(to);
    else if (key.toLowerCase() === "x" && selection && at >= 0) selection.press(at, shift);
    else return false;
    return true;
  };
  const latest = useRef(press);
  latest.current = press;

  // Every time rows come and go.
  useEffect(() => {
    if (wanted.current !== null) give();
  });

  useEffect(() => {
    if (!singleKeys) return;
    // With nothing focused, j and k start at the first row in view.
    const onKeyDown = (event: globalThis.KeyboardEvent) => {
      if (event.target !== document.body || !["j", "k"].includes(event.key)) return;
      if (event.metaKey || event.ctrlKey || event.altKey || document.querySelector("[role=dialog]")) return;
      const rows = [...(ref.current?.querySelectorAll("tr[data-row]") ?? [])];
      const first = rows.find((row) => row.getBoundingClientRect().top >= 48);
      if (first) latest.current("ArrowDown", rowAt(first) - 1, false);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [singleKeys]);

  return {
    ref,
    onKeyDown(event: KeyboardEvent<HTMLElement>) {
      const target = event.target as HTMLElement;
      const inRow = target.classList.contains("row-link") || target.matches("input[type=checkbox]");
      if (!inRow || event.metaKey || event.ctrlKey || event.altKey) return;
      if (press(event.key, rowAt(target), event.shiftKey)) event.preventDefault();
    },
  };
}
