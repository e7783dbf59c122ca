"use client";
import { useState } from "react";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Textarea } from "#components/ui/input.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { JobAction, JobActionInput, JobDetail } from "#lib/jobs/schema.ts";

/** A retry has a dialog of its own. */
type Asked = Exclude<JobAction, "retry">;

const WORDS: Record<Asked, { title: string; confirm: string; back: string; done: string }> = {
  cancel: { title: "Cancel this job?", confirm: "Cancel job", back: "Keep it", done: "Job cancelled" },
  discard: { title: "Discard this job?", confirm: "Discard job", back: "Cancel", done: "Job discarded" },
};

function effectOf(job: JobDetail, action: Asked): string {
  if (action === "cancel" && job.state === "running") {
    return 'Its attempt is ended within seconds, wherever it is, and no further one is made; a client that asks reads "cancelled". What it has done by then is not undone. A cancelled job cannot be retried.';
  }
  return action === "cancel"
    ? 'No further attempt is made, and a client that asks reads "cancelled". What earlier attempts did is not undone. A cancelled job cannot be retried.'
    : 'It leaves the dead letters for good, and a client that asks reads "discarded". A discarded job cannot be retried.';
}

type Props = {
  job: JobDetail;
  /** What to ask about; null keeps the dialog shut. */
  action: Asked | null;
  onClose: () => void;
  send: (action: Asked, input: JobActionInput) => Promise<void>;
};

/** Says what cancel or discard does to this job, and asks why it is done. */
export function ActDialog({ job, action, onClose, send }: Props) {
  // The words stay while the dialog fades out.
  const [last, setLast] = useState<Asked>("discard");
  if (action !== null && action !== last) setLast(action);
  const asked = action ?? last;
  return (
    <Dialog open={action !== null} onClose={onClose} title={WORDS[asked].title} size="small">
      <p className="mb-4">{effectOf(job, asked)}</p>
      <ReasonForm key={asked} action={asked} onClose={onClose} send={(input) => send(asked, input)} />
    </Dialog>
  );
}

function ReasonForm({
  action,
  onClose,
  send,
}: {
  action: Asked;
  onClose: () => void;
  send: (input: JobActionInput) => Promise<void>;
}) {
  const words = WORDS[action];
  const form = useForm({
    initial: { reason: "" },
    schema: () => import("#lib/jobs/schema.ts").then((module) => module.jobActionSchema),
    fields: ["reason"],
    send,
    onSaved: () => {
      onClose();
      toast.success(words.done);
    },
  });
  return (
    <Form
      aria-label={words.title}
      onSubmit={form.submit}
      error={form.error}
      dirty={false}
      attempt={form.attempt}
      footer={
        <>
          <Button onClick={onClose}>{words.back}</Button>
          <Button type="submit" variant="danger" loading={form.busy}>
            {words.confirm}
          </Button>
        </>
      }
    >
      <Field
        label="Reason"
        name="reason"
        hint="Kept with the job and in the audit log."
        error={form.errorAt("reason")}
      >
        <Textarea
          rows={2}
          value={form.values.reason}
          onValueChange={(reason) => form.set({ reason: reason.replace(/[\r\n]+/g, " ") })}
        />
      </Field>
    </Form>
  );
}
