"use client";
import { Select as Base } from "@base-ui/react/select";
import { Check, ChevronsUpDown } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";
import { CONTROL } from "./input.tsx";
import { OPTION, POPUP } from "./popup-style.ts";

export type Option<Value extends string = string> = { value: Value; label: string; hint?: ReactNode };

type SelectProps<Value extends string> = {
  options: readonly Option<Value>[];
  value: Value;
  onValueChange: (value: Value) => void;
  name?: string;
  /** Needed when there is no Field around it. */
  "aria-label"?: string;
  placeholder?: string;
  disabled?: boolean;
  mono?: boolean;
  size?: "small" | "medium";
  className?: string;
};

/** One of a few. For more than a dozen, or several at once, take Combobox. */
export function Select<Value extends string>({
  options,
  value,
  onValueChange,
  placeholder,
  mono,
  size = "medium",
  className,
  "aria-label": label,
  ...rest
}: SelectProps<Value>) {
  return (
    <Base.Root<Value>
      {...rest}
      items={options}
      value={value}
      onValueChange={(next) => next !== null && onValueChange(next)}
    >
      <Base.Trigger
        aria-label={label}
        className={cx(
          CONTROL,
          "flex items-center justify-between gap-2 text-left",
          size === "small" ? "h-7 pointer-coarse:h-9" : "h-8 pointer-coarse:h-10",
          mono && "font-mono",
          className,
        )}
      >
        <Base.Value placeholder={placeholder} className="truncate data-placeholder:text-faint" />
        <Base.Icon className="text-faint">
          <ChevronsUpDown aria-hidden size={14} />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner alignItemWithTrigger={false} sideOffset={4} collisionPadding={8} className="z-50">
          <Base.Popup
            className={cx(POPUP, "min-w-(--anchor-width) max-w-[min(28rem,var(--available-width))]")}
          >
            <Base.List className="max-h-[min(20rem,var(--available-height))] overflow-y-auto p-1">
              {options.map((option) => (
                <Base.Item key={option.value} value={option.value} className={OPTION}>
                  <span className="w-3.5 shrink-0">
                    <Base.ItemIndicator>
                      <Check aria-hidden size={14} />
                    </Base.ItemIndicator>
                  </span>
                  <span className="min-w-0">
                    <Base.ItemText className={cx("block", mono && "font-mono")}>{option.label}</Base.ItemText>
                    {option.hint ? <span className="block text-muted text-xs">{option.hint}</span> : null}
                  </span>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
