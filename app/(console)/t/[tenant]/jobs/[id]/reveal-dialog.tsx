"use client";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Textarea } from "#components/ui/input.tsx";

type Props = { onClose: () => void; send: (input: { reason: string }) => Promise<void> };

/** Asks why somebody wants to see what is masked, and says that it is recorded. */
export function RevealDialog({ onClose, send }: Props) {
  const form = useForm({
    initial: { reason: "" },
    schema: () => import("#lib/jobs/schema.ts").then((module) => module.jobActionSchema),
    fields: ["reason"],
    send,
    onSaved: onClose,
  });
  return (
    <Dialog open onClose={onClose} title="Reveal what is masked?" size="small">
      <p className="mb-4">
        You see payload, result, errors and log lines as they are until you leave this page. That you looked,
        and why, stays in this job's story and in the audit log.
      </p>
      <Form
        aria-label="Reveal what is masked"
        onSubmit={form.submit}
        error={form.error}
        dirty={false}
        attempt={form.attempt}
        footer={
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" variant="primary" loading={form.busy}>
              Reveal
            </Button>
          </>
        }
      >
        <Field label="Reason" name="reason" error={form.errorAt("reason")}>
          <Textarea
            rows={2}
            value={form.values.reason}
            onValueChange={(reason) => form.set({ reason: reason.replace(/[\r\n]+/g, " ") })}
          />
        </Field>
      </Form>
    </Dialog>
  );
}
