"use client";
import { useQueryClient } from "@tanstack/react-query";
import { type RefObject, useRef, useState } from "react";
import { Form } from "#components/form/form.tsx";
import { leaveTo } from "#components/form/unsaved-changes.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { api } from "#lib/api/client.ts";
import type { NewClaimLink } from "#lib/claims/schema.ts";
import { linkInput, NEW_LINK } from "./claim-life.ts";
import { ClaimLinkDialog } from "./claim-link-dialog.tsx";
import { ClaimLinkFields, LINK_FIELDS } from "./claim-link-fields.tsx";
import { KEY_FIELDS, KeyFields, keyInput, keyWords, NEW_KEY } from "./key-fields.tsx";

export type ClaimDialogProps = {
  tenant: string;
  /** Why the person may not; null when they may. */
  refusal: string | null;
  open: boolean;
  onClose: () => void;
};

/** Makes a link through which a partner reveals a key that nobody has seen. The link is shown once, as a key is. */
export function ClaimDialog({ tenant, refusal, open, onClose }: ClaimDialogProps) {
  const client = useQueryClient();
  const nameField = useRef<HTMLInputElement>(null);
  const [made, setMade] = useState<NewClaimLink | null>(null);
  return (
    <>
      <Dialog
        open={open && made === null}
        onClose={() => leaveTo(onClose)}
        title="Hand over a key"
        initialFocus={nameField}
        description="You get a link, no key. The key is made when the partner reveals it, and only the partner sees it."
      >
        <ClaimForm
          tenant={tenant}
          refusal={refusal}
          nameField={nameField}
          onCancel={onClose}
          onMade={(claim) => {
            setMade(claim);
            onClose();
            void client.invalidateQueries({ queryKey: ["claims", tenant] });
          }}
        />
      </Dialog>
      <ClaimLinkDialog tenant={tenant} claim={made} onDone={() => setMade(null)} />
    </>
  );
}

async function claimSchema() {
  const { newKeyClaimSchema } = await import("#lib/claims/schema.ts");
  return { safeParse: (value: unknown) => newKeyClaimSchema.safeParse(value, keyWords) };
}

type ClaimFormProps = {
  tenant: string;
  refusal: string | null;
  nameField: RefObject<HTMLInputElement | null>;
  onCancel: () => void;
  onMade: (claim: NewClaimLink) => void;
};

function ClaimForm({ tenant, refusal, nameField, onCancel, onMade }: ClaimFormProps) {
  const form = useForm({
    initial: { ...NEW_KEY, ...NEW_LINK },
    schema: claimSchema,
    toInput: (values) => ({ ...keyInput(values), ...linkInput(values) }),
    fields: [...KEY_FIELDS, ...LINK_FIELDS],
    send: (input) => api.post<NewClaimLink>(`/tenants/${encodeURIComponent(tenant)}/claims`, input),
    onSaved: onMade,
  });
  return (
    <Form
      aria-label="Hand over a key"
      onSubmit={form.submit}
      error={form.error}
      dirty={form.dirty}
      inDialog
      attempt={form.attempt}
      footer={
        <>
          <Button onClick={onCancel}>Cancel</Button>
          <Button type="submit" variant="primary" loading={form.busy} disabledReason={refusal}>
            Make claim link
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        <KeyFields tenant={tenant} form={form} nameField={nameField} />
        <ClaimLinkFields form={form} />
      </div>
    </Form>
  );
}
