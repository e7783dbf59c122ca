"use client";
import { ListFilter, Search, X } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import { Input } from "#components/ui/input.tsx";
import { type Option, Select } from "#components/ui/select.tsx";
import { useUrlState } from "./use-url-state.ts";

export type Filter = {
  name: string;
  label: string;
  options: readonly Option[];
  /** Other filters that a choice here takes the place of. */
  clears?: readonly string[];
};

/**
 * Search and filters over a list. Their state is the address's (`?q=…&state=dead`), so a list can be sent to
 * somebody and the back button works. An option with the value "" means no filter.
 */
export function FilterBar({
  search,
  filters = [],
  take,
  also = [],
  beside,
  children,
}: {
  /** What can be searched for: "Search by path or name". Left out where there is no search. */
  search?: string;
  filters?: readonly Filter[];
  /** Looks at what was typed before it goes into the address; true keeps it out and empties the field. */
  take?: (text: string) => boolean;
  /** Filters with controls elsewhere, which Clear takes away too. */
  also?: readonly string[];
  /** Behind the filters: a way to further ones. */
  beside?: ReactNode;
  /** At the end of the bar: a count, a button. */
  children?: ReactNode;
}) {
  const url = useUrlState();
  const chosen = filters.filter((filter) => url.get(filter.name)).length;
  const active = chosen > 0 || url.get("q") !== "" || also.some((name) => url.get(name) !== "");
  // On a phone many filters would push the list off the screen, so they wait behind a button.
  const [open, setOpen] = useState(false);
  const folded = filters.length > 3;
  return (
    <search className="mb-3 flex flex-wrap items-center gap-2">
      {search ? (
        <SearchField label={search} value={url.get("q")} onChange={(q) => url.set({ q })} take={take} />
      ) : null}
      {folded ? (
        <Button
          aria-expanded={open}
          icon={<ListFilter aria-hidden size={14} />}
          className="sm:hidden"
          onClick={() => setOpen(!open)}
        >
          {chosen > 0 ? `Filters (${chosen})` : "Filters"}
        </Button>
      ) : null}
      {filters.map((filter) => (
        <Select
          key={filter.name}
          aria-label={filter.label}
          options={filter.options}
          value={url.get(filter.name)}
          onValueChange={(value) =>
            url.set({
              [filter.name]: value,
              ...Object.fromEntries((filter.clears ?? []).map((name) => [name, null])),
            })
          }
          className={cx("min-w-32 max-w-full sm:max-w-48", folded && !open && "max-sm:hidden")}
        />
      ))}
      {beside}
      {active ? (
        <Button
          variant="quiet"
          icon={<X aria-hidden size={14} />}
          onClick={() =>
            url.set(
              Object.fromEntries(
                ["q", ...filters.map(({ name }) => name), ...also].map((name) => [name, null]),
              ),
            )
          }
        >
          Clear
        </Button>
      ) : null}
      <div className="ml-auto flex items-center gap-2 text-muted">{children}</div>
    </search>
  );
}

function SearchField({
  label,
  value,
  onChange,
  take,
}: {
  label: string;
  value: string;
  onChange: (q: string) => void;
  take: ((text: string) => boolean) | undefined;
}) {
  const [text, setText] = useState(value);
  const latest = useRef(value);
  useEffect(() => {
    if (value !== latest.current) setText(value);
    latest.current = value;
  }, [value]);
  useEffect(() => {
    if (text === latest.current) return;
    const timer = setTimeout(() => {
      latest.current = text;
      onChange(text);
    }, 200);
    return () => clearTimeout(timer);
  }, [text, onChange]);
  return (
    <div className="relative w-full sm:w-72">
      <Search
        aria-hidden
        size={14}
        className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-faint"
      />
      <Input
        type="search"
        data-page-search
        aria-label={label}
        placeholder={label}
        value={text}
        onValueChange={(next) => setText(take?.(next) ? "" : next)}
        className="pl-8"
      />
    </div>
  );
}
