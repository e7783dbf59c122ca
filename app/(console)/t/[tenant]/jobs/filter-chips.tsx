"use client";
import { X } from "lucide-react";
import { useUrlState } from "#components/table/use-url-state.ts";
import { Button } from "#components/ui/button.tsx";
import { FURTHER, filterWords, type JobListFilters } from "./list-filters.ts";

type Props = { filters: JobListFilters; names: { route?: string | undefined; key?: string | undefined } };

/** What the list is narrowed to that has no control in the bar; a press takes it away. */
export function FilterChips({ filters, names }: Props) {
  const url = useUrlState();
  const chosen = FURTHER.filter((name) => filters[name]);
  if (chosen.length === 0) return null;
  return (
    <ul aria-label="Further filters" className="mb-3 flex flex-wrap items-center gap-2">
      {chosen.map((name) => {
        const words = filterWords(name, filters[name] ?? "", names);
        return (
          <li key={name} className="min-w-0 max-w-full">
            <Button
              size="small"
              aria-label={`Take away: ${words}`}
              title={words}
              className="max-w-full"
              onClick={() => url.set({ [name]: null })}
            >
              <span className="min-w-0 truncate">{words}</span>
              <X aria-hidden size={12} className="shrink-0" />
            </Button>
          </li>
        );
      })}
      {filters.payload && !filters.from && !filters.within ? (
        <li className="text-muted text-xs">Payloads of the last 7 days; choose a time for others.</li>
      ) : null}
    </ul>
  );
}
