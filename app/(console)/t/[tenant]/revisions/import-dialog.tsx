"use client";
import { useRouter } from "next/navigation";
import { type ChangeEvent, useId, useState } from "react";
import { StatusBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { ApiError, api } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";
import type { Imported } from "#lib/publishing/schema.ts";
import { summarize } from "../changes/effect-words.ts";
import { useDraftActions } from "../changes/use-draft-actions.ts";

const MAX_BYTES = 16 * 1024 * 1024;
const SHOWN = 20;

type Chosen = { name: string; document: unknown; preview: Imported };

/** Takes a downloaded revision back into the draft: choose the file, see what would change, replace the draft. */
export function ImportDialog({
  tenant,
  open,
  onClose,
}: {
  tenant: string;
  open: boolean;
  onClose: () => void;
}) {
  const router = useRouter();
  const { done } = useDraftActions(tenant);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const field = useId();
  const path = `/tenants/${encodeURIComponent(tenant)}/draft/import`;

  async function attempt(work: () => Promise<void>): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  }

  const choose = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    event.target.value = "";
    if (!file) return;
    void attempt(async () => {
      setChosen(null);
      const document = await readFile(file);
      const preview = await api.post<Imported>(path, document, { query: { dryRun: true } });
      setChosen({ name: file.name, document, preview });
    });
  };

  const replace = () =>
    attempt(async () => {
      if (!chosen) return;
      const { draftVersion } = chosen.preview;
      const result = await api.post<Imported>(path, chosen.document, { query: { draftVersion } });
      onClose();
      router.push(paths.changes(tenant));
      await done(`The draft is ${chosen.name} now`, result);
    });

  const same = chosen?.preview.counts.total === 0;
  return (
    <Dialog
      open={open}
      onClose={onClose}
      onClosed={() => {
        setChosen(null);
        setError(null);
      }}
      held={busy}
      title="Import a revision"
      description="A revision that was downloaded from this console, of this tenant or another. It replaces the draft; nothing goes live before you publish."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            loading={busy}
            disabledReason={
              chosen ? (same ? "The draft says the same already." : null) : "Choose a file first."
            }
            onClick={() => void replace()}
          >
            Replace the draft
          </Button>
        </>
      }
    >
      <div className="space-y-3">
        <div>
          <label htmlFor={field} className="mb-1 block font-medium">
            File
          </label>
          <input
            id={field}
            type="file"
            accept="application/json,.json"
            onChange={choose}
            className="block w-full text-muted file:mr-3 file:h-8 file:rounded-md file:border file:border-edge file:bg-canvas file:px-3 file:text-text"
          />
        </div>
        <ErrorNotice error={error} />
        {error instanceof ApiError && error.details.length > 0 ? <Places error={error} /> : null}
        {chosen ? <Preview chosen={chosen} /> : null}
      </div>
    </Dialog>
  );
}

async function readFile(file: File): Promise<unknown> {
  const refuse = (message: string) => new ApiError({ status: 422, code: "invalid_input", message });
  if (file.size > MAX_BYTES) throw refuse("This file is larger than 16 MiB, more than an import may be.");
  try {
    return JSON.parse(await file.text());
  } catch {
    throw refuse("This file is not JSON.");
  }
}

function Places({ error }: { error: ApiError }) {
  return (
    <ul className="space-y-0.5">
      {error.details.map(({ path, message }) => (
        <li key={`${path} ${message}`} className="break-words">
          <code className="font-mono text-xs">{path}</code> {message}
        </li>
      ))}
    </ul>
  );
}

function Preview({ chosen: { name, preview } }: { chosen: Chosen }) {
  const { counts, changes } = preview;
  if (counts.total === 0) return <Notice title={`The draft says exactly what ${name} says.`} />;
  return (
    <section aria-label="What the import would change">
      <p role="status" className="mb-1 font-medium">
        {name} would change the draft: {summarize(counts)}
      </p>
      <ul className="border-t">
        {changes.slice(0, SHOWN).map(({ routeId, kind, method, path }) => (
          <li key={routeId} className="flex items-center gap-3 border-b py-1">
            <span className="w-22">
              <StatusBadge status={kind} />
            </span>
            <span className="min-w-0 break-all font-mono text-xs">
              {method} {path}
            </span>
          </li>
        ))}
      </ul>
      {counts.total > SHOWN ? (
        <p className="mt-1 text-muted">
          And {(counts.total - Math.min(SHOWN, changes.length)).toLocaleString("en")} more. After importing,
          all of them are on the Changes page.
        </p>
      ) : null}
    </section>
  );
}
