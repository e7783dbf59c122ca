"use client";
import { Field } from "#components/form/field.tsx";
import { Input, Textarea } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { LINK_LIVES, type LinkValues } from "./claim-life.ts";

/** The document's fields that have a field here. */
export const LINK_FIELDS = ["lifeHours", "note"];

type ClaimLinkFieldsProps = {
  form: {
    values: LinkValues;
    set: (change: Partial<LinkValues>) => void;
    errorAt: (field: string) => string | null;
  };
};

/** How long the link lives, and what its reader is told. */
export function ClaimLinkFields({ form }: ClaimLinkFieldsProps) {
  const { values } = form;
  const custom = values.life === "custom";
  return (
    <>
      <Field
        label="The link works for"
        error={custom ? null : form.errorAt("lifeHours")}
        hint="Once, and not longer than this. The key's own expiry is another matter."
      >
        <Select options={LINK_LIVES} value={values.life} onValueChange={(life) => form.set({ life })} />
      </Field>
      {custom ? (
        <Field label="Hours" name="lifeHours" error={form.errorAt("lifeHours")} hint="1 to 336, two weeks.">
          <Input inputMode="numeric" value={values.hours} onValueChange={(hours) => form.set({ hours })} />
        </Field>
      ) : null}
      <Field
        label="Note to the partner"
        name="note"
        optional
        error={form.errorAt("note")}
        hint="Shown on the page that the link opens. No secrets: whoever has the link reads it."
      >
        <Textarea rows={2} value={values.note} onValueChange={(note) => form.set({ note })} />
      </Field>
    </>
  );
}
