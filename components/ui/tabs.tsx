"use client";
import { type KeyboardEvent, type ReactNode, useId } from "react";

type Tab<Value extends string> = { value: Value; label: string; count?: number | string; panel: ReactNode };

/** Several views of one thing. Keep the chosen one in the URL (`useUrlState`) when it deserves an address. */
export function Tabs<Value extends string>({
  tabs,
  value,
  onValueChange,
  label,
}: {
  tabs: readonly Tab<Value>[];
  value: Value;
  onValueChange: (value: Value) => void;
  label: string;
}) {
  const id = useId();
  const current = tabs.find((tab) => tab.value === value);
  return (
    <div>
      <div
        role="tablist"
        aria-label={label}
        onKeyDown={moveBetweenTabs}
        className="flex gap-4 overflow-x-auto border-b"
      >
        {tabs.map((tab) => (
          <button
            key={tab.value}
            type="button"
            role="tab"
            id={`${id}-${tab.value}`}
            aria-selected={tab === current}
            aria-controls={tab === current ? `${id}-panel` : undefined}
            tabIndex={tab === current ? 0 : -1}
            onClick={() => onValueChange(tab.value)}
            className="-mb-px flex h-9 items-center gap-1.5 whitespace-nowrap border-transparent border-b-2 px-0.5 font-medium text-muted outline-offset-[-2px] hover:text-text aria-selected:border-accent aria-selected:text-text pointer-coarse:h-11"
          >
            {tab.label}
            {tab.count === undefined ? null : <span className="text-muted text-xs">{tab.count}</span>}
          </button>
        ))}
      </div>
      {current ? (
        <div
          key={current.value}
          role="tabpanel"
          id={`${id}-panel`}
          aria-labelledby={`${id}-${current.value}`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the way from a tab into what it shows, also where that is plain text
          tabIndex={0}
          className="pt-4"
        >
          {current.panel}
        </div>
      ) : null}
    </div>
  );
}

/** Arrow keys go from tab to tab and round, Home and End to the first and the last; Enter or Space chooses. */
function moveBetweenTabs(event: KeyboardEvent<HTMLDivElement>): void {
  if (event.metaKey || event.ctrlKey || event.altKey || event.shiftKey) return;
  const tabs = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=tab]")];
  const at = tabs.indexOf(event.target as HTMLElement);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  tabs.at(to % tabs.length)?.focus();
}
