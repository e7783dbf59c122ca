"use client";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Textarea } from "#components/ui/input.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { ApiError, api } from "#lib/api/client.ts";
import type { Changes, Revision } from "#lib/publishing/schema.ts";
import { type Accepted, acceptedOf, whyNotPublishable } from "./accepted.ts";
import { countChanges } from "./effect-words.ts";
import { StaleReview } from "./stale-review.tsx";
import { useRefreshDraft } from "./use-draft-actions.ts";

/** A note and the button that makes the draft live; its label says how much. */
export function PublishForm({
  tenant,
  role,
  changes,
  accepted,
  onPublished,
}: {
  tenant: string;
  role: Role;
  changes: Changes;
  /** Warnings that were decided about. */
  accepted: Accepted;
  onPublished: (number: number) => void;
}) {
  const refresh = useRefreshDraft(tenant);
  const form = useForm({
    initial: { note: "" },
    schema: () => import("#lib/publishing/schema.ts").then((module) => module.publishSchema),
    toInput: ({ note }) => ({
      draftVersion: changes.draftVersion,
      liveRevision: changes.liveRevision,
      acceptWarnings: acceptedOf(changes.findings, accepted),
      note,
    }),
    fields: ["note"],
    send: async (input) => {
      try {
        return await api.post<Revision>(`/tenants/${encodeURIComponent(tenant)}/publish`, input);
      } catch (error) {
        // What was reviewed is not what there is any more: show what is.
        if (error instanceof ApiError && error.status === 409) await refresh();
        throw error;
      }
    },
    onSaved: (revision) => {
      onPublished(revision.number);
      void refresh();
    },
  });
  const blocked = whyNotPublishable(changes.findings, accepted);
  const stale = form.error instanceof ApiError && form.error.status === 409 ? form.error : null;
  return (
    <Form
      aria-label="Publish"
      className="max-w-2xl"
      onSubmit={form.submit}
      error={stale ? null : form.error}
      dirty={false}
      attempt={form.attempt}
      footer={
        <Button
          type="submit"
          variant="primary"
          loading={form.busy}
          disabledReason={whyNot(role, "revision.publish") ?? blocked}
        >
          {`Publish ${countChanges(changes.counts.total)}`}
        </Button>
      }
    >
      {stale ? <StaleReview tenant={tenant} error={stale} /> : null}
      <Field
        label="Note"
        name="note"
        optional
        error={form.errorAt("note")}
        hint="Why; it stays with the revision for everybody to read."
      >
        <Textarea rows={2} value={form.values.note} onValueChange={(note) => form.set({ note })} />
      </Field>
    </Form>
  );
}
