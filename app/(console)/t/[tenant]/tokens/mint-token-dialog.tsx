"use client";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { api } from "#lib/api/client.ts";
import type { MintedToken } from "#lib/tokens/schema.ts";

const LIFETIMES = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "1 year" },
];

type Props = {
  tenant: string;
  open: boolean;
  onClose: () => void;
  /** Receives the secret, which the page drops again once it was stored. */
  onMinted: (token: string) => void;
};

/** Asks for a name and a lifetime, and makes the token. */
export function MintTokenDialog(props: Props) {
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title="Make access token"
      description="It can do what you can do in this tenant, until it expires or is revoked."
      size="small"
    >
      <MintTokenForm {...props} />
    </Dialog>
  );
}

function MintTokenForm({ tenant, onClose, onMinted }: Props) {
  const form = useForm({
    initial: { name: "", expiresInDays: "90" },
    schema: () => import("#lib/tokens/schema.ts").then((module) => module.newTokenSchema),
    toInput: (values) => ({ name: values.name, expiresInDays: Number(values.expiresInDays) }),
    fields: ["name", "expiresInDays"],
    send: (input) => api.post<MintedToken>(`/tenants/${encodeURIComponent(tenant)}/tokens`, input),
    onSaved: ({ token }) => onMinted(token),
  });
  return (
    <Form
      aria-label="New access token"
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
        <Field label="Name" name="name" hint="What will use it: deploy pipeline" error={form.errorAt("name")}>
          <Input
            value={form.values.name}
            onValueChange={(name) => form.set({ name })}
            autoComplete="off"
            maxLength={120}
          />
        </Field>
        <Field label="Expires after" name="expiresInDays" error={form.errorAt("expiresInDays")}>
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
