"use client";
import { useQueryClient } from "@tanstack/react-query";
import { type RefObject, useRef, useState } from "react";
import { CodeBlock } from "#components/code/code-block.tsx";
import { Form } from "#components/form/form.tsx";
import { leaveTo } from "#components/form/unsaved-changes.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { SecretDialog } from "#components/ui/secret-dialog.tsx";
import { api } from "#lib/api/client.ts";
import type { MintedKey } from "#lib/keys/schema.ts";
import { KEY_FIELDS, KeyFields, keyInput, keyWords, NEW_KEY } from "./key-fields.tsx";

export type MintDialogProps = {
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
export function MintDialog({ tenant, gatewayUrl, refusal, open, onClose }: MintDialogProps) {
  const client = useQueryClient();
  const nameField = useRef<HTMLInputElement>(null);
  const [minted, setMinted] = useState<{ name: string; secret: string } | null>(null);
  return (
    <>
      <Dialog
        open={open && minted === null}
        onClose={() => leaveTo(onClose)}
        title="Mint a key"
        initialFocus={nameField}
        description="It works as soon as it is made. You see it once. To let a partner reveal a key that you never see, hand it over instead."
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
          label="Call with it, once API_KEY is set to it"
          code={`curl -i '${gatewayUrl}/gw/${tenant}/v1/…' \\\n  -H "X-Api-Key: $API_KEY"`}
        />
      </SecretDialog>
    </>
  );
}

async function mintSchema() {
  const { newKeySchema } = await import("#lib/keys/schema.ts");
  return { safeParse: (value: unknown) => newKeySchema.safeParse(value, keyWords) };
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
    initial: NEW_KEY,
    schema: mintSchema,
    toInput: keyInput,
    fields: KEY_FIELDS,
    send: (input) => api.post<MintedKey>(`/tenants/${encodeURIComponent(tenant)}/keys`, input),
    onSaved: onMinted,
  });
  return (
    <Form
      aria-label="Mint a key"
      onSubmit={form.submit}
      error={form.error}
      dirty={form.dirty}
      inDialog
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
        <KeyFields tenant={tenant} form={form} nameField={nameField} />
      </div>
    </Form>
  );
}
