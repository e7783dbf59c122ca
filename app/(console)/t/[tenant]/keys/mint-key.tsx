"use client";
import { useQueryClient } from "@tanstack/react-query";
import { type RefObject, useRef, useState } from "react";
import { CodeBlock } from "#components/code/code-block.tsx";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Input, Textarea } from "#components/ui/input.tsx";
import { SecretDialog } from "#components/ui/secret-dialog.tsx";
import { Select } from "#components/ui/select.tsx";
import { api } from "#lib/api/client.ts";
import type { MintedKey } from "#lib/keys/schema.ts";
import { EXPIRIES, type Expiry, expiresAtOf } from "./expiry.ts";

type MintKeyProps = {
  tenant: string;
  gatewayUrl: string;
  /** Why the person may not; null when they may. */
  refusal: string | null;
  open: boolean;
  onClose: () => void;
};

/**
 * Makes a key and shows it, once. The secret is in this component's state from the answer until *Done*, and nowhere
 * else: not in the query cache, not in the address, not in a log.
 */
export function MintKey({ tenant, gatewayUrl, refusal, open, onClose }: MintKeyProps) {
  const client = useQueryClient();
  const nameField = useRef<HTMLInputElement>(null);
  const [minted, setMinted] = useState<{ name: string; secret: string } | null>(null);
  return (
    <>
      <Dialog
        open={open && minted === null}
        onClose={onClose}
        title="Mint a key"
        initialFocus={nameField}
        description="It works as soon as it is made. You see it once."
      >
        <MintForm
          tenant={tenant}
          refusal={refusal}
          nameField={nameField}
          onCancel={onClose}
          onMinted={({ key, name }) => {
            setMinted({ name, secret: key });
            onClose();
            void client.invalidateQueries({ queryKey: ["keys", tenant] });
          }}
        />
      </Dialog>
      <SecretDialog
        secret={minted?.secret ?? null}
        onDone={() => setMinted(null)}
        title={minted ? `The key “${minted.name}”` : "The key"}
      >
        <CodeBlock
          label="Call with it"
          code={`read -rs API_KEY   # paste the key\ncurl -i '${gatewayUrl}/gw/${tenant}/v1/…' \\\n  -H "X-Api-Key: $API_KEY"`}
        />
      </SecretDialog>
    </>
  );
}

/** The server's schema, fetched with the dialog, and words of its own for a date that was not chosen. */
async function mintSchema() {
  const { newKeySchema } = await import("#lib/keys/schema.ts");
  return {
    safeParse: (value: unknown) =>
      newKeySchema.safeParse(value, {
        error: (issue) => (issue.path?.at(-1) === "expiresAt" ? "choose a day and a time" : undefined),
      }),
  };
}

type MintFormProps = {
  tenant: string;
  refusal: string | null;
  /** Receives the focus when the dialog opens. */
  nameField: RefObject<HTMLInputElement | null>;
  onCancel: () => void;
  onMinted: (key: MintedKey) => void;
};

function MintForm({ tenant, refusal, nameField, onCancel, onMinted }: MintFormProps) {
  const form = useForm({
    initial: { name: "", description: "", expiry: "none" as Expiry, exact: "" },
    schema: mintSchema,
    toInput: ({ name, description, expiry, exact }) => ({
      name,
      description,
      expiresAt: expiresAtOf(expiry, exact, Date.now()),
    }),
    fields: ["name", "description", "expiresAt"],
    send: (input) => api.post<MintedKey>(`/tenants/${encodeURIComponent(tenant)}/keys`, input),
    onSaved: onMinted,
  });
  const { values } = form;
  const exact = values.expiry === "exact";
  return (
    <Form
      aria-label="Mint a key"
      onSubmit={form.submit}
      error={form.error}
      dirty={false}
      attempt={form.attempt}
      footer={
        <>
          <Button onClick={onCancel}>Cancel</Button>
          <Button type="submit" variant="primary" loading={form.busy} disabledReason={refusal}>
            Mint key
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        <Field
          label="Name"
          name="name"
          error={form.errorAt("name")}
          hint="Whose it is, so that you know later."
        >
          <Input
            ref={nameField}
            required
            autoComplete="off"
            value={values.name}
            onValueChange={(name) => form.set({ name })}
          />
        </Field>
        <Field label="Description" name="description" optional error={form.errorAt("description")}>
          <Textarea
            rows={2}
            value={values.description}
            onValueChange={(description) => form.set({ description })}
          />
        </Field>
        <Field label="Expires" error={exact ? null : form.errorAt("expiresAt")}>
          <Select options={EXPIRIES} value={values.expiry} onValueChange={(expiry) => form.set({ expiry })} />
        </Field>
        {exact ? (
          <Field
            label="Day and time"
            name="expiresAt"
            error={form.errorAt("expiresAt")}
            hint="In your own time zone."
          >
            <Input
              type="datetime-local"
              value={values.exact}
              onValueChange={(next) => form.set({ exact: next })}
            />
          </Field>
        ) : null}
      </div>
    </Form>
  );
}
