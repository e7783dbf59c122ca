"use client";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Field } from "#components/form/field.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { toast } from "#components/ui/toast.tsx";
import { Checkbox } from "#components/ui/toggle.tsx";
import { api } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";
import type { Changes, Revision } from "#lib/publishing/schema.ts";
import { BlastRadius } from "../changes/blast-radius.tsx";
import { changesQuery } from "../changes/changes-link.tsx";
import { effectsQuery } from "../changes/difference-query.ts";
import { countChanges, summarize } from "../changes/effect-words.ts";
import { useDraftActions, useRefreshDraft } from "../changes/use-draft-actions.ts";

/** Going back to an earlier revision: what that does to callers, what becomes of the draft, and the button. */
export function RollBackDialog({
  tenant,
  number,
  live,
  onClose,
}: {
  tenant: string;
  number: number | null;
  live: number | null;
  onClose: () => void;
}) {
  const router = useRouter();
  const refresh = useRefreshDraft(tenant);
  const { reset } = useDraftActions(tenant);
  const [note, setNote] = useState("");
  const [draftToo, setDraftToo] = useState(false);
  const draft = useQuery({ ...changesQuery(tenant), enabled: number !== null });

  async function rollBack(): Promise<void> {
    if (number === null) return;
    const made = await api.post<Revision>(
      `/tenants/${encodeURIComponent(tenant)}/revisions/${number}/rollback`,
      { note, liveRevision: live },
    );
    toast.success(`Rolled back to r${number}`, `It went live as r${made.number}.`);
    if (draftToo && draft.data) {
      // What is live by now is what was asked for; a draft that somebody edits meanwhile is told, not overwritten.
      await reset(`The draft is r${number} now`, {
        draftVersion: draft.data.draftVersion,
        revision: number,
        routeIds: null,
      }).catch((reason: unknown) => toast.error(reason, "Rolled back, but the draft was left as it is"));
    }
    await refresh();
    router.push(paths.revision(tenant, made.number));
  }

  return (
    <ConfirmDialog
      open={number !== null}
      onClose={onClose}
      tone="primary"
      title={`Roll back to r${number}?`}
      confirmLabel={`Roll back to r${number}`}
      onConfirm={rollBack}
      blastRadius={
        number === null ? null : (
          <div className="space-y-4">
            <Effects tenant={tenant} number={number} />
            <DraftWords changes={draft.data} />
            <Checkbox
              checked={draftToo}
              onCheckedChange={setDraftToo}
              label={`Also make the draft equal to r${number}`}
              hint="Can be undone. Otherwise the draft stays as it is, and publishing it brings its changes back."
            />
            <Field label="Note" name="note" optional>
              <Input value={note} onValueChange={setNote} maxLength={1_000} />
            </Field>
          </div>
        )
      }
    />
  );
}

function Effects({ tenant, number }: { tenant: string; number: number }) {
  const { data, error } = useQuery(effectsQuery(tenant, { from: "live", to: number }));
  if (error) return <ErrorNotice error={error} />;
  if (!data) return <Skeleton className="h-24" />;
  if (data.counts.total === 0)
    return <p>What is live says the same already: rolling back changes nothing for callers.</p>;
  return (
    <>
      <p className="mb-2">
        Goes live at once as a new revision: {countChanges(data.counts.total)} to what callers get (
        {summarize(data.counts)}).
      </p>
      <BlastRadius tenant={tenant} effects={data} />
    </>
  );
}

function DraftWords({ changes }: { changes: Changes | undefined }) {
  if (!changes) return null;
  return (
    <p className="text-muted">
      {changes.counts.total === 0
        ? "The draft is what is live now. It stays as it is."
        : `The draft has ${countChanges(changes.counts.total)} that ${changes.counts.total === 1 ? "is" : "are"} not published. It stays as it is.`}
    </p>
  );
}
