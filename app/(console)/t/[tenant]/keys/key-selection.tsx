"use client";
import { X } from "lucide-react";
import { Button, IconButton } from "#components/ui/button.tsx";
import { keysText } from "./key-words.ts";

/** The server takes no more at once by name. */
const MOST = 1_000;

type KeySelectionProps = {
  count: number;
  /** How many of this page are not chosen and could be. */
  left: number;
  refusal: string | null;
  onChoosePage: () => void;
  onClear: () => void;
  onRevoke: () => void;
};

/** What can be done to the keys that are chosen; at the foot of the window while any are. */
export function KeySelection({ count, left, refusal, onChoosePage, onClear, onRevoke }: KeySelectionProps) {
  if (count === 0) return null;
  return (
    <section
      aria-label="Chosen keys"
      className="sticky bottom-3 z-20 mt-3 flex flex-wrap items-center gap-2 rounded-lg border bg-raised px-3 py-2 shadow-popup"
    >
      <p role="status" className="mr-auto font-medium tabular-nums">
        {keysText(count)} chosen
      </p>
      {left > 0 ? (
        <Button variant="quiet" size="small" onClick={onChoosePage}>
          Choose all on this page
        </Button>
      ) : null}
      <Button
        variant="danger"
        size="small"
        disabledReason={
          refusal ??
          (count > MOST ? `At most ${keysText(MOST)} at once; revoke by the time they were made.` : null)
        }
        onClick={onRevoke}
      >
        Revoke {keysText(count)}…
      </Button>
      <IconButton label="Choose none" size="small" icon={<X aria-hidden size={14} />} onClick={onClear} />
    </section>
  );
}
