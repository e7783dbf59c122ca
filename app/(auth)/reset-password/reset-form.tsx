"use client";
import { Form } from "#components/form/form.tsx";
import { NewPassword } from "#components/form/new-password.tsx";
import { useForm } from "#components/form/use-form.ts";
import { PlainPage } from "#components/shell/plain-page.tsx";
import { Button } from "#components/ui/button.tsx";
import type { OpenedReset } from "#lib/account/schema.ts";
import { ApiError, api } from "#lib/api/client.ts";

type ResetFormProps = { secret: string; email: string; onDone: () => void; onDead: () => void };

/** One new password; a refused one leaves the link as it is. */
export function ResetForm({ secret, email, onDone, onDead }: ResetFormProps) {
  const form = useForm({
    initial: { password: "" },
    schema: () => import("#lib/account/schema.ts").then((module) => module.resetUseSchema),
    toInput: (values) => ({ ...values, secret }),
    fields: ["password"],
    send: async (input) => {
      try {
        await api.post("/password-resets/use", input);
        return true;
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return false;
        throw error;
      }
    },
    onSaved: (done) => (done ? onDone() : onDead()),
  });
  const judge = async (password: string, signal: AbortSignal) =>
    (await api.post<OpenedReset>("/password-resets/open", { secret, password }, { signal })).reason;
  return (
    <PlainPage
      title="Set a new password"
      lead={
        <>
          For the account of <strong className="wrap-anywhere text-text">{email}</strong>. Every session of it
          ends; a second factor stays as it is.
        </>
      }
    >
      <Form
        aria-label="Set a new password"
        onSubmit={form.submit}
        error={form.error}
        dirty={false}
        attempt={form.attempt}
        footer={
          <Button type="submit" variant="primary" className="w-full" loading={form.busy}>
            Set password
          </Button>
        }
      >
        {/* Password managers keep it beside the password; it cannot be another. */}
        <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
        <NewPassword
          autoFocus
          value={form.values.password}
          onValueChange={(password) => form.set({ password })}
          error={form.errorAt("password")}
          judge={judge}
        />
      </Form>
    </PlainPage>
  );
}
