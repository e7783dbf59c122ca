"use client";
import { useEffect, useRef, useState } from "react";

/**
 * Ctrl/⌘ S sends the form. The control in use is left for a moment first, because some take over what is typed only
 * then, and `send` runs after the page has followed.
 */
export function useSaveShortcut(enabled: boolean, send: () => void): void {
  const [asked, setAsked] = useState(0);
  const latest = useRef(send);
  latest.current = send;

  useEffect(() => {
    if (!enabled) return;
    const onKeyDown = (event: KeyboardEvent) => {
      const wanted = (event.metaKey || event.ctrlKey) && !event.altKey && !event.shiftKey;
      if (!wanted || event.key.toLowerCase() !== "s") return;
      event.preventDefault();
      const { activeElement } = document;
      if (activeElement instanceof HTMLElement && activeElement !== document.body) {
        activeElement.blur();
        activeElement.focus();
      }
      setAsked((count) => count + 1);
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [enabled]);

  useEffect(() => {
    if (asked > 0) latest.current();
  }, [asked]);
}
