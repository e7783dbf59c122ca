"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { leaveTo } from "#components/form/unsaved-changes.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Input, Textarea } from "#components/ui/input.tsx";
import { toast } from "#components/ui/toast.tsx";
import { api } from "#lib/api/client.ts";
import type { ApiKey } from "#lib/keys/schema.ts";

type EditKeyProps = { tenant: string; apiKey: ApiKey; open: boolean; onClose: () => void };

/** Renames or redescribes a key. What it may do and when it ends cannot be changed: that takes another key. */
export function EditKey({ tenant, apiKey, open, onClose }: EditKeyProps) {
  const first = useRef<HTMLInputElement>(null);
  return (
    <Dialog
      open={open}
      onClose={() => leaveTo(onClose)}
      title="Edit name and description"
      description="Rights and expiry are the key's own: rotate it, or make another key, to change them."
      initialFocus={first}
    >
      <EditForm tenant={tenant} apiKey={apiKey} onClose={onClose} first={first} />
    </Dialog>
  );
}

function EditForm({
  tenant,
  apiKey,
  onClose,
  first,
}: Omit<EditKeyProps, "open"> & { first: { current: HTMLInputElement | null } }) {
  const client = useQueryClient();
  const form = useForm({
    initial: { name: apiKey.name, description: apiKey.description },
    schema: () => import("#lib/keys/schema.ts").then((module) => module.editedKeySchema),
    toInput: (values) => ({ ...values, version: apiKey.version }),
    fields: ["name", "description"],
    send: (input) => api.patch<ApiKey>(`/tenants/${encodeURIComponent(tenant)}/keys/${apiKey.id}`, input),
    onSaved: () => {
      onClose();
      toast.success("Key saved");
      void client.invalidateQueries({ queryKey: ["keys", tenant] });
      void client.invalidateQueries({ queryKey: ["key-name", tenant, apiKey.id] });
    },
  });
  return (
    <Form
      aria-label="Edit name and description"
      onSubmit={form.submit}
      error={form.error}
      dirty={form.dirty}
      inDialog
      attempt={form.attempt}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={form.busy}>
            Save key
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        <Field label="Name" name="name" error={form.errorAt("name")}>
          <Input
            ref={first}
            required
            autoComplete="off"
            value={form.values.name}
            onValueChange={(name) => form.set({ name })}
          />
        </Field>
        <Field label="Description" name="description" optional error={form.errorAt("description")}>
          <Textarea
            rows={3}
            value={form.values.description}
            onValueChange={(description) => form.set({ description })}
          />
        </Field>
      </div>
    </Form>
  );
}
