"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Form } from "#components/form/form.tsx";
import { leaveTo } from "#components/form/unsaved-changes.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SecretDialog } from "#components/ui/secret-dialog.tsx";
import { api } from "#lib/api/client.ts";
import type { NewClaimLink } from "#lib/claims/schema.ts";
import type { ApiKey, MintedKey } from "#lib/keys/schema.ts";
import { linkInput, NEW_LINK } from "./claim-life.ts";
import { ClaimLinkDialog } from "./claim-link-dialog.tsx";
import { ClaimLinkFields, LINK_FIELDS } from "./claim-link-fields.tsx";
import { graceSecondsOf, USUAL_GRACE } from "./rotate-grace.ts";
import { RotateGraceField } from "./rotate-grace-field.tsx";

export type RotateDialogProps = {
  tenant: string;
  /** The key to be replaced; null keeps the dialog shut. */
  apiKey: ApiKey | null;
  refusal: string | null;
  onClose: () => void;
};

type Made = { way: "directly"; key: MintedKey } | { way: "link"; claim: NewClaimLink };

/** Replaces a key: by one that is shown here once, or through a link that lets the partner reveal it. */
export function RotateDialog({ tenant, apiKey, refusal, onClose }: RotateDialogProps) {
  const client = useQueryClient();
  const [made, setMade] = useState<Made | null>(null);
  return (
    <>
      <Dialog
        open={apiKey !== null && made === null}
        onClose={() => leaveTo(onClose)}
        title={apiKey ? `Rotate “${apiKey.name}”` : "Rotate"}
        description="A new key takes over its name, rights and expiry, and every route that names the old one lets the new one in."
      >
        {apiKey ? (
          <RotateForm
            tenant={tenant}
            apiKey={apiKey}
            refusal={refusal}
            onCancel={onClose}
            onMade={(next) => {
              setMade(next);
              onClose();
              void client.invalidateQueries({ queryKey: ["keys", tenant] });
              void client.invalidateQueries({ queryKey: ["claims", tenant] });
            }}
          />
        ) : null}
      </Dialog>
      <SecretDialog
        secret={made?.way === "directly" ? made.key.key : null}
        onDone={() => setMade(null)}
        title={made?.way === "directly" ? `The new key “${made.key.name}”` : "The new key"}
        ifLost="If it is lost, rotate the new key again."
      />
      <ClaimLinkDialog
        tenant={tenant}
        claim={made?.way === "link" ? made.claim : null}
        onDone={() => setMade(null)}
      />
    </>
  );
}

const WAYS = [
  { value: "directly", label: "Show the new key to me", hint: "Now, once." },
  { value: "link", label: "Make a claim link", hint: "The partner reveals it; the grace begins then." },
] as const;

async function rotateSchema() {
  const [{ rotateKeySchema }, { successorClaimSchema }] = await Promise.all([
    import("#lib/keys/schema.ts"),
    import("#lib/claims/schema.ts"),
  ]);
  return {
    safeParse: (value: unknown) =>
      typeof value === "object" && value !== null && "rotates" in value
        ? successorClaimSchema.safeParse(value)
        : rotateKeySchema.safeParse(value),
  };
}

type RotateFormProps = {
  tenant: string;
  apiKey: ApiKey;
  refusal: string | null;
  onCancel: () => void;
  onMade: (made: Made) => void;
};

function RotateForm({ tenant, apiKey, refusal, onCancel, onMade }: RotateFormProps) {
  const id = useId();
  const base = `/tenants/${encodeURIComponent(tenant)}`;
  const form = useForm({
    initial: { way: "directly" as Made["way"], ...USUAL_GRACE, ...NEW_LINK },
    schema: rotateSchema,
    toInput: (values) => ({
      graceSeconds: graceSecondsOf(values),
      ...(values.way === "link" ? { rotates: apiKey.id, ...linkInput(values) } : {}),
    }),
    fields: ["graceSeconds", ...LINK_FIELDS],
    send: async (input): Promise<Made> =>
      "rotates" in input
        ? { way: "link", claim: await api.post<NewClaimLink>(`${base}/claims`, input) }
        : { way: "directly", key: await api.post<MintedKey>(`${base}/keys/${apiKey.id}/rotate`, input) },
    onSaved: onMade,
  });
  const { values } = form;
  return (
    <Form
      aria-label="Rotate the key"
      onSubmit={form.submit}
      error={form.error}
      dirty={form.dirty}
      inDialog
      attempt={form.attempt}
      footer={
        <>
          <Button onClick={onCancel}>Cancel</Button>
          <Button
            type="submit"
            variant={values.way === "directly" && values.grace === "0" ? "danger" : "primary"}
            loading={form.busy}
            disabledReason={refusal}
          >
            {values.way === "link"
              ? "Make claim link"
              : values.grace === "0"
                ? "Rotate and end the old key"
                : "Rotate key"}
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        <fieldset className="space-y-1">
          <legend className="mb-1 font-medium">Who sees the new key</legend>
          {WAYS.map(({ value, label, hint }) => (
            <label key={value} className="flex min-h-6 items-start gap-2">
              <input
                type="radio"
                name={id}
                value={value}
                checked={values.way === value}
                onChange={() => form.set({ way: value })}
                className="mt-0.5 size-4 shrink-0 accent-(--accent)"
              />
              <span>
                {label} <span className="text-muted text-xs">{hint}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <RotateGraceField
          form={form}
          label="The old key works on for"
          hint={
            values.grace === "0"
              ? "Whoever still sends it gets 401 from every gateway at once."
              : "Both keys work meanwhile, and the key's page shows which of them is used. It can be extended or cut off."
          }
        />
        {values.way === "link" ? <ClaimLinkFields form={form} /> : null}
        <p className="text-muted">
          {apiKey.expiresAt ? (
            <>
              The new key expires with the old one, <RelativeTime at={apiKey.expiresAt} />: rotating never
              makes a key last longer, and the grace ends then at the latest.
            </>
          ) : (
            "The old key never expires, and neither does the new one."
          )}{" "}
          Last used <RelativeTime at={apiKey.lastUsedAt} />.
        </p>
      </div>
    </Form>
  );
}
