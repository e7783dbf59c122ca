"use client";
import { ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Explanation } from "#lib/contract/lint/explanations.ts";

/** What stands between backticks is a name or a value. */
const inWords = (text: string): ReactNode =>
  text.split("`").map((part, position) =>
    position % 2 === 1 ? (
      <code key={part} className="break-all font-mono" translate="no">
        {part}
      </code>
    ) : (
      part
    ),
  );

/** Why a finding's code matters and how to mend it; the texts are fetched when somebody asks. */
export function FindingExplanation({ code }: { code: string }) {
  const [explanation, setExplanation] = useState<Explanation | null>(null);
  const [failed, setFailed] = useState(false);
  const load = async () => {
    if (explanation) return;
    try {
      const { EXPLANATIONS } = await import("#lib/contract/lint/explanations.ts");
      setExplanation(EXPLANATIONS.get(code) ?? null);
      setFailed(!EXPLANATIONS.has(code));
    } catch {
      setFailed(true);
    }
  };
  return (
    <details className="group text-xs" onToggle={(event) => event.currentTarget.open && load()}>
      <summary className="inline-flex min-h-6 cursor-pointer list-none items-center gap-1 rounded-sm text-muted [&::-webkit-details-marker]:hidden">
        <ChevronRight
          aria-hidden
          size={12}
          className="shrink-0 transition-transform group-open:rotate-90 motion-reduce:transition-none"
        />
        <span>
          Why, and how to mend it
          <span className="sr-only">{` (${code.replaceAll("_", " ")})`}</span>
        </span>
      </summary>
      <div className="mt-0.5 space-y-1 pl-4">
        {explanation ? (
          <>
            <p>{inWords(explanation.why)}</p>
            {explanation.mend ? <p>{inWords(explanation.mend)}</p> : null}
          </>
        ) : (
          <p className="text-muted">{failed ? `docs/lint.md tells about ${code}.` : "…"}</p>
        )}
      </div>
    </details>
  );
}
