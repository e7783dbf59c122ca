"use client";
import { Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button, IconButton } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { toast } from "#components/ui/toast.tsx";
import { Checkbox } from "#components/ui/toggle.tsx";
import type { Role } from "#lib/access/permissions.ts";
import { whyNotChange, whyNotShare } from "#lib/job-views/rules.ts";
import type { JobView } from "#lib/job-views/schema.ts";

type Named = { name: string; shared: boolean };

/** Asks under which name the list's filters are kept, and for whom. */
export function SaveView(props: { role: Role; onClose: () => void; send: (input: Named) => Promise<void> }) {
  return (
    <Dialog
      open
      onClose={props.onClose}
      title="Save this view"
      description="Keeps the filters and the order of this list under a name."
      size="small"
    >
      <NameForm
        {...props}
        initial={{ name: "", shared: false }}
        confirm="Save view"
        done="View saved"
        refusal={whyNotShare(props.role)}
      />
    </Dialog>
  );
}

type NameFormProps = {
  initial: Named;
  confirm: string;
  done: string;
  /** Why it cannot be shared or kept to oneself. */
  refusal: string | null;
  onClose: () => void;
  send: (input: Named) => Promise<void>;
};

function NameForm({ initial, confirm, done, refusal, onClose, send }: NameFormProps) {
  const form = useForm({
    initial,
    schema: () =>
      import("#lib/job-views/schema.ts").then(({ newViewSchema }) =>
        newViewSchema.pick({ name: true, shared: true }),
      ),
    fields: ["name", "shared"],
    send,
    onSaved: () => {
      onClose();
      toast.success(done);
    },
  });
  return (
    <Form
      aria-label={confirm}
      onSubmit={form.submit}
      error={form.error}
      dirty={false}
      attempt={form.attempt}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={form.busy}>
            {confirm}
          </Button>
        </>
      }
    >
      <Field label="Name" name="name" error={form.errorAt("name")}>
        <Input value={form.values.name} onValueChange={(name) => form.set({ name })} />
      </Field>
      <Checkbox
        checked={form.values.shared}
        onCheckedChange={(shared) => form.set({ shared })}
        label="Everybody of this tenant sees it"
        disabledReason={refusal}
      />
    </Form>
  );
}

type ManageProps = {
  role: Role;
  views: readonly JobView[];
  onClose: () => void;
  change: (id: string, input: Named) => Promise<void>;
  remove: (id: string) => Promise<void>;
};

/** The saved views, to rename, share or delete them. */
export function ManageViews({ role, views, onClose, change, remove }: ManageProps) {
  const [editing, setEditing] = useState<string | null>(null);
  return (
    <Dialog open onClose={onClose} title="Saved views">
      {views.length === 0 ? <p className="text-muted">There is none any more.</p> : null}
      <ul className="divide-y border-y empty:hidden">
        {views.map((view) => {
          const refusal = whyNotChange(view, role);
          return (
            <li key={view.id} className="py-2">
              <div className="flex items-center gap-2">
                <span className="min-w-0 flex-1">
                  <span className="block truncate font-medium">{view.name}</span>
                  <span className="text-muted text-xs">
                    {view.shared ? `Shared by ${view.own ? "you" : view.owner}` : "Only you see it"}
                  </span>
                </span>
                <IconButton
                  label={`Rename or share ${view.name}`}
                  icon={<Pencil aria-hidden size={14} />}
                  disabledReason={refusal}
                  onClick={() => setEditing(editing === view.id ? null : view.id)}
                />
                <IconButton
                  label={`Delete ${view.name}`}
                  icon={<Trash2 aria-hidden size={14} />}
                  disabledReason={refusal}
                  onClick={() =>
                    remove(view.id).then(
                      () => toast.success("View deleted"),
                      (error: unknown) => toast.error(error),
                    )
                  }
                />
              </div>
              {editing === view.id ? (
                <div className="mt-3">
                  <NameForm
                    initial={{ name: view.name, shared: view.shared }}
                    confirm="Save changes"
                    done="View changed"
                    refusal={view.own ? whyNotShare(role) : "Only who made it can keep it to themselves."}
                    onClose={() => setEditing(null)}
                    send={(input) => change(view.id, input)}
                  />
                </div>
              ) : null}
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
}
