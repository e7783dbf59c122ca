"use client";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { useUrlState } from "./use-url-state.ts";

/**
 * Under a list that is read page by page. The cursor is in the address; Previous is the browser's way back, since a
 * cursor only leads forward, and First where there is no way back.
 */
export function Pager({ nextCursor, summary }: { nextCursor: string | null; summary?: string }) {
  const url = useUrlState();
  const first = url.get("cursor") === "";
  if (first && nextCursor === null) {
    return summary ? <p className="px-2 py-3 text-muted">{summary}</p> : null;
  }
  const trail = url.get("trail").split(",").filter(Boolean);
  const previous = trail.at(-1);
  return (
    <nav aria-label="Pages" className="flex items-center justify-between gap-3 px-2 py-3">
      <p className="text-muted">{summary}</p>
      <div className="flex gap-2">
        <Button
          size="small"
          icon={<ChevronLeft aria-hidden size={14} />}
          disabledReason={first ? "This is the first page." : null}
          onClick={() =>
            url.set({
              cursor: previous === "-" ? null : (previous ?? null),
              trail: trail.slice(0, -1).join(","),
            })
          }
        >
          Previous
        </Button>
        <Button
          size="small"
          loading={url.pending}
          disabledReason={nextCursor === null ? "This is the last page." : null}
          onClick={() =>
            url.set({ cursor: nextCursor, trail: [...trail, url.get("cursor") || "-"].slice(-20).join(",") })
          }
        >
          Next
          <ChevronRight aria-hidden size={14} />
        </Button>
      </div>
    </nav>
  );
}
