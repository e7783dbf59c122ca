"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { toast } from "#components/ui/toast.tsx";
import { ApiError } from "#lib/api/client.ts";
import type { BulkChange } from "#lib/routes/schema.ts";
import { changeOf, EMPTY_DRAFT } from "./bulk-draft.ts";
import { BulkFields } from "./bulk-fields.tsx";
import { BulkPreview } from "./bulk-preview.tsx";
import { previewBulk, runBulk, undoBulk } from "./bulk-request.ts";
import { buttonOf, doneOf, verbOf } from "./bulk-words.ts";
import type { Chosen } from "./use-selection.ts";

/** The value as it was when it last rested for a moment: a preview a keystroke is too many. */
function useRested<T>(value: T, ms: number): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return rested;
}

type BulkDialogProps = {
  tenant: string;
  chosen: Chosen;
  /** A change that is decided already; null asks for one. */
  preset: BulkChange | null;
  onClose: () => void;
  onDone: () => Promise<unknown>;
  onUndone: () => Promise<unknown>;
};

/** Changes many routes at once: what is to change, exactly what that does, and a button that says how many. */
export function BulkDialog({ tenant, chosen, preset, onClose, onDone, onUndone }: BulkDialogProps) {
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const wanted = useMemo(() => preset ?? changeOf(draft), [preset, draft]);
  const change = useRested(wanted, preset ? 0 : 250);
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ["bulk", tenant, chosen, change],
    queryFn: ({ signal }) => previewBulk(tenant, chosen, change as BulkChange, signal),
    enabled: change !== null,
    placeholderData: keepPreviousData,
    gcTime: 0,
    staleTime: 0,
  });
  const details = error instanceof ApiError ? error.details : [];
  const errorAt = (place: string) =>
    details.find(({ path }) => `${path}.`.startsWith(`change.${place}.`))?.message ?? null;
  const atFields = details.some(({ path }) => path.startsWith("change."));
  const tooMany = details.find(({ path }) => path === "filter");
  const current = change !== null && change === wanted && !isFetching && !error ? data : undefined;

  const run = async () => {
    if (!current || !change) return;
    setBusy(true);
    setFailure(null);
    try {
      const { changed, undoId } = await runBulk(tenant, chosen, change, current);
      const done = doneOf(change, changed);
      if (undoId) {
        toast.undo(`${done} in the draft`, async () => {
          await undoBulk(tenant, undoId);
          await onUndone();
        });
      }
      await onDone();
    } catch (reason) {
      setFailure(reason);
      // Somebody was faster: show what the change would do now.
      if (reason instanceof ApiError && reason.status === 409) await refetch();
    } finally {
      setBusy(false);
    }
  };

  const reason =
    wanted === null
      ? "Choose what to change first."
      : error
        ? "This change is not possible yet: see above."
        : !current
          ? "Looking at what would change…"
          : current.changed === 0
            ? "No route would change."
            : null;
  const label =
    change && current ? buttonOf(change, current.changed) : wanted ? `${verbOf(wanted)}…` : "Change routes";

  return (
    <Dialog
      open
      onClose={onClose}
      held={busy}
      size="large"
      title={preset ? `${verbOf(preset)} routes` : "Edit many routes"}
      description="In the draft. Callers notice nothing before you publish, and it can be undone."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant={change?.delete ? "danger" : "primary"}
            loading={busy}
            disabledReason={reason}
            onClick={run}
          >
            {label}
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        {preset ? null : (
          <BulkFields
            tenant={tenant}
            draft={draft}
            errorAt={errorAt}
            set={(more) => {
              setFailure(null);
              setDraft((before) => ({ ...before, ...more }));
            }}
          />
        )}
        <ErrorNotice error={failure ?? (atFields || tooMany ? null : error)} />
        {tooMany ? <Notice tone="bad" title={`What is chosen ${tooMany.message}.`} /> : null}
        {wanted === null ? null : data && !error ? (
          <BulkPreview result={data} />
        ) : error ? null : (
          <Skeleton className="h-24 w-full" />
        )}
      </div>
    </Dialog>
  );
}
