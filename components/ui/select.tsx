"use client";
import { ChevronsUpDown } from "lucide-react";
import { cx } from "./cx.ts";
import { useFieldParts } from "./field-parts.ts";
import { CONTROL } from "./input.tsx";

export type Option<Value extends string = string> = {
  value: Value;
  label: string;
  /** What choosing it means; a select shows it under itself for the chosen one. */
  hint?: string;
};

type SelectProps<Value extends string> = {
  options: readonly Option<Value>[];
  value: Value;
  onValueChange: (value: Value) => void;
  name?: string;
  /** Needed when there is no Field around it. */
  "aria-label"?: string;
  disabled?: boolean;
  mono?: boolean;
  size?: "small" | "medium";
  className?: string;
};

/**
 * One of a few: the browser's own list, which phones and assistive technology know best. For more than a dozen, or
 * several at once, take MultiCombobox.
 */
export function Select<Value extends string>(props: SelectProps<Value>) {
  const { options, value, onValueChange, mono, size = "medium", className, ...rest } = props;
  const hint = options.find((option) => option.value === value)?.hint;
  return (
    <span className={cx("block", className)}>
      <span className="relative block">
        <select
          {...rest}
          {...useFieldParts()}
          value={value}
          onChange={(event) => onValueChange(event.currentTarget.value as Value)}
          className={cx(
            CONTROL,
            "appearance-none truncate pr-8",
            size === "small" ? "h-7 pointer-coarse:h-9" : "h-8 pointer-coarse:h-10",
            mono && "font-mono",
          )}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value} className="bg-raised text-text">
              {option.label}
            </option>
          ))}
        </select>
        <ChevronsUpDown
          aria-hidden
          size={14}
          className="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 text-faint"
        />
      </span>
      {hint ? <span className="mt-1 block text-muted text-xs">{hint}</span> : null}
    </span>
  );
}
