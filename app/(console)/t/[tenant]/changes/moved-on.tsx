"use client";
import { useGateways } from "#components/shell/live-pill.tsx";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { useRefreshDraft } from "./use-draft-actions.ts";

/**
 * Says that something else went live during the review. It is not shown by itself: a list that changes under the
 * eyes of whoever is about to publish would be published unread.
 */
export function MovedOn({ tenant, reviewed }: { tenant: string; reviewed: number | null }) {
  const live = useGateways(tenant).data?.liveRevision ?? null;
  const refresh = useRefreshDraft(tenant);
  if (live === null || live <= (reviewed ?? 0)) return null;
  return (
    <div className="mb-6" role="status">
      <Notice
        tone="warn"
        title={`r${live} went live while you were looking.`}
        action={
          <Button size="small" onClick={() => void refresh()}>
            {`Compare with r${live}`}
          </Button>
        }
      >
        {reviewed === null
          ? "What is below is how the draft stood before anything was live."
          : `What is below still compares the draft with r${reviewed}.`}
      </Notice>
    </div>
  );
}
