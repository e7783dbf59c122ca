"use client";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { leaveTo } from "#components/form/unsaved-changes.tsx";

const KEY = "gatehouse-single-keys";
const listeners = new Set<() => void>();

/** Single keys can be turned off (WCAG 2.1.4): for people who dictate or whose keyboard repeats. */
function singleKeys(): boolean {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

/** Turns single keys on or off for this browser. */
export function setSingleKeys(on: boolean): void {
  try {
    if (on) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, "off");
  } catch {
    // A browser that stores nothing keeps the default.
  }
  for (const listener of listeners) listener();
}

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

type Options = {
  /** Where the letter after `g` leads; null for one that leads nowhere. Keep it stable. */
  hrefOf: (key: string) => string | null;
  onPalette: () => void;
  onHelp: () => void;
};

/** Listens for the console's shortcuts while the shell is there. */
export function useShortcuts({ hrefOf, onPalette, onHelp }: Options): void {
  const router = useRouter();
  // When g was pressed last, in ms since the page began; long before it began, until then.
  const afterG = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const onKeyDown = (event: globalThis.KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && !event.shiftKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        onPalette();
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || typing(event.target) || !singleKeys()) return;
      if (document.querySelector("[role=dialog],[role=alertdialog],[role=menu]")) return;
      if (event.timeStamp - afterG.current < 1_000) {
        afterG.current = Number.NEGATIVE_INFINITY;
        const href = hrefOf(event.key);
        if (href === null) return;
        event.preventDefault();
        leaveTo(() => router.push(href));
      } else if (event.key === "g") {
        afterG.current = event.timeStamp;
      } else if (event.key === "?") {
        event.preventDefault();
        onHelp();
      } else if (event.key === "/") {
        const field = document.querySelector<HTMLElement>("[data-page-search]");
        if (!field) return;
        event.preventDefault();
        field.focus();
      }
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [hrefOf, router, onPalette, onHelp]);
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};

/** Whether single keys are on. */
export const useSingleKeys = (): boolean => useSyncExternalStore(subscribe, singleKeys, () => true);
