"use client";
import { useState, useSyncExternalStore } from "react";
import { Notice } from "#components/ui/notice.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import type { Explanation } from "#lib/explain/schema.ts";
import { answerOf, Side } from "./side.tsx";
import { differingSteps } from "./step-words.ts";

const WIDE = "(min-width: 64rem)";

function useWide(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = matchMedia(WIDE);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    () => matchMedia(WIDE).matches,
    () => true,
  );
}

/** Draft and live beside each other, or one at a time on a phone; what publishing would change comes first. */
export function ExplanationView({ explanation, tenant }: { explanation: Explanation; tenant: string }) {
  const [shown, setShown] = useState<"draft" | "live">("draft");
  const wide = useWide();
  const { draft, live } = explanation;
  const differing = differingSteps(draft.steps, live.steps);
  const sameAnswer = answerOf(draft) === answerOf(live) && draft.route?.id === live.route?.id;
  const liveName = live.version === 0 ? "Live: nothing is published" : `Live: r${live.version}`;
  const draftPanel = <Side side={draft} tenant={tenant} name="Draft" differing={differing} />;
  const livePanel = <Side side={live} tenant={tenant} name="Live" differing={differing} />;
  return (
    <div className="space-y-4">
      <h2 className="sr-only">What becomes of the request</h2>
      {sameAnswer && differing.size === 0 ? (
        <Notice>Draft and live decide alike: publishing changes nothing for this request.</Notice>
      ) : sameAnswer ? (
        <Notice tone="warn">
          Draft and live give the same answer for different reasons; they are marked.
        </Notice>
      ) : (
        <Notice tone="warn" title="Publishing changes the answer to this request">
          {`Live now: ${answerOf(live)}. With the draft: ${answerOf(draft)}.`}
        </Notice>
      )}
      {wide ? (
        <div className="grid grid-cols-2 gap-8">
          <section aria-label="Draft" className="min-w-0">
            <h2 className="mb-2 border-b pb-2 font-semibold text-base">Draft</h2>
            {draftPanel}
          </section>
          <section aria-label="Live" className="min-w-0">
            <h2 className="mb-2 border-b pb-2 font-semibold text-base">{liveName}</h2>
            {livePanel}
          </section>
        </div>
      ) : (
        <Tabs
          label="Draft or live"
          value={shown}
          onValueChange={setShown}
          tabs={[
            { value: "draft", label: "Draft", panel: draftPanel },
            { value: "live", label: liveName, panel: livePanel },
          ]}
        />
      )}
    </div>
  );
}
