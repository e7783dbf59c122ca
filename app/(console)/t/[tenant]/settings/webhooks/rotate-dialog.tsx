"use client";
import { useState } from "react";
import { Field } from "#components/form/field.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Select } from "#components/ui/select.tsx";
import { api } from "#lib/api/client.ts";
import type { EndpointView, EndpointWithSecret } from "#lib/webhooks/schema.ts";
import { endpointName } from "./webhook-columns.tsx";

type Props = {
  tenant: string;
  endpoint: EndpointView;
  onClose: () => void;
  onRotated: (endpoint: EndpointWithSecret) => void;
};

const OVERLAPS = [
  { value: "24", label: "For a day", hint: "The usual way: put the new secret in place meanwhile." },
  { value: "1", label: "For an hour" },
  { value: "168", label: "For a week" },
  { value: "0", label: "Not at all", hint: "Receivers that know only the old secret refuse from now on." },
] as const;

/** Replaces a signing secret; both sign until the receivers know the new one. */
export function RotateDialog({ tenant, endpoint, onClose, onRotated }: Props) {
  const [overlap, setOverlap] = useState<(typeof OVERLAPS)[number]["value"]>("24");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const rotate = async () => {
    setBusy(true);
    setError(null);
    try {
      onRotated(
        await api.post<EndpointWithSecret>(
          `/tenants/${encodeURIComponent(tenant)}/webhooks/${endpoint.id}/rotate`,
          { overlapHours: Number(overlap) },
        ),
      );
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      held={busy}
      size="small"
      title="Rotate the secret?"
      description={endpointName(endpoint)}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" loading={busy} onClick={rotate}>
            Rotate secret
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        <p>A new secret is made and shown once. Everything is signed with it from the next attempt on.</p>
        {endpoint.overlapUntil ? (
          <Notice tone="warn">
            The secret before this one still signs, and ends <RelativeTime at={endpoint.overlapUntil} />. It
            stops at once: no more than two sign.
          </Notice>
        ) : null}
        <Field label="How long the present secret signs too">
          <Select options={OVERLAPS} value={overlap} onValueChange={setOverlap} />
        </Field>
        <ErrorNotice error={error} />
      </div>
    </Dialog>
  );
}
