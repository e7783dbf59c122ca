"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Field } from "#components/form/field.tsx";
import { Form } from "#components/form/form.tsx";
import { useForm } from "#components/form/use-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { api } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";
import type { Tenant } from "#lib/tenants/schema.ts";

/** A slug that a name suggests; what cannot be in one is left out. */
const suggestSlug = (name: string) =>
  name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 40)
    .replace(/-+$/, "");

/** Name and address of a new tenant; the address follows the name until it is written by hand. */
export function NewTenantForm() {
  const router = useRouter();
  const [ownSlug, setOwnSlug] = useState(false);
  const form = useForm({
    initial: { name: "", slug: "" },
    schema: () => import("#lib/tenants/schema.ts").then((module) => module.newTenantSchema),
    fields: ["name", "slug"],
    send: (input) => api.post<Tenant>("/tenants", input),
    onSaved: ({ slug }) => router.push(paths.overview(slug)),
  });
  return (
    <Form
      aria-label="New tenant"
      onSubmit={form.submit}
      error={form.error}
      dirty={false}
      attempt={form.attempt}
      footer={
        <Button type="submit" variant="primary" loading={form.busy}>
          Create tenant
        </Button>
      }
    >
      <div className="space-y-4">
        <Field label="Name" name="name" error={form.errorAt("name")}>
          <Input
            value={form.values.name}
            autoComplete="organization"
            onValueChange={(name) => form.set(ownSlug ? { name } : { name, slug: suggestSlug(name) })}
          />
        </Field>
        <Field
          label="Address"
          name="slug"
          hint={`Part of every URL, and stays for good: /gw/${form.values.slug || "acme"}/…`}
          error={form.errorAt("slug")}
        >
          <Input
            mono
            value={form.values.slug}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            onValueChange={(slug) => {
              setOwnSlug(slug !== "");
              form.set({ slug });
            }}
          />
        </Field>
      </div>
    </Form>
  );
}
