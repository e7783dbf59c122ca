"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { JsonEditor } from "#components/code/json-editor.tsx";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { leaveTo } from "#components/form/unsaved-changes.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Textarea } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { toast } from "#components/ui/toast.tsx";
import { Switch } from "#components/ui/toggle.tsx";
import { ApiError, api } from "#lib/api/client.ts";
import { maxAttemptsAfterRetry, whyNotEdit } from "#lib/jobs/rules.ts";
import type { DoubtfulAttempt, JobDetail, JobRetryInput } from "#lib/jobs/schema.ts";
import { PayloadChangeList } from "./payload-change.tsx";
import { editedPayload, textOfPayload } from "./payload-text.ts";

type Props = { tenant: string; job: JobDetail; onClose: () => void };

const DOUBTFUL: Record<DoubtfulAttempt["outcome"], string> = {
  lost: "was lost with its worker",
  timed_out: "timed out",
  cancelled: "was cancelled",
};

/** What the retry does. */
function effectOf(job: JobDetail): string {
  const earlier = job.actions.filter((entry) => entry.action === "retry").length;
  const more = maxAttemptsAfterRetry(job, earlier) - job.attempts;
  const where = job.pipeline
    ? ` It goes on with step ${job.pipeline.step}, ${job.function}; the steps before that have succeeded and are not run again.`
    : "";
  return `It gets ${more === 1 ? "one more attempt" : `${more} more attempts`} under the same ID; a client that asks reads "queued" again.${where}`;
}

/**
 * Sends a dead job round again: says what may have happened already, lets its payload be changed, and asks why. Mount
 * it to open it.
 */
export function RetryDialog({ tenant, job, onClose }: Props) {
  const [open, setOpen] = useState(true);
  const close = () => leaveTo(() => setOpen(false));
  return (
    <Dialog open={open} onClose={close} onClosed={onClose} title="Retry this job?" size="medium">
      <p className="mb-3">{effectOf(job)}</p>
      <EffectWarning job={job} />
      <RetryForm tenant={tenant} job={job} onCancel={close} onSent={() => setOpen(false)} />
    </Dialog>
  );
}

/** An attempt of which nobody heard the end may have done its work. */
function EffectWarning({ job }: { job: JobDetail }) {
  const { doubtful } = job;
  if (doubtful.length === 0) {
    return (
      <p className="mb-4 text-muted">
        Delivery is at least once: what earlier attempts did before they failed is not undone.
      </p>
    );
  }
  const [first] = doubtful;
  return (
    <div className="mb-4">
      <Notice tone="warn" title="It may have had its effect already">
        {doubtful.length === 1 && first
          ? `Attempt ${first.number} ${DOUBTFUL[first.outcome]}: nobody heard how it ended, and its work may be done.`
          : `${doubtful.length} attempts were lost, timed out or were cancelled: nobody heard how they ended, and the work may be done.`}{" "}
        Retry only if doing it twice does no harm.
      </Notice>
    </div>
  );
}

type Values = { reason: string; editing: boolean; text: string };

type FormProps = Omit<Props, "onClose"> & { onCancel: () => void; onSent: () => void };

function RetryForm({ tenant, job, onCancel, onSent }: FormProps) {
  const client = useQueryClient();
  const [original] = useState(() => ({ input: job.input, text: textOfPayload(job.input) }));
  const form = useForm<Values, JobRetryInput, unknown>({
    initial: { reason: "", editing: false, text: original.text },
    schema: () => import("#lib/jobs/schema.ts").then((module) => module.jobRetrySchema),
    toInput: ({ reason, editing, text }) => {
      const edited = editing ? editedPayload(original.input, text) : null;
      if (!edited?.ok || edited.operations.length === 0) return { reason };
      return { reason, patch: edited.operations };
    },
    fields: ["reason"],
    send: (input) => api.post(`/tenants/${encodeURIComponent(tenant)}/jobs/${job.id}/retry`, input),
    onSaved: () => {
      void client.invalidateQueries({ queryKey: ["job", tenant, job.id] });
      void client.invalidateQueries({ queryKey: ["jobs", tenant] });
      void client.invalidateQueries({ queryKey: ["dead-letters", tenant] });
      void client.invalidateQueries({ queryKey: ["overview", tenant] });
      onSent();
      toast.success("Job sent round again");
    },
  });
  const { values, set } = form;
  const edited = values.editing ? editedPayload(original.input, values.text) : null;
  const problems =
    form.error instanceof ApiError
      ? form.error.details.map(({ path, message }) => ({ path: path.replace(/^patch/, ""), message }))
      : [];
  const changed = edited?.ok ? edited.operations.length : 0;
  return (
    <Form
      aria-label="Retry this job?"
      onSubmit={form.submit}
      error={form.error}
      dirty={changed > 0}
      inDialog
      attempt={form.attempt}
      footer={
        <>
          <Button onClick={onCancel}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            loading={form.busy}
            disabledReason={edited && !edited.ok ? edited.message : null}
          >
            {changed > 0 ? `Retry with ${changed} ${changed === 1 ? "change" : "changes"}` : "Retry job"}
          </Button>
        </>
      }
    >
      <div className="space-y-3">
        <Switch
          checked={values.editing}
          onCheckedChange={(editing) => set({ editing })}
          label="Change the payload first"
          hint="Only what you change is sent: values shown as ••• stay as they are."
          disabledReason={whyNotEdit(job)}
        />
        {values.editing ? (
          <>
            <JsonEditor
              label="Payload"
              name="patch"
              value={values.text}
              onValueChange={(text) => set({ text })}
              error={edited && !edited.ok ? edited.message : null}
              problems={problems}
              hint="Held against the route’s schema. A body that is JSON is written out here and stored as text again."
            />
            {edited?.ok && changed > 0 ? (
              <section aria-label="What changes">
                <PayloadChangeList
                  change={{
                    changes: edited.operations.map((operation) =>
                      operation.op === "remove"
                        ? { path: operation.path }
                        : { path: operation.path, after: operation.value },
                    ),
                  }}
                />
              </section>
            ) : null}
          </>
        ) : null}
        <Field
          label="Reason"
          name="reason"
          hint="Kept with the job and in the audit log."
          error={form.errorAt("reason")}
        >
          <Textarea
            rows={2}
            value={values.reason}
            onValueChange={(reason) => set({ reason: reason.replace(/[\r\n]+/g, " ") })}
          />
        </Field>
      </div>
    </Form>
  );
}
