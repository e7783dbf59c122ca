import { CircleCheck, CircleX, Minus } from "lucide-react";
import { cx } from "#components/ui/cx.ts";
import type { TraceStep, TraceStepName } from "#lib/contract/trace.ts";
import { STEP_NAMES } from "./step-words.ts";

const LOOKS = {
  passed: { icon: CircleCheck, mark: "text-ok", word: "passed" },
  refused: { icon: CircleX, mark: "text-bad", word: "refused" },
  skipped: { icon: Minus, mark: "text-faint", word: "not needed" },
};

/** The steps of a decision in their order; those in `differing` are marked. */
export function StepList({
  steps,
  label,
  differing,
}: {
  steps: readonly TraceStep[];
  label: string;
  differing?: ReadonlySet<TraceStepName>;
}) {
  return (
    <ol aria-label={label} className="border-t">
      {steps.map(({ step, outcome, detail }) => {
        const { icon: Icon, mark, word } = LOOKS[outcome];
        const differs = differing?.has(step);
        return (
          <li
            key={step}
            className={cx(
              "grid grid-cols-[1rem_6.5rem_1fr] gap-x-2 border-b px-2 py-1.5",
              differs && "bg-warn-tint",
            )}
          >
            <Icon aria-hidden size={14} className={cx("mt-0.5", mark)} />
            <span className={outcome === "skipped" ? "text-muted" : "font-medium"}>
              {STEP_NAMES[step]}
              <span className="sr-only">
                {` ${detail === "not reached" ? "not reached" : word}${differs ? ", differs" : ""}: `}
              </span>
            </span>
            <span className={cx("min-w-0 break-words", outcome === "skipped" && "text-muted")}>{detail}</span>
          </li>
        );
      })}
    </ol>
  );
}
