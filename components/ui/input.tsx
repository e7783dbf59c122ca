"use client";
import { Field } from "@base-ui/react/field";
import { Input as Base } from "@base-ui/react/input";
import type { ComponentPropsWithRef } from "react";
import { cx } from "./cx.ts";

/** How every control that takes text looks; 16 px on touch screens, so that phones do not zoom in. */
export const CONTROL =
  "w-full rounded-md border border-edge bg-canvas px-2.5 text-sm text-text transition-colors pointer-coarse:text-lg " +
  "focus-visible:outline-2 focus-visible:outline-focus focus-visible:-outline-offset-1 " +
  "data-invalid:border-bad aria-invalid:border-bad data-disabled:bg-surface data-disabled:text-faint " +
  "[&[readonly]]:bg-surface";

type InputProps = Omit<ComponentPropsWithRef<"input">, "onChange" | "value" | "defaultValue" | "style"> & {
  value?: string;
  defaultValue?: string;
  onValueChange?: (value: string) => void;
  /** Set in Geist Mono: paths, identifiers, numbers to compare. */
  mono?: boolean;
};

/** One line of text. Inside a Field its label, hint and error are connected by themselves. */
export function Input({ mono, className, onValueChange, ...rest }: InputProps) {
  return (
    <Base
      {...rest}
      {...(onValueChange ? { onValueChange: (value: string) => onValueChange(value) } : {})}
      className={cx(CONTROL, "h-8 pointer-coarse:h-10", mono && "font-mono", className)}
    />
  );
}

type TextareaProps = Omit<
  ComponentPropsWithRef<"textarea">,
  "onChange" | "value" | "defaultValue" | "style"
> & {
  value?: string;
  defaultValue?: string;
  onValueChange?: (value: string) => void;
  mono?: boolean;
};

/** Several lines of text; grows with what is typed. */
export function Textarea({
  mono,
  className,
  onValueChange,
  value,
  defaultValue,
  rows = 3,
  ...rest
}: TextareaProps) {
  return (
    <Field.Control
      {...(value === undefined ? {} : { value })}
      {...(defaultValue === undefined ? {} : { defaultValue })}
      {...(onValueChange ? { onValueChange: (next: string) => onValueChange(next) } : {})}
      render={<textarea {...rest} rows={rows} />}
      className={cx(CONTROL, "field-sizing-content min-h-16 py-1.5", mono && "font-mono", className)}
    />
  );
}
