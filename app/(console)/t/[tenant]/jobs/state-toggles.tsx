"use client";
import { useUrlState } from "#components/table/use-url-state.ts";
import { cx } from "#components/ui/cx.ts";
import { JOB_STATES } from "#lib/contract/jobs.ts";
import { toggledStates } from "./list-filters.ts";

const sentenceCase = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** The states that the list is narrowed to; none chosen is every one. */
export function StateToggles({ state }: { state: string }) {
  const url = useUrlState();
  const chosen = state.split(",");
  return (
    <fieldset className="mb-3 flex min-w-0 flex-wrap items-center gap-1">
      <legend className="sr-only">State</legend>
      {JOB_STATES.map((each) => {
        const on = chosen.includes(each);
        return (
          <button
            key={each}
            type="button"
            aria-pressed={on}
            onClick={() => url.set({ state: toggledStates(state, each) })}
            className={cx(
              "h-7 shrink-0 rounded-md border px-2.5 text-xs pointer-coarse:h-10",
              on
                ? "border-accent bg-selected font-medium text-text"
                : "text-muted hover:bg-hover hover:text-text",
            )}
          >
            {sentenceCase(each)}
          </button>
        );
      })}
    </fieldset>
  );
}
