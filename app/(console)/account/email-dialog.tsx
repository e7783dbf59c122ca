"use client";
import { useState } from "react";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { leaveTo } from "#components/form/unsaved-changes.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import type { Account } from "#lib/account/schema.ts";
import { api } from "#lib/api/client.ts";

type EmailDialogProps = {
  account: Account;
  onClose: () => void;
  onAsked: (email: string) => Promise<unknown>;
};

/** Asks for another address. It stands only while it is open. */
export function EmailDialog({ account, onClose, onAsked }: EmailDialogProps) {
  const [open, setOpen] = useState(true);
  const form = useForm({
    initial: { email: "", password: "" },
    schema: () => import("#lib/account/schema.ts").then((module) => module.emailChangeSchema),
    toInput: ({ email, password }) => (account.hasPassword ? { email, password } : { email }),
    fields: ["email", "password"],
    send: (input) => api.post<{ email: string }>("/me/email", input),
    onSaved: (pending) => {
      setOpen(false);
      void onAsked(pending.email);
    },
  });
  const close = () => setOpen(false);
  return (
    <Dialog
      open={open}
      onClose={() => leaveTo(close)}
      onClosed={onClose}
      size="small"
      title="Change e-mail"
      description="A link is sent to the new address. It counts from when you open it, and the old one is told then."
    >
      <Form
        aria-label="Change e-mail"
        inDialog
        onSubmit={form.submit}
        error={form.error}
        dirty={form.dirty}
        attempt={form.attempt}
        footer={
          <>
            <Button onClick={() => leaveTo(close)}>Cancel</Button>
            <Button type="submit" variant="primary" loading={form.busy}>
              Send link
            </Button>
          </>
        }
      >
        <div className="space-y-4">
          <Field label="New e-mail" name="email" error={form.errorAt("email")}>
            <Input
              type="email"
              autoComplete="email"
              inputMode="email"
              autoFocus
              value={form.values.email}
              onValueChange={(email) => form.set({ email })}
            />
          </Field>
          {account.hasPassword ? (
            <Field label="Your password" name="password" error={form.errorAt("password")}>
              <Input
                type="password"
                autoComplete="current-password"
                value={form.values.password}
                onValueChange={(password) => form.set({ password })}
              />
            </Field>
          ) : null}
        </div>
      </Form>
    </Dialog>
  );
}
