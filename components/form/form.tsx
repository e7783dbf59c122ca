"use client";
import { type FormEvent, type ReactNode, useEffect, useRef } from "react";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { useUnsavedChanges } from "./unsaved-changes.tsx";

type FormProps = {
  /** Sends it. The page keeps the values; the browser's own checks are off, the server's schema is used instead. */
  onSubmit: () => void;
  /** Why the last attempt did not work, for the form as a whole; null when there is nothing to say. */
  error: unknown;
  /** Whether something would be lost by leaving: then leaving asks. */
  dirty: boolean;
  /** Grows with every refused attempt, so that the first field with an error receives the focus. */
  attempt?: number;
  children: ReactNode;
  /** The buttons, the main one (type submit) last; stay in view at the foot of a long form. */
  footer: ReactNode;
  className?: string;
  "aria-label"?: string;
};

/** A form: one place for its error, focus on the first mistake, and a question before unsaved changes are lost. */
export function Form({
  onSubmit,
  error,
  dirty,
  attempt = 0,
  children,
  footer,
  className,
  ...rest
}: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const guard = useUnsavedChanges(dirty);

  useEffect(() => {
    if (attempt === 0) return;
    const invalid = form.current?.querySelector<HTMLElement>(
      ":is(input, textarea, button)[aria-invalid='true'], :is(input, textarea, button)[data-invalid]",
    );
    invalid?.focus();
  }, [attempt]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    onSubmit();
  };

  return (
    <form ref={form} noValidate onSubmit={submit} className={className} {...rest}>
      {children}
      <div className="mt-4 space-y-3">
        <ErrorNotice error={error} />
        <div className="flex flex-wrap items-center justify-end gap-2">{footer}</div>
      </div>
      {guard}
    </form>
  );
}
