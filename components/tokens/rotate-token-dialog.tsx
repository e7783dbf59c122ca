"use client";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Select } from "#components/ui/select.tsx";
import { api } from "#lib/api/client.ts";
import type { AccessToken, MintedToken } from "#lib/tokens/schema.ts";
import { LIFETIMES, type TokenScope } from "./scope.ts";

const GRACES = [
  { value: "0", label: "Not at all: it has leaked" },
  { value: "1", label: "1 hour" },
  { value: "24", label: "24 hours" },
  { value: "72", label: "3 days" },
  { value: "168", label: "7 days" },
];

type Props = {
  scope: TokenScope;
  /** The token that gets a new secret; null keeps the dialog shut. */
  token: AccessToken | null;
  onClose: () => void;
  onRotated: (token: string) => void;
};

/** Asks how long the secret of now works on, and gives the token a new one. */
export function RotateTokenDialog(props: Props) {
  return (
    <Dialog
      open={props.token !== null}
      onClose={props.onClose}
      title={`Rotate ${props.token?.name ?? "token"}`}
      description="It gets a new secret and keeps its name, its permissions and its history."
      size="small"
    >
      {props.token ? <RotateTokenForm {...props} token={props.token} /> : null}
    </Dialog>
  );
}

function RotateTokenForm({ scope, token, onClose, onRotated }: Props & { token: AccessToken }) {
  // The one that replaced another still works beside it: a third would end the first one unawares.
  const initial = { graceHours: token.previous ? "0" : "24", expiresInDays: "90" };
  const form = useForm({
    initial,
    schema: () => import("#lib/tokens/schema.ts").then((module) => module.rotateTokenSchema),
    toInput: (values) => ({
      graceHours: Number(values.graceHours),
      expiresInDays: Number(values.expiresInDays),
    }),
    fields: ["graceHours", "expiresInDays"],
    send: (input) => api.post<MintedToken>(`${scope.path}/${token.id}/rotate`, input),
    onSaved: (made) => onRotated(made.token),
  });
  return (
    <Form
      aria-label="New secret"
      onSubmit={form.submit}
      error={form.error}
      dirty={false}
      attempt={form.attempt}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={form.busy}>
            Rotate token
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        <Field
          label="The secret of now works on for"
          name="graceHours"
          hint={`…${token.lastFour}. Put the new one into use meanwhile.`}
          error={form.errorAt("graceHours")}
        >
          <Select
            options={GRACES}
            value={form.values.graceHours}
            onValueChange={(graceHours) => form.set({ graceHours })}
          />
        </Field>
        <Field label="The new one expires after" name="expiresInDays" error={form.errorAt("expiresInDays")}>
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
