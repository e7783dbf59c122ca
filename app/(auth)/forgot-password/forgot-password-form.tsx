"use client";
import { MailCheck } from "lucide-react";
import { useState } from "react";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { LINK_MINUTES } from "#lib/account/rules.ts";
import { api } from "#lib/api/client.ts";

/** One address; what is said afterwards is the same whether there is an account or not. */
export function ForgotPasswordForm() {
  const [asked, setAsked] = useState<string | null>(null);
  const form = useForm({
    initial: { email: "" },
    schema: () => import("#lib/account/schema.ts").then((module) => module.resetRequestSchema),
    fields: ["email"],
    send: async (input) => {
      await api.post("/password-resets", input);
      return input.email;
    },
    onSaved: setAsked,
  });
  if (asked !== null) {
    return (
      <section role="status" className="space-y-3 rounded-lg border bg-surface p-4">
        <p className="flex items-center gap-2 font-medium text-base">
          <MailCheck aria-hidden size={16} className="shrink-0 text-ok" />
          Look into your mailbox
        </p>
        <p className="wrap-anywhere">
          If <strong>{asked}</strong> has an account here, a link to a new password is on its way. It works
          once, for {LINK_MINUTES} minutes.
        </p>
        <p className="text-muted">
          Nothing has come? Look among the unwanted mail, and whether this is the address you sign in with.
        </p>
        <Button onClick={() => setAsked(null)}>Ask again</Button>
      </section>
    );
  }
  return (
    <Form
      aria-label="Ask for a new password"
      onSubmit={form.submit}
      error={form.error}
      dirty={false}
      attempt={form.attempt}
      footer={
        <Button type="submit" variant="primary" className="w-full" loading={form.busy}>
          Send link
        </Button>
      }
    >
      <Field label="E-mail" name="email" error={form.errorAt("email")}>
        <Input
          type="email"
          autoComplete="username"
          inputMode="email"
          autoFocus
          value={form.values.email}
          onValueChange={(email) => form.set({ email })}
        />
      </Field>
    </Form>
  );
}
