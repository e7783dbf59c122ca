"use client";
import { Combobox as Base } from "@base-ui/react/combobox";
import { Check, X } from "lucide-react";
import { useMemo, useRef } from "react";
import type { MultiComboboxProps } from "./combobox.tsx";
import { cx } from "./cx.ts";
import { useFieldParts } from "./field-parts.ts";
import { CONTROL } from "./input.tsx";
import { OPTION, POPUP } from "./popup-style.ts";
import type { Option } from "./select.tsx";

/** The control behind MultiCombobox. */
export function ComboboxList({
  options,
  value,
  onValueChange,
  onSearch,
  placeholder = "Type to search",
  empty = "Nothing matches.",
  "aria-label": label,
  disabled,
}: MultiComboboxProps) {
  const box = useRef<HTMLDivElement>(null);
  const byValue = useMemo(() => new Map(options.map((option) => [option.value, option])), [options]);
  const chosen = value.map((one) => byValue.get(one) ?? { value: one, label: one });
  return (
    <Base.Root<Option, true>
      multiple
      items={options}
      value={chosen}
      onValueChange={(next) => onValueChange(next.map((option) => option.value))}
      itemToStringLabel={(option) => option.label}
      isItemEqualToValue={(a, b) => a.value === b.value}
      disabled={disabled ?? false}
      {...(onSearch ? { onInputValueChange: (text: string) => onSearch(text) } : {})}
    >
      <Base.Chips
        ref={box}
        className={cx(
          CONTROL,
          "flex min-h-8 flex-wrap items-center gap-1 px-1 py-0.5 focus-within:outline-2 focus-within:outline-focus focus-within:-outline-offset-1 pointer-coarse:min-h-10",
        )}
      >
        {chosen.map((option) => (
          <Base.Chip
            key={option.value}
            className="flex h-6 max-w-full items-center gap-0.5 rounded-sm bg-hover pl-1.5 text-text text-xs data-highlighted:bg-selected"
          >
            <span className="truncate">{option.label}</span>
            <Base.ChipRemove
              aria-label={`Remove ${option.label}`}
              className="flex size-6 items-center justify-center rounded-sm text-muted hover:text-text"
            >
              <X aria-hidden size={12} />
            </Base.ChipRemove>
          </Base.Chip>
        ))}
        <Base.Input
          {...useFieldParts()}
          aria-label={label}
          placeholder={chosen.length ? "" : placeholder}
          className="h-6 min-w-24 flex-1 bg-transparent px-1.5 outline-none"
        />
      </Base.Chips>
      <Base.Portal>
        <Base.Positioner anchor={box} sideOffset={4} collisionPadding={8} className="z-50">
          <Base.Popup className={cx(POPUP, "w-(--anchor-width)")}>
            <Base.Empty>
              <div className="px-3 py-2 text-muted">{empty}</div>
            </Base.Empty>
            <Base.List className="max-h-[min(18rem,var(--available-height))] overflow-y-auto p-1 data-empty:p-0">
              {(option: Option) => (
                <Base.Item key={option.value} value={option} className={OPTION}>
                  <span className="w-3.5 shrink-0">
                    <Base.ItemIndicator>
                      <Check aria-hidden size={14} />
                    </Base.ItemIndicator>
                  </span>
                  <span className="min-w-0 flex-1 truncate">{option.label}</span>
                  {option.hint ? <span className="text-muted text-xs">{option.hint}</span> : null}
                </Base.Item>
              )}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
