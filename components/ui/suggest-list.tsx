"use client";
import { Autocomplete as Base } from "@base-ui/react/autocomplete";
import { cx } from "./cx.ts";
import { useFieldParts } from "./field-parts.ts";
import { CONTROL } from "./input.tsx";
import { OPTION, POPUP } from "./popup-style.ts";
import type { Option } from "./select.tsx";
import type { SuggestProps } from "./suggest.tsx";

/** The control behind Suggest. */
export function SuggestList({
  options,
  value,
  onValueChange,
  placeholder,
  empty = "Nothing known has this name.",
  "aria-label": label,
}: SuggestProps) {
  const exact = options.some((option) => option.value === value);
  // Who comes back to a finished choice wants to see the others, not only what is chosen already.
  const matches = (option: Option, query: string) =>
    exact || option.value.toLowerCase().includes(query.trim().toLowerCase());
  return (
    <Base.Root<Option>
      items={options}
      value={value}
      onValueChange={(next) => onValueChange(next)}
      itemToStringValue={(option) => option.value}
      filter={matches}
      openOnInputClick
    >
      <Base.Input
        {...useFieldParts()}
        aria-label={label}
        placeholder={placeholder}
        spellCheck={false}
        autoCapitalize="none"
        className={cx(CONTROL, "h-8 font-mono pointer-coarse:h-10")}
      />
      <Base.Portal>
        <Base.Positioner sideOffset={4} collisionPadding={8} className="z-50">
          <Base.Popup className={cx(POPUP, "w-(--anchor-width)")}>
            <Base.Empty>
              <div className="px-3 py-2 text-muted">{empty}</div>
            </Base.Empty>
            <Base.List className="max-h-[min(18rem,var(--available-height))] overflow-y-auto p-1 data-empty:p-0">
              {(option: Option) => (
                <Base.Item key={option.value} value={option} className={OPTION}>
                  <span className="min-w-0 flex-1 truncate font-mono">{option.label}</span>
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
