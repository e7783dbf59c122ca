"use client";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { api } from "#lib/api/client.ts";
import { permissionsOf } from "#lib/tokens/rules.ts";
import type { MintedToken } from "#lib/tokens/schema.ts";
import { type Chosen, PermissionPicker } from "./permission-picker.tsx";
import { LIFETIMES, type TokenScope } from "./scope.ts";

type Props = {
  scope: TokenScope;
  open: boolean;
  onClose: () => void;
  /** Receives the secret, which the page drops again once it was stored. */
  onMinted: (token: string) => void;
};

const WORDS = {
  own: {
    title: "Make access token",
    description: "It acts as you, until it expires or is revoked, and never beyond what you may do yourself.",
    hint: "What will use it: my laptop's scripts",
  },
  service: {
    title: "Make service token",
    description:
      "It belongs to the tenant and goes on when you leave. Everything that it does is recorded under its own name.",
    hint: "What will use it: deploy pipeline",
  },
};

/** Asks for a name, what it may do and a lifetime, and makes the token. */
export function MintTokenDialog(props: Props) {
  const { title, description } = WORDS[props.scope.kind];
  return (
    <Dialog open={props.open} onClose={props.onClose} title={title} description={description}>
      <MintTokenForm {...props} />
    </Dialog>
  );
}

type Values = { name: string; expiresInDays: string; chosen: Chosen };

function MintTokenForm({ scope, onClose, onMinted }: Props) {
  const service = scope.kind === "service";
  const initial: Values = { name: "", expiresInDays: "90", chosen: service ? ["read"] : null };
  const form = useForm({
    initial,
    schema: () =>
      import("#lib/tokens/schema.ts").then((module) =>
        service ? module.newServiceTokenSchema : module.newTokenSchema,
      ),
    toInput: ({ name, expiresInDays, chosen }) => ({
      name,
      expiresInDays: Number(expiresInDays),
      permissions: chosen === null ? null : permissionsOf(chosen),
    }),
    fields: ["name", "expiresInDays", "permissions"],
    send: (input: unknown) => api.post<MintedToken>(scope.path, input),
    onSaved: ({ token }) => onMinted(token),
  });
  return (
    <Form
      aria-label={service ? "New service token" : "New access token"}
      onSubmit={form.submit}
      error={form.error}
      dirty={false}
      attempt={form.attempt}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={form.busy}>
            Make token
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        <Field label="Name" name="name" hint={WORDS[scope.kind].hint} error={form.errorAt("name")}>
          <Input
            value={form.values.name}
            onValueChange={(name) => form.set({ name })}
            autoComplete="off"
            maxLength={120}
          />
        </Field>
        <PermissionPicker
          chosen={form.values.chosen}
          onChosen={(chosen) => form.set({ chosen })}
          everything={!service}
          role={scope.role}
          error={form.errorAt("permissions")}
        />
        <Field
          label="Expires after"
          name="expiresInDays"
          hint="Rotate it before that: the new secret lives as long again."
          error={form.errorAt("expiresInDays")}
        >
          <Select
            options={LIFETIMES}
            value={form.values.expiresInDays}
            onValueChange={(expiresInDays) => form.set({ expiresInDays })}
          />
        </Field>
      </div>
    </Form>
  );
}
