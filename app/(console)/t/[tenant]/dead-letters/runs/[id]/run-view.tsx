"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Pause, Play, Square } from "lucide-react";
import { useState } from "react";
import { StatusBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { TextLink } from "#components/ui/link-button.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { Facts, PageHeader, Section } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { api, type Page } from "#lib/api/client.ts";
import { isMoving, jobsText, type RunControl, whyNotControl } from "#lib/dead-letters/rules.ts";
import type { Run, RunItem } from "#lib/dead-letters/schema.ts";
import { paths } from "#lib/paths.ts";
import { RUN_STATUS, rateText, runTitle } from "../../words.ts";
import { RunItems } from "./run-items.tsx";
import { RunProgress } from "./run-progress.tsx";

type Props = {
  tenant: string;
  role: Role;
  initial: Run;
  view: string;
  cursor: string;
  items: Page<RunItem>;
};

/** A run while it goes on and after: how far it is, what became of the jobs, and how to stop it. */
export function RunView({ tenant, role, initial, view, cursor, items }: Props) {
  const client = useQueryClient();
  const path = `/tenants/${encodeURIComponent(tenant)}/dead-letters/runs/${initial.id}`;
  const key = ["dead-letter-run", tenant, initial.id];
  const {
    data: run,
    error,
    dataUpdatedAt: runReadAt,
  } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.get<Run>(path, { signal }),
    initialData: initial,
    refetchInterval: ({ state }) => (state.data && isMoving(state.data) ? 1_000 : false),
  });
  const [aborting, setAborting] = useState(false);
  const [busy, setBusy] = useState(false);
  const refusal = (control: RunControl) => whyNot(role, "job.act") ?? whyNotControl(control, run.state);
  const control = async (what: RunControl) => {
    client.setQueryData(key, await api.post<Run>(`${path}/${what}`, {}));
    void client.invalidateQueries({ queryKey: ["dead-letter-runs", tenant] });
  };
  const press = async (what: RunControl) => {
    setBusy(true);
    await control(what).catch((reason: unknown) => toast.error(reason));
    setBusy(false);
  };
  const left = run.total - run.done - run.skipped - run.failed;
  return (
    <>
      <PageHeader
        up={{ href: paths.deadLetterRuns(tenant), label: "Runs" }}
        title={runTitle(run)}
        meta={
          <>
            <span role="status">
              <StatusBadge {...RUN_STATUS[run.state]} />
            </span>
            <CopyId value={run.id} label="run ID" short />
          </>
        }
        actions={
          <>
            <Button
              icon={<Square aria-hidden size={14} />}
              disabledReason={refusal("abort")}
              onClick={() => setAborting(true)}
            >
              Abort
            </Button>
            {run.state === "paused" ? (
              <Button
                variant="primary"
                icon={<Play aria-hidden size={14} />}
                loading={busy}
                disabledReason={refusal("resume")}
                onClick={() => void press("resume")}
              >
                Resume
              </Button>
            ) : (
              <Button
                icon={<Pause aria-hidden size={14} />}
                loading={busy}
                disabledReason={refusal("pause")}
                onClick={() => void press("pause")}
              >
                Pause
              </Button>
            )}
          </>
        }
      />
      <div className="mb-6 space-y-3">
        <ErrorNotice error={error} />
        <RunProgress run={run} />
      </div>
      <div className="grid grid-cols-1 gap-x-10 xl:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="min-w-0">
          <RunItems
            tenant={tenant}
            run={run}
            runReadAt={runReadAt}
            view={view}
            cursor={cursor}
            initial={items}
          />
        </div>
        <div className="min-w-0">
          <Section title="How it was started">
            <Facts
              items={[
                { name: "Jobs", value: <Chosen tenant={tenant} run={run} /> },
                { name: "By", value: run.actor },
                { name: "Reason", value: run.reason ?? <span className="text-muted">not started</span> },
                { name: "Frozen", value: <RelativeTime at={run.createdAt} /> },
                { name: "Started", value: <RelativeTime at={run.startedAt} none="not yet" /> },
                { name: "Ended", value: <RelativeTime at={run.finishedAt} none="not yet" /> },
                { name: "Speed", value: rateText(run.ratePerMinute) },
                ...(run.action === "requeue"
                  ? [
                      { name: "Sent first", value: run.canary === null ? "None" : jobsText(run.canary) },
                      {
                        name: "Stops when",
                        value:
                          run.stopAfter === null
                            ? "It is aborted, or done"
                            : `The same error comes back in ${jobsText(run.stopAfter)}`,
                      },
                    ]
                  : []),
              ]}
            />
          </Section>
        </div>
      </div>
      <ConfirmDialog
        open={aborting}
        onClose={() => setAborting(false)}
        title="Abort this run?"
        confirmLabel="Abort run"
        blastRadius={`${jobsText(left)} ${left === 1 ? "stays" : "stay"} dead. What was ${run.action === "requeue" ? "requeued" : "discarded"} already is not taken back, and an aborted run cannot be resumed.`}
        onConfirm={() => control("abort")}
      />
    </>
  );
}

/** What was chosen when the selection was frozen, with the way back to it. */
function Chosen({ tenant, run: { selection, total } }: { tenant: string; run: Run }) {
  switch (selection.by) {
    case "ids":
      return <>{jobsText(total)}, chosen one by one</>;
    case "groups":
      return (
        <ul className="space-y-0.5">
          {selection.fingerprints.map((fingerprint) => (
            <li key={fingerprint}>
              <TextLink href={paths.deadLetterGroup(tenant, fingerprint)}>
                Group <span className="font-mono text-xs">{fingerprint}</span>
              </TextLink>
            </li>
          ))}
        </ul>
      );
    case "filter":
      return (
        <TextLink href={paths.jobs(tenant, { ...selection.filters, state: "dead" })}>
          What a filter showed
        </TextLink>
      );
  }
}
