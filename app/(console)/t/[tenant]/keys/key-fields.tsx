"use client";
import type { RefObject } from "react";
import { Field } from "#components/form/field.tsx";
import { Input, Textarea } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { EXPIRIES, type Expiry, expiresAtOf } from "./expiry.ts";
import { ALL_RIGHTS, authorizedRequestsOf, type Rights } from "./rights.ts";
import { RightsFields } from "./rights-fields.tsx";

export type KeyValues = {
  name: string;
  description: string;
  expiry: Expiry;
  exact: string;
  rights: Rights;
};

export const NEW_KEY: KeyValues = {
  name: "",
  description: "",
  expiry: "none",
  exact: "",
  rights: ALL_RIGHTS,
};

/** The document's fields that have a field here. */
export const KEY_FIELDS = ["name", "description", "expiresAt", "authorizedRequests"];

/** What is sent of a new key. */
export const keyInput = ({ name, description, expiry, exact, rights }: KeyValues) => ({
  name,
  description,
  expiresAt: expiresAtOf(expiry, exact, Date.now()),
  authorizedRequests: authorizedRequestsOf(rights),
});

/** Words of its own for a day that was not chosen. */
export const keyWords = {
  error: (issue: { path?: PropertyKey[] | undefined; code?: string | undefined }) =>
    issue.path?.at(-1) === "expiresAt" && issue.code !== "custom" ? "choose a day and a time" : undefined,
};

type KeyFieldsProps = {
  tenant: string;
  form: {
    values: KeyValues;
    set: (change: Partial<KeyValues>) => void;
    errorAt: (field: string) => string | null;
    errors: Readonly<Record<string, string>>;
  };
  nameField: RefObject<HTMLInputElement | null>;
};

/** Everything that is decided about a key before it exists. */
export function KeyFields({ tenant, form, nameField }: KeyFieldsProps) {
  const { values } = form;
  const exact = values.expiry === "exact";
  return (
    <>
      <Field
        label="Name"
        name="name"
        error={form.errorAt("name")}
        hint="Whose it is, so that you know later."
      >
        <Input
          ref={nameField}
          required
          autoComplete="off"
          value={values.name}
          onValueChange={(name) => form.set({ name })}
        />
      </Field>
      <Field label="Description" name="description" optional error={form.errorAt("description")}>
        <Textarea
          rows={2}
          value={values.description}
          onValueChange={(description) => form.set({ description })}
        />
      </Field>
      <RightsFields
        tenant={tenant}
        rights={values.rights}
        onRightsChange={(rights) => form.set({ rights })}
        errorAt={form.errorAt}
        errors={form.errors}
      />
      <Field label="Expires" error={exact ? null : form.errorAt("expiresAt")}>
        <Select options={EXPIRIES} value={values.expiry} onValueChange={(expiry) => form.set({ expiry })} />
      </Field>
      {exact ? (
        <Field
          label="Day and time"
          name="expiresAt"
          error={form.errorAt("expiresAt")}
          hint={`In your time zone, ${Intl.DateTimeFormat().resolvedOptions().timeZone}.`}
        >
          <Input
            type="datetime-local"
            value={values.exact}
            onValueChange={(next) => form.set({ exact: next })}
          />
        </Field>
      ) : null}
    </>
  );
}
