"use client";
import { type FormEvent, type ReactNode, useEffect, useRef } from "react";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { UNSENT, useUnsavedChanges } from "./unsaved-changes.tsx";
import { useSaveShortcut } from "./use-save-shortcut.ts";

type FormProps = {
  /** Sends it. The page keeps the values; the browser's own checks are off, the server's schema is used instead. */
  onSubmit: () => void;
  /** Why the last attempt did not work, for the form as a whole; null when there is nothing to say. */
  error: unknown;
  /** Whether something would be lost by leaving: then leaving asks. */
  dirty: boolean;
  /** It stands in a dialog, which closes through `leaveTo`: the question is then about the form, not about the page. */
  inDialog?: boolean;
  /** Grows with every refused attempt, so that the first field with an error receives the focus. */
  attempt?: number;
  /** Whether Ctrl/⌘ S sends it, for the one form that a page is about. */
  savesByKey?: boolean;
  /** Keeps the buttons in view while a long form scrolls. */
  sticky?: boolean;
  children: ReactNode;
  /** The buttons, the main one (type submit) last. */
  footer: ReactNode;
  className?: string;
  "aria-label"?: string;
};

const INVALID = ":is(input, textarea, button, select, [contenteditable])[aria-invalid='true']";

/** How long the first mistake is looked for: a part of the form that is being fetched may still hold it, in ms. */
const LOOK_FOR = 1_000;

/** A form: one place for its error, focus on the first mistake, and a question before unsaved changes are lost. */
export function Form({
  onSubmit,
  error,
  dirty,
  inDialog = false,
  attempt = 0,
  savesByKey = false,
  sticky = false,
  children,
  footer,
  className,
  ...rest
}: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const guard = useUnsavedChanges(dirty, inDialog ? UNSENT : undefined);
  useSaveShortcut(savesByKey, onSubmit);

  useEffect(() => {
    if (attempt === 0) return;
    const until = performance.now() + LOOK_FOR;
    let frame = 0;
    const look = () => {
      const invalid = form.current?.querySelector<HTMLElement>(INVALID);
      invalid?.focus();
      // A part that is folded away takes no focus until it is open.
      const there = invalid !== null && invalid !== undefined && document.activeElement === invalid;
      if (!there && performance.now() < until) frame = requestAnimationFrame(look);
    };
    look();
    return () => cancelAnimationFrame(frame);
  }, [attempt]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    onSubmit();
  };

  return (
    <form ref={form} noValidate onSubmit={submit} className={className} {...rest}>
      {children}
      <div
        className={sticky ? "sticky bottom-0 z-20 mt-4 space-y-3 border-t bg-canvas py-3" : "mt-4 space-y-3"}
      >
        <ErrorNotice error={error} />
        <div className="flex flex-wrap items-center justify-end gap-2">{footer}</div>
      </div>
      {guard}
    </form>
  );
}
