"use client";
import { useQueryClient } from "@tanstack/react-query";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Textarea } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { ApiError, api } from "#lib/api/client.ts";
import type { Changes, Revision } from "#lib/publishing/schema.ts";
import { countChanges } from "./change-words.ts";

/** A note and the button that makes the draft live; its label says how much. */
export function PublishForm({
  tenant,
  role,
  changes,
  onPublished,
}: {
  tenant: string;
  role: Role;
  changes: Changes;
  onPublished: (number: number) => void;
}) {
  const client = useQueryClient();
  const refresh = () =>
    Promise.all(
      ["changes", "revisions", "gateways"].map((name) =>
        client.invalidateQueries({ queryKey: [name, tenant] }),
      ),
    );
  const form = useForm({
    initial: { note: "" },
    schema: () => import("#lib/publishing/schema.ts").then((module) => module.publishSchema),
    toInput: ({ note }) => ({ draftVersion: changes.draftVersion, note }),
    fields: ["note"],
    send: async (input) => {
      try {
        return await api.post<Revision>(`/tenants/${encodeURIComponent(tenant)}/publish`, input);
      } catch (error) {
        // The draft that was reviewed is not the draft any more: show the one that is.
        if (error instanceof ApiError && error.status === 409) await refresh();
        throw error;
      }
    },
    onSaved: (revision) => {
      onPublished(revision.number);
      void refresh();
    },
  });
  const { problems } = changes;
  const blocked = problems.length
    ? `Mend the ${problems.length === 1 ? "problem" : `${problems.length} problems`} above first.`
    : null;
  const stale = form.error instanceof ApiError && form.error.status === 409;
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
          {`Publish ${countChanges(changes.changes.length)}`}
        </Button>
      }
    >
      {stale ? (
        <div role="alert" className="mb-3">
          <Notice tone="warn" title="The draft changed while you were looking.">
            Nothing was published. The list above is the draft as it is now; look at it and publish again.
          </Notice>
        </div>
      ) : null}
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
