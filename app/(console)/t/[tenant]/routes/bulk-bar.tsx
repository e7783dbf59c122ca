"use client";
import { X } from "lucide-react";
import { Button, IconButton } from "#components/ui/button.tsx";
import type { CappedCount } from "#lib/jobs/schema.ts";
import { countOf } from "#lib/overview/rules.ts";
import type { BulkChange } from "#lib/routes/schema.ts";
import type { useSelection } from "./use-selection.ts";

type BulkBarProps = {
  selection: ReturnType<typeof useSelection>;
  /** How many match the filter. */
  count: CappedCount;
  filtered: boolean;
  /** Opens the dialog, with a change that is decided already or with none. */
  onChange: (change: BulkChange | null) => void;
};

/** What can be done to the routes that are chosen; at the foot of the window while any are. */
export function BulkBar({ selection, count, filtered, onChange }: BulkBarProps) {
  if (!selection.chosen) return null;
  const chosen = selection.all ? count : { count: selection.size, capped: false };
  const more = !selection.all && (count.capped || count.count > selection.size);
  return (
    <section
      aria-label="Chosen routes"
      className="sticky bottom-3 z-20 mt-3 flex flex-wrap items-center gap-2 rounded-lg border bg-raised px-3 py-2 shadow-popup"
    >
      <p role="status" className="mr-auto font-medium tabular-nums">
        {selection.all ? "All " : ""}
        {countOf(chosen, "route")} chosen
      </p>
      {more ? (
        <Button variant="quiet" size="small" onClick={selection.chooseAll}>
          Choose all {countOf(count, "route")}
          {filtered ? " that match" : ""}
        </Button>
      ) : null}
      <Button variant="primary" size="small" onClick={() => onChange(null)}>
        Edit…
      </Button>
      <Button size="small" onClick={() => onChange({ enabled: true })}>
        Enable…
      </Button>
      <Button size="small" onClick={() => onChange({ enabled: false })}>
        Disable…
      </Button>
      <Button variant="danger" size="small" onClick={() => onChange({ delete: true })}>
        Delete…
      </Button>
      <IconButton
        label="Choose none"
        size="small"
        icon={<X aria-hidden size={14} />}
        onClick={selection.clear}
      />
    </section>
  );
}
