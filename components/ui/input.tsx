"use client";
import type { ComponentPropsWithRef } from "react";
import { cx } from "./cx.ts";
import { useFieldParts } from "./field-parts.ts";

/** How every control that takes text looks; 16 px on touch screens, so that phones do not zoom in. */
export const CONTROL =
  "w-full rounded-md border border-edge bg-canvas px-2.5 text-sm text-text transition-colors pointer-coarse:text-lg " +
  "focus-visible:outline-2 focus-visible:outline-focus focus-visible:-outline-offset-1 " +
  "aria-invalid:border-bad disabled:bg-surface disabled:text-faint data-disabled:bg-surface data-disabled:text-faint " +
  "[&[readonly]]:bg-surface";

type Text = {
  value?: string;
  defaultValue?: string;
  onValueChange?: (value: string) => void;
  /** Set in Geist Mono: paths, identifiers, numbers to compare. */
  mono?: boolean;
};
type InputProps = Omit<ComponentPropsWithRef<"input">, "onChange" | keyof Text | "style"> & Text;
type TextareaProps = Omit<ComponentPropsWithRef<"textarea">, "onChange" | keyof Text | "style"> & Text;

/** One line of text. Inside a Field its label, hint and error are connected by themselves. */
export function Input({ mono, className, onValueChange, ...rest }: InputProps) {
  return (
    <input
      {...rest}
      {...useFieldParts(rest)}
      onChange={(event) => onValueChange?.(event.currentTarget.value)}
      className={cx(CONTROL, "h-8 pointer-coarse:h-10", mono && "font-mono", className)}
    />
  );
}

/** Several lines of text; grows with what is typed. */
export function Textarea({ mono, className, onValueChange, rows = 3, ...rest }: TextareaProps) {
  return (
    <textarea
      {...rest}
      {...useFieldParts(rest)}
      rows={rows}
      onChange={(event) => onValueChange?.(event.currentTarget.value)}
      className={cx(CONTROL, "field-sizing-content min-h-16 py-1.5", mono && "font-mono", className)}
    />
  );
}
