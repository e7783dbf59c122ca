"use client";
import { useState } from "react";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { NewPassword } from "#components/form/new-password.tsx";
import { leaveTo } from "#components/form/unsaved-changes.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import type { Account } from "#lib/account/schema.ts";
import { api } from "#lib/api/client.ts";

type PasswordDialogProps = { account: Account; onClose: () => void; onChanged: () => void };

/** Changes the password, or sets the first one. It stands only while it is open, and what was typed goes with it. */
export function PasswordDialog({ account, onClose, onChanged }: PasswordDialogProps) {
  const { hasPassword } = account;
  const [open, setOpen] = useState(true);
  const form = useForm({
    initial: { current: "", password: "" },
    schema: () => import("#lib/account/schema.ts").then((module) => module.passwordChangeSchema),
    toInput: ({ current, password }) => (hasPassword ? { current, password } : { password }),
    fields: ["current", "password"],
    send: (input) => api.post("/me/password", input),
    onSaved: () => {
      setOpen(false);
      onChanged();
    },
  });
  const close = () => setOpen(false);
  const judge = async (password: string, signal: AbortSignal) =>
    (await api.post<{ reason: string | null }>("/me/password/check", { password }, { signal })).reason;
  return (
    <Dialog
      open={open}
      onClose={() => leaveTo(close)}
      onClosed={onClose}
      size="small"
      title={hasPassword ? "Change password" : "Set a password"}
      description="Every other session of yours ends. Access tokens keep working: revoke those that somebody else may know."
    >
      <Form
        aria-label={hasPassword ? "Change password" : "Set a password"}
        inDialog
        onSubmit={form.submit}
        error={form.error}
        dirty={form.dirty}
        attempt={form.attempt}
        footer={
          <>
            <Button onClick={() => leaveTo(close)}>Cancel</Button>
            <Button type="submit" variant="primary" loading={form.busy}>
              {hasPassword ? "Change password" : "Set password"}
            </Button>
          </>
        }
      >
        {/* Password managers keep it beside the password. */}
        <input type="email" name="email" autoComplete="username" value={account.email} readOnly hidden />
        <div className="space-y-4">
          {hasPassword ? (
            <Field label="Present password" name="current" error={form.errorAt("current")}>
              <Input
                type="password"
                autoComplete="current-password"
                autoFocus
                value={form.values.current}
                onValueChange={(current) => form.set({ current })}
              />
            </Field>
          ) : null}
          <NewPassword
            autoFocus={!hasPassword}
            value={form.values.password}
            onValueChange={(password) => form.set({ password })}
            error={form.errorAt("password")}
            judge={judge}
          />
        </div>
      </Form>
    </Dialog>
  );
}
