"use client";
import { X } from "lucide-react";
import { useUrlState } from "#components/table/use-url-state.ts";
import { Button } from "#components/ui/button.tsx";
import type { AuditFilters } from "#lib/audit-log/schema.ts";

/** The filters that have no control of their own in the bar. */
export const FURTHER = ["target", "request", "from", "to", "support"] as const;
type Further = (typeof FURTHER)[number];

const DATE = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const WORDS: Record<Further, (value: string) => string> = {
  target: (value) => `Target ${value}`,
  request: (value) => `Request ${value}`,
  from: (value) => `Since ${DATE.format(new Date(value))}`,
  to: (value) => `Before ${DATE.format(new Date(value))}`,
  support: () => "Only by support",
};

/** What the log is narrowed to that has no control in the bar; a press takes it away. */
export function FurtherChips({ filters }: { filters: AuditFilters }) {
  const url = useUrlState();
  const chosen = FURTHER.filter((name) => filters[name]);
  if (chosen.length === 0) return null;
  return (
    <ul aria-label="Further filters" className="mb-3 flex flex-wrap items-center gap-2">
      {chosen.map((name) => {
        const words = WORDS[name](filters[name] ?? "");
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
    </ul>
  );
}
