"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { FieldGroup } from "#components/form/field.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Checkbox } from "#components/ui/toggle.tsx";
import { api } from "#lib/api/client.ts";
import { lacksWords, previewWords } from "#lib/policies/rules.ts";
import type { Demands, Preview, Security } from "#lib/policies/schema.ts";

type Props = {
  kind: "two-factor" | "sso";
  path: string;
  now: Demands;
  providers: Security["providers"];
  onClose: () => void;
  onSave: (demands: Demands, said: string) => Promise<void>;
};

/** The question before a tenant asks for more: who would be kept out, by name, as far as they are not ready. */
export function DemandDialog({ kind, path, now, providers, onClose, onSave }: Props) {
  const [open, setOpen] = useState(true);
  const [chosen, setChosen] = useState<string[]>(
    now.ssoProviders.length > 0 ? now.ssoProviders : providers.map(({ name }) => name),
  );
  const [busy, setBusy] = useState(false);
  const keep = useRef<HTMLButtonElement>(null);
  const [error, setError] = useState<unknown>(null);
  const demands: Demands =
    kind === "sso" ? { ...now, onlySso: true, ssoProviders: chosen } : { ...now, requireTwoFactor: true };
  const query = {
    requireTwoFactor: demands.requireTwoFactor,
    onlySso: demands.onlySso,
    ssoProviders: demands.ssoProviders.join(","),
  };
  const preview = useQuery({
    queryKey: ["security-preview", path, query],
    queryFn: ({ signal }) => api.get<Preview>(`${path}/preview`, { query, signal }),
    placeholderData: keepPreviousData,
  });
  const labels = chosen.map((name) => providers.find((each) => each.name === name)?.label ?? name);
  const confirmLabel = kind === "sso" ? "Let in through it only" : "Require a second factor";
  const save = async () => {
    setBusy(true);
    setError(null);
    try {
      await onSave(
        demands,
        kind === "sso" ? `Members come in through ${labels.join(" or ")}` : "A second factor is required",
      );
      setOpen(false);
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open={open}
      onClose={() => setOpen(false)}
      onClosed={onClose}
      initialFocus={keep}
      title={kind === "sso" ? "Let members in only through a provider?" : "Require a second factor?"}
      description="Whoever is in the tenant without it is asked for it at their next step. Nothing of theirs is lost."
      footer={
        <>
          <Button ref={keep} onClick={() => setOpen(false)}>
            Leave it as it is
          </Button>
          <Button
            variant="primary"
            loading={busy}
            disabledReason={preview.data ? preview.data.refusal : "Still counting whom it would keep out."}
            onClick={() => void save()}
          >
            {confirmLabel}
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        {kind === "sso" ? (
          <FieldGroup title="Providers">
            {providers.map(({ name, label }) => (
              <Checkbox
                key={name}
                label={label}
                checked={chosen.includes(name)}
                onCheckedChange={(on) =>
                  setChosen(on ? [...chosen, name] : chosen.filter((each) => each !== name))
                }
              />
            ))}
          </FieldGroup>
        ) : null}
        {preview.data ? (
          <Reach preview={preview.data} />
        ) : preview.error ? (
          <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />
        ) : (
          <Skeleton className="h-24" />
        )}
        <ErrorNotice error={error} />
      </div>
    </Dialog>
  );
}

function Reach({ preview }: { preview: Preview }) {
  const { people, members, refusal, tokens } = preview;
  // Somebody who lacks both is one person.
  const kept = Math.max(preview.withoutSecondFactor, preview.withoutProvider, people.length);
  const quiet = kept === 0 && tokens === 0;
  return (
    <>
      {refusal ? <Notice tone="bad">{refusal}</Notice> : null}
      <Notice tone={quiet ? "info" : "warn"}>{previewWords(preview)}</Notice>
      {people.length > 0 ? (
        <ul aria-label="Not ready yet" className="max-h-56 overflow-y-auto border-t">
          {people.map(({ userId, name, email, lacks }) => (
            <li key={userId} className="flex flex-wrap justify-between gap-x-4 border-b py-1.5">
              <span className="wrap-anywhere min-w-0">
                {name} <span className="text-muted">{email}</span>
              </span>
              <span className="text-muted">{lacksWords(lacks)}</span>
            </li>
          ))}
          {kept > people.length ? (
            <li className="py-1.5 text-muted">
              and more of the {members.toLocaleString("en")} members; the members page lists them
            </li>
          ) : null}
        </ul>
      ) : null}
    </>
  );
}
