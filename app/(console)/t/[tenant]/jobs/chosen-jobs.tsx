"use client";
import { useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "#components/ui/button.tsx";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { whyNotCancel } from "#lib/jobs/rules.ts";
import type { JobSummary } from "#lib/jobs/schema.ts";

const RequeueDialog = fetchedAhead(() =>
  import("../dead-letters/requeue-dialog.tsx").then((module) => module.RequeueDialog),
);
const CancelDialog = fetchedAhead(() => import("./cancel-dialog.tsx").then((module) => module.CancelDialog));

type Props = {
  tenant: { slug: string; role: Role };
  chosen: ReadonlyMap<string, JobSummary>;
  /** How many of this page are not chosen. */
  left: number;
  onChoosePage: () => void;
  onClear: () => void;
};

const jobs = (count: number) => `${count.toLocaleString("en")} ${count === 1 ? "job" : "jobs"}`;

/** What can be done to the jobs that are chosen; at the foot of the window while any are. */
export function ChosenJobs({ tenant, chosen, left, onChoosePage, onClear }: Props) {
  const client = useQueryClient();
  const [requeuing, setRequeuing] = useState<readonly string[] | null>(null);
  const [cancelling, setCancelling] = useState<readonly JobSummary[] | null>(null);
  if (chosen.size === 0 && !cancelling && !requeuing) return null;
  const all = [...chosen.values()];
  const waiting = all.filter((job) => whyNotCancel(job) === null);
  const dead = all.filter((job) => job.state === "dead");
  const role = whyNot(tenant.role, "job.act");
  return (
    <section
      aria-label="Chosen jobs"
      className="sticky bottom-3 z-20 mt-3 flex flex-wrap items-center gap-2 rounded-lg border bg-raised px-3 py-2 shadow-popup"
    >
      <p role="status" className="mr-auto font-medium tabular-nums">
        {jobs(chosen.size)} chosen
      </p>
      {left > 0 ? (
        <Button variant="quiet" size="small" onClick={onChoosePage}>
          Choose all on this page
        </Button>
      ) : null}
      <Button
        size="small"
        variant="danger"
        disabledReason={
          role ?? (waiting.length === 0 ? "None of them waits or runs: there is nothing to cancel." : null)
        }
        onClick={() => setCancelling(waiting)}
      >
        Cancel {jobs(waiting.length)}…
      </Button>
      <Button
        size="small"
        variant="primary"
        disabledReason={
          role ?? (dead.length === 0 ? "None of them is dead: there is nothing to requeue." : null)
        }
        onClick={() => setRequeuing(dead.map(({ id }) => id))}
      >
        Requeue {jobs(dead.length)}…
      </Button>
      <IconButton label="Choose none" size="small" icon={<X aria-hidden size={14} />} onClick={onClear} />
      {requeuing ? (
        <RequeueDialog
          tenant={tenant.slug}
          selection={{ by: "ids", ids: [...requeuing] }}
          onClose={() => setRequeuing(null)}
        />
      ) : null}
      {cancelling ? (
        <CancelDialog
          tenant={tenant.slug}
          jobs={cancelling}
          onClose={() => setCancelling(null)}
          onDone={() => {
            onClear();
            void client.invalidateQueries({ queryKey: ["jobs", tenant.slug] });
          }}
        />
      ) : null}
    </section>
  );
}
