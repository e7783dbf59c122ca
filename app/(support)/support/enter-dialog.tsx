"use client";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Textarea } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { api } from "#lib/api/client.ts";
import { LONGEST_MINUTES, MODE_WORDS } from "#lib/support/rules.ts";
import type { NewSupportSession, SupportSession } from "#lib/support/schema.ts";

const MODES = [
  { value: "read", label: "Read only", hint: `You can ${MODE_WORDS.read.may}.` },
  { value: "requeue", label: "Read and requeue", hint: `You can ${MODE_WORDS.requeue.may}.` },
] as const;

const LENGTHS = [15, 30, LONGEST_MINUTES].map((minutes) => ({
  value: String(minutes),
  label: `${minutes} minutes`,
}));

type Props = { tenant: { slug: string; name: string }; to: string; open: boolean; onClose: () => void };

/** How, for how long and why: what the tenant's members will read while the operator is there, and afterwards. */
export function EnterDialog({ tenant, to, open, onClose }: Props) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`Enter ${tenant.name}`}
      description="Its members see at once that you are there, how, and why; what you do is in their audit log. It ends by itself."
      size="small"
    >
      <EnterForm tenant={tenant} to={to} onClose={onClose} />
    </Dialog>
  );
}

function EnterForm({ tenant, to, onClose }: Omit<Props, "open">) {
  const form = useForm({
    initial: { tenant: tenant.slug, mode: "read" as NewSupportSession["mode"], reason: "", minutes: 30 },
    schema: () => import("#lib/support/schema.ts").then((module) => module.newSupportSessionSchema),
    fields: ["mode", "reason", "minutes"],
    send: (input) => api.post<SupportSession>("/support/sessions", input),
    // A new page, so that nothing that was read outside is shown inside.
    onSaved: () => location.assign(to),
  });
  return (
    <Form
      aria-label={`Enter ${tenant.name}`}
      onSubmit={form.submit}
      error={form.error}
      dirty={false}
      attempt={form.attempt}
      footer={
        <>
          <Button onClick={onClose}>Stay outside</Button>
          <Button type="submit" variant="primary" loading={form.busy}>
            Enter {tenant.name}
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        <Field
          label="Reason"
          name="reason"
          hint="A ticket, or what you are looking for. The tenant reads it."
          error={form.errorAt("reason")}
        >
          <Textarea
            rows={2}
            value={form.values.reason}
            onValueChange={(reason) => form.set({ reason: reason.replace(/[\r\n]+/g, " ") })}
          />
        </Field>
        <Field label="What you will do" name="mode" error={form.errorAt("mode")}>
          <Select options={MODES} value={form.values.mode} onValueChange={(mode) => form.set({ mode })} />
        </Field>
        <Field label="For at most" name="minutes" error={form.errorAt("minutes")}>
          <Select
            options={LENGTHS}
            value={String(form.values.minutes)}
            onValueChange={(minutes) => form.set({ minutes: Number(minutes) })}
          />
        </Field>
      </div>
    </Form>
  );
}
