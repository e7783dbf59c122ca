"use client";
import { ChevronRight, CircleAlert, TriangleAlert } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { cx } from "#components/ui/cx.ts";

/**
 * A part of a long form that is folded away, with what it says at present in one line. What is inside is made when
 * it is first opened, and kept.
 */
export function FoldedSection({
  id,
  title,
  summary,
  mark,
  open,
  onToggle,
  children,
}: {
  /** Its address on the page. */
  id: string;
  title: string;
  summary: string;
  /** Whether something in it was refused, or is worth a look. */
  mark: "bad" | "warn" | null;
  open: boolean;
  onToggle: (open: boolean) => void;
  children: ReactNode;
}) {
  const opened = useRef(open);
  if (open) opened.current = true;
  return (
    <section id={id} aria-labelledby={`${id}-title`} className="scroll-mt-16 border-t">
      <h2>
        <button
          type="button"
          aria-expanded={open}
          aria-controls={`${id}-body`}
          onClick={() => onToggle(!open)}
          className="-mx-2 flex min-h-11 w-[calc(100%+1rem)] items-center gap-2 rounded-md px-2 py-1.5 text-left hover:bg-hover"
        >
          <ChevronRight
            aria-hidden
            size={14}
            className={cx("shrink-0 text-muted transition-transform", open && "rotate-90")}
          />
          <span className="flex min-w-0 flex-1 flex-col gap-x-3 sm:flex-row sm:items-baseline">
            <span id={`${id}-title`} className="shrink-0 font-semibold text-base sm:w-44">
              {title}
            </span>
            <span className="min-w-0 truncate text-muted">{summary}</span>
          </span>
          {mark === "bad" ? (
            <CircleAlert role="img" aria-label="Needs a correction" size={14} className="shrink-0 text-bad" />
          ) : mark === "warn" ? (
            <TriangleAlert role="img" aria-label="Has a warning" size={14} className="shrink-0 text-warn" />
          ) : null}
        </button>
      </h2>
      <div id={`${id}-body`} hidden={!open} className="space-y-4 pt-2 pb-6 sm:pl-5.5">
        {opened.current ? children : null}
      </div>
    </section>
  );
}
