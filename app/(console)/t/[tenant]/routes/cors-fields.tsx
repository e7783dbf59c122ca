"use client";
import { Field, NoteText } from "#components/form/field.tsx";
import { useFieldNotes } from "#components/form/field-notes.ts";
import { ListInput } from "#components/form/list-input.tsx";
import { Input } from "#components/ui/input.tsx";
import { Checkbox, Switch } from "#components/ui/toggle.tsx";
import { invalidItems, listError, type PartProps } from "./part-props.ts";
import type { CorsMethod } from "./route-form-values.ts";

const METHODS: readonly CorsMethod[] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
const REQUEST_HEADERS = [
  "Content-Type",
  "Authorization",
  "X-Api-Key",
  "X-Api-Version",
  "Idempotency-Key",
  "X-Request-Id",
];
const ANSWER_HEADERS = ["X-Request-Id", "RateLimit", "RateLimit-Policy", "Retry-After", "Location", "ETag"];

/** Which browsers on other sites may call, and with what. */
export function CorsFields(props: PartProps) {
  const { values, set } = props;
  const notes = [...useFieldNotes("corsEnabled"), ...useFieldNotes("cors.allowMethods")];
  return (
    <>
      <Switch
        checked={values.corsEnabled}
        onCheckedChange={(corsEnabled) => set({ corsEnabled })}
        label="Browsers on other sites may call it"
        hint="The gateway answers their preflights, before any key is asked for."
      />
      {notes.map((note) => (
        <p key={note.message} className="text-xs">
          <NoteText note={note} />
        </p>
      ))}
      {values.corsEnabled ? <Rules {...props} /> : null}
    </>
  );
}

function Rules({ values, set, errors, errorAt }: PartProps) {
  const any = values.origins.includes("*");
  const toggle = (method: CorsMethod, on: boolean) =>
    set({
      corsMethods: on ? [...values.corsMethods, method] : values.corsMethods.filter((one) => one !== method),
    });
  return (
    <>
      <Field
        label="Origins"
        name="cors.allowOrigins"
        error={listError(errors, "cors.allowOrigins", values.origins)}
        hint="Scheme, host and port, such as https://app.example.com; * for every site. Several can be pasted at once."
      >
        <ListInput
          separator="words"
          placeholder="https://app.example.com"
          value={values.origins}
          onValueChange={(origins) => set({ origins })}
          invalid={invalidItems(errors, "cors.allowOrigins")}
        />
      </Field>
      <fieldset data-field="cors.allowMethods">
        <legend className="mb-1 font-medium">Methods</legend>
        <div className="grid grid-cols-[repeat(auto-fill,minmax(6.5rem,1fr))] gap-x-4">
          {METHODS.map((method) => (
            <Checkbox
              key={method}
              checked={values.corsMethods.includes(method)}
              onCheckedChange={(on) => toggle(method, on)}
              label={<span className="font-mono">{method}</span>}
            />
          ))}
        </div>
      </fieldset>
      <Field
        label="Headers that callers may send"
        name="cors.allowHeaders"
        error={listError(errors, "cors.allowHeaders", values.allowHeaders)}
      >
        <ListInput
          separator="words"
          suggestions={REQUEST_HEADERS}
          placeholder="Content-Type"
          value={values.allowHeaders}
          onValueChange={(allowHeaders) => set({ allowHeaders })}
          invalid={invalidItems(errors, "cors.allowHeaders")}
        />
      </Field>
      <Field
        label="Headers of the answer that scripts may read"
        name="cors.exposeHeaders"
        optional
        error={listError(errors, "cors.exposeHeaders", values.exposeHeaders)}
      >
        <ListInput
          separator="words"
          suggestions={ANSWER_HEADERS}
          placeholder="X-Request-Id"
          value={values.exposeHeaders}
          onValueChange={(exposeHeaders) => set({ exposeHeaders })}
          invalid={invalidItems(errors, "cors.exposeHeaders")}
        />
      </Field>
      <Checkbox
        checked={values.credentials}
        onCheckedChange={(credentials) => set({ credentials })}
        label="With cookies and other credentials"
        hint={
          values.credentials && any ? (
            <span className="text-bad">
              Browsers refuse this together with the origin *. List the origins.
            </span>
          ) : (
            "Only with listed origins."
          )
        }
      />
      <Field
        label="Seconds a browser may remember the preflight"
        name="cors.maxAgeSeconds"
        error={errorAt("cors.maxAgeSeconds")}
        hint="0 to 86,400. Until then a browser may go by the old rules."
      >
        <Input
          mono
          inputMode="numeric"
          placeholder="600"
          value={values.maxAge}
          onValueChange={(maxAge) => set({ maxAge })}
          className="sm:max-w-40"
        />
      </Field>
    </>
  );
}
