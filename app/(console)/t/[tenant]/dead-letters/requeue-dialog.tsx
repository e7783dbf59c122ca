"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { toast } from "#components/ui/toast.tsx";
import { api } from "#lib/api/client.ts";
import { ACTION_WORDS, jobsText } from "#lib/dead-letters/rules.ts";
import type { Run, RunAction, Selection } from "#lib/dead-letters/schema.ts";
import { paths } from "#lib/paths.ts";
import { RunForm } from "./run-form.tsx";
import { RunPreview } from "./run-preview.tsx";

type Props = {
  tenant: string;
  /** What is to be requeued, or discarded. It is frozen when the dialog opens. */
  selection: Selection;
  action?: RunAction;
  onClose: () => void;
};

/**
 * Freezes a selection of dead jobs, says exactly what would be done to which, asks how and why, and starts the run.
 * Mount it to open it; it leads to the run's page.
 */
export function RequeueDialog({ tenant, selection, action = "requeue", onClose }: Props) {
  const client = useQueryClient();
  const router = useRouter();
  const path = `/tenants/${encodeURIComponent(tenant)}/dead-letters`;
  // The selection is what it was when the dialog opened, whatever the list behind it does meanwhile.
  const [asked] = useState({ action, selection });
  const id = useId();
  const { data, error, isPending, isFetching, refetch } = useQuery({
    queryKey: ["dead-letter-preview", tenant, id],
    queryFn: ({ signal }) => api.post<Run>(`${path}/preview`, asked, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const [open, setOpen] = useState(true);
  const close = () => setOpen(false);
  const words = ACTION_WORDS[asked.action];
  const count = data?.preview.count ?? 0;
  return (
    <Dialog
      open={open}
      onClose={close}
      onClosed={onClose}
      title={data ? `${words.verb} ${jobsText(count)}?` : `${words.verb} dead jobs?`}
      size="medium"
    >
      {isPending ? (
        <div role="status">
          <p className="mb-3 text-muted">Freezing the selection and counting it…</p>
          <Skeleton className="h-24 w-full" />
        </div>
      ) : null}
      {error ? (
        <div className="space-y-3">
          <ErrorNotice error={error} />
          <div className="flex justify-end gap-2">
            <Button onClick={close}>Cancel</Button>
            <Button loading={isFetching} onClick={() => void refetch()}>
              Look again
            </Button>
          </div>
        </div>
      ) : null}
      {data ? (
        <>
          <RunPreview run={data} />
          <RunForm
            key={data.id}
            run={data}
            onCancel={close}
            onLookAgain={() => void refetch()}
            send={(input) => api.post<Run>(`${path}/${asked.action}`, input)}
            onStarted={(run) => {
              void client.invalidateQueries({ queryKey: ["dead-letters", tenant] });
              void client.invalidateQueries({ queryKey: ["jobs", tenant] });
              toast.success(`${words.noun} of ${jobsText(run.preview.count)} started`);
              router.push(paths.deadLetterRun(tenant, run.id));
            }}
          />
        </>
      ) : null}
    </Dialog>
  );
}
