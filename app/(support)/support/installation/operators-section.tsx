"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { Section } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { api } from "#lib/api/client.ts";
import type { Operator } from "#lib/installation/schema.ts";
import { paths } from "#lib/paths.ts";

const KEY = ["operators"];

/** Who runs the installation, making somebody one of them, and taking it from somebody. */
export function OperatorsSection({ initial }: { initial: Operator[] }) {
  const client = useQueryClient();
  const [leaving, setLeaving] = useState<Operator | null>(null);
  const operators = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => api.get<Operator[]>("/support/operators", { signal }),
    initialData: initial,
  });
  const refresh = () => client.invalidateQueries({ queryKey: KEY });
  const revoke = async (operator: Operator) => {
    await api.post(`/support/operators/${operator.id}/revoke`);
    if (operator.you) return location.assign(paths.home());
    await refresh();
    toast.success(`${operator.name} is no longer an operator`);
  };
  return (
    <Section title="Operators">
      <ul aria-label="Operators" className="border-t">
        {operators.data.map((operator) => (
          <li
            key={operator.id}
            className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-b py-3"
          >
            <div className="min-w-0">
              <p className="wrap-anywhere flex flex-wrap items-center gap-2 font-medium">
                {operator.name}
                {operator.you ? <Badge>you</Badge> : null}
                {operator.disabled ? <Badge tone="warn">disabled</Badge> : null}
                {operator.secondFactor ? null : <Badge tone="warn">no second factor</Badge>}
              </p>
              <p className="wrap-anywhere text-muted">
                {operator.email}, last seen{" "}
                {operator.lastSeenAt ? <RelativeTime at={operator.lastSeenAt} /> : "never"}
              </p>
            </div>
            <Button disabledReason={operator.whyNotRevoke} onClick={() => setLeaving(operator)}>
              Remove {operator.you ? "yourself" : operator.name} as operator
            </Button>
          </li>
        ))}
      </ul>
      <div className="mt-5 max-w-180">
        <GrantForm onGranted={() => void refresh()} />
      </div>
      <ConfirmDialog
        open={leaving !== null}
        onClose={() => setLeaving(null)}
        title={`Remove ${leaving?.you ? "yourself" : (leaving?.name ?? "")} as operator?`}
        blastRadius="The support desk is gone for them from their next request on, and every tenant that they entered through it. Their account stays."
        confirmLabel="Remove as operator"
        onConfirm={async () => {
          if (leaving) await revoke(leaving);
        }}
      />
    </Section>
  );
}

function GrantForm({ onGranted }: { onGranted: () => void }) {
  const form = useForm({
    initial: { email: "" },
    schema: () => import("#lib/installation/schema.ts").then((module) => module.newOperatorSchema),
    fields: ["email"],
    send: (input) => api.post("/support/operators", input),
    onSaved: () => {
      toast.success("Operator added", "They find the support desk at their next visit.");
      form.set({ email: "" });
      onGranted();
    },
  });
  return (
    <Form
      aria-label="Make somebody an operator"
      onSubmit={form.submit}
      error={form.error}
      dirty={form.dirty && form.values.email !== ""}
      attempt={form.attempt}
      footer={
        <Button
          type="submit"
          loading={form.busy}
          disabledReason={form.values.email === "" ? "Enter an address first." : null}
        >
          Make operator
        </Button>
      }
    >
      <Field
        label="Somebody with an account here"
        name="email"
        hint="An operator looks across tenants, enters them for support where they let support in, and sees this page."
        error={form.errorAt("email")}
      >
        <Input
          type="email"
          value={form.values.email}
          onValueChange={(email) => form.set({ email })}
          placeholder="name@example.com"
        />
      </Field>
    </Form>
  );
}
