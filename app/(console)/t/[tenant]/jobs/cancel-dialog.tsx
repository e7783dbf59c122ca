"use client";
import Link from "next/link";
import { useState } from "react";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Textarea } from "#components/ui/input.tsx";
import { ApiError, api } from "#lib/api/client.ts";
import type { JobSummary } from "#lib/jobs/schema.ts";
import { paths } from "#lib/paths.ts";

type Props = {
  tenant: string;
  jobs: readonly JobSummary[];
  onClose: () => void;
  /** Called when all have been tried. */
  onDone: () => void;
};

type Outcome = { cancelled: number; refused: { job: JobSummary; why: string }[] };
/** Requests under way at once. */
const LANES = 4;

const count = (number: number) => `${number.toLocaleString("en")} ${number === 1 ? "job" : "jobs"}`;

/** Cancels chosen jobs one by one, and says of each that could not be why. */
export function CancelDialog({ tenant, jobs, onClose, onDone }: Props) {
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const form = useForm({
    initial: { reason: "" },
    schema: () => import("#lib/jobs/schema.ts").then((module) => module.jobActionSchema),
    fields: ["reason"],
    send: async ({ reason }) => {
      const left = [...jobs];
      const told: Outcome = { cancelled: 0, refused: [] };
      const lane = async () => {
        for (let job = left.shift(); job; job = left.shift()) {
          try {
            await api.post(`/tenants/${encodeURIComponent(tenant)}/jobs/${job.id}/cancel`, { reason });
            told.cancelled += 1;
          } catch (error) {
            if (!(error instanceof ApiError)) throw error;
            told.refused.push({ job, why: error.message });
          }
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
      setOutcome(told);
    },
    onSaved: onDone,
  });
  return (
    <Dialog open onClose={onClose} title={`Cancel ${count(jobs.length)}?`} size="small">
      {outcome ? (
        <>
          <p role="status" className="mb-3">
            {count(outcome.cancelled)} cancelled
            {outcome.refused.length > 0 ? `, ${outcome.refused.length} not:` : "."}
          </p>
          <ul className="mb-4 max-h-60 divide-y overflow-y-auto border-y empty:hidden">
            {outcome.refused.map(({ job, why }) => (
              <li key={job.id} className="py-1.5">
                <Link href={paths.job(tenant, job.id)} className="font-mono text-link text-xs underline">
                  {job.id}
                </Link>
                <span className="block text-muted">{why}</span>
              </li>
            ))}
          </ul>
          <div className="flex justify-end">
            <Button variant="primary" onClick={onClose}>
              Done
            </Button>
          </div>
        </>
      ) : (
        <>
          <p className="mb-4">
            No further attempt is made, running ones are ended within seconds, and clients that ask read
            "cancelled". What has been done by then is not undone. A cancelled job cannot be retried.
          </p>
          <Form
            aria-label="Cancel chosen jobs"
            onSubmit={form.submit}
            error={form.error}
            dirty={false}
            attempt={form.attempt}
            footer={
              <>
                <Button onClick={onClose}>Keep them</Button>
                <Button type="submit" variant="danger" loading={form.busy}>
                  Cancel {count(jobs.length)}
                </Button>
              </>
            }
          >
            <Field
              label="Reason"
              name="reason"
              hint="Kept with each job and in the audit log."
              error={form.errorAt("reason")}
            >
              <Textarea
                rows={2}
                value={form.values.reason}
                onValueChange={(reason) => form.set({ reason: reason.replace(/[\r\n]+/g, " ") })}
              />
            </Field>
          </Form>
        </>
      )}
    </Dialog>
  );
}
