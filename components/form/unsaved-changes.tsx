"use client";
import { useRouter } from "next/navigation";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";

/** The part of the Navigation API that is used here; browsers without it still ask on links and on closing. */
type Traversal = Event & {
  navigationType: string;
  destination: { key: string };
};
type NavigationApi = EventTarget & { traverseTo: (key: string) => unknown };

/** Forms on the page that hold unsaved changes: a place that navigates by script asks here first. */
const asking = new Set<(go: () => void) => void>();

/** Goes where `go` goes, unless a form has unsaved changes: then the person is asked first. */
export function leaveTo(go: () => void): void {
  const [ask] = asking;
  if (ask) ask(go);
  else go();
}

type LeaveWords = { title: string; lost: string; confirm?: string };
const UNSAVED: LeaveWords = {
  title: "Leave without saving?",
  lost: "What you changed on this page is not saved and will be lost.",
};

/** For a form in a dialog, whose Escape, cross and press outside ask through `leaveTo`. */
export const UNSENT: LeaveWords = {
  title: "Discard what you filled in?",
  lost: "Nothing has been made of it yet, and it will be lost.",
  confirm: "Discard",
};

/**
 * While `dirty`, leaving asks: by a link, by the back button, by the palette, by closing the tab. Gives the dialog
 * to be rendered.
 */
export function useUnsavedChanges(dirty: boolean, words = UNSAVED): ReactNode {
  const router = useRouter();
  const [leave, setLeave] = useState<(() => void) | null>(null);
  const allowed = useRef(false);

  useEffect(() => {
    if (!dirty) return;
    allowed.current = false;
    const ask = (go: () => void) => setLeave(() => go);
    const onUnload = (event: BeforeUnloadEvent) => {
      if (!allowed.current) event.preventDefault();
    };
    const onClick = (event: MouseEvent) => {
      const link = (event.target as Element | null)?.closest?.("a[href]");
      if (!(link instanceof HTMLAnchorElement) || allowed.current) return;
      const elsewhere =
        event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
      const url = new URL(link.href, location.href);
      const same = url.pathname === location.pathname && url.search === location.search;
      if (elsewhere || same || link.target || url.origin !== location.origin) return;
      event.preventDefault();
      event.stopPropagation();
      ask(() => router.push(url.pathname + url.search + url.hash));
    };
    const navigation = (window as { navigation?: NavigationApi }).navigation;
    const onNavigate = (event: Event) => {
      const { navigationType, destination, cancelable } = event as Traversal;
      if (navigationType !== "traverse" || !cancelable || allowed.current) return;
      event.preventDefault();
      ask(() => navigation?.traverseTo(destination.key));
    };
    asking.add(ask);
    window.addEventListener("beforeunload", onUnload);
    document.addEventListener("click", onClick, true);
    navigation?.addEventListener("navigate", onNavigate);
    return () => {
      asking.delete(ask);
      window.removeEventListener("beforeunload", onUnload);
      document.removeEventListener("click", onClick, true);
      navigation?.removeEventListener("navigate", onNavigate);
    };
  }, [dirty, router]);

  return (
    <ConfirmDialog
      open={leave !== null}
      onClose={() => setLeave(null)}
      title={words.title}
      blastRadius={words.lost}
      confirmLabel={words.confirm ?? "Leave"}
      onConfirm={async () => {
        allowed.current = true;
        leave?.();
      }}
    />
  );
}
