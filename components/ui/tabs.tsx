"use client";
import { Tabs as Base } from "@base-ui/react/tabs";
import type { ReactNode } from "react";

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
  return (
    <Base.Root value={value} onValueChange={(next) => onValueChange(next as Value)}>
      <Base.List aria-label={label} className="flex gap-4 overflow-x-auto border-b">
        {tabs.map((tab) => (
          <Base.Tab
            key={tab.value}
            value={tab.value}
            className="-mb-px flex h-9 items-center gap-1.5 whitespace-nowrap border-transparent border-b-2 px-0.5 font-medium text-muted outline-offset-[-2px] hover:text-text data-active:border-accent data-active:text-text pointer-coarse:h-11"
          >
            {tab.label}
            {tab.count === undefined ? null : <span className="text-muted text-xs">{tab.count}</span>}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map((tab) => (
        <Base.Panel key={tab.value} value={tab.value} className="pt-4">
          {tab.panel}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
