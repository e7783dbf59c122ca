"use client";
import { useState } from "react";
import { Field } from "#components/form/field.tsx";
import { Button } from "#components/ui/button.tsx";
import { MultiCombobox } from "#components/ui/combobox.tsx";
import { Input, Textarea } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { METHODS } from "#lib/contract/methods.ts";
import { encodedPath, type RequestValues, readHeaderLines } from "./request-values.ts";
import { useKeyChoice } from "./use-key-choice.ts";

type Props = {
  tenant: string;
  values: RequestValues;
  set: (change: Partial<RequestValues>) => void;
  errorAt: (field: string) => string | undefined;
};

const PLAIN = METHODS.filter((method) => method !== "ANY").map((method) => ({
  value: method as string,
  label: method,
}));

/** Method, path and key, which most questions need; what only some need is behind a button. */
export function RequestFields(props: Props) {
  const { values, set, errorAt } = props;
  const methods = PLAIN.some(({ value }) => value === values.method)
    ? PLAIN
    : [...PLAIN, { value: values.method, label: values.method }];
  const encoded = encodedPath(values.path);
  return (
    <div className="space-y-4">
      <div className="grid gap-4 sm:grid-cols-[8rem_1fr] lg:grid-cols-[8rem_1fr_22rem]">
        <Field label="Method" name="method" error={errorAt("method")}>
          <Select mono options={methods} value={values.method} onValueChange={(method) => set({ method })} />
        </Field>
        <Field
          label="Path"
          name="path"
          error={errorAt("path")}
          hint={
            encoded ? (
              <>
                Sent like this, it is malformed, and the gateway answers 400.{" "}
                <button type="button" className="text-link underline" onClick={() => set({ path: encoded })}>
                  Encode it
                </button>
              </>
            ) : (
              "Below the tenant, with the query: /v1/users/42?page=2"
            )
          }
        >
          <Input
            mono
            value={values.path}
            onValueChange={(path) => set({ path })}
            placeholder="/v1/users/42"
            spellCheck={false}
            autoCapitalize="off"
          />
        </Field>
        <div className="min-w-0 sm:col-span-2 lg:col-span-1">
          <KeyField {...props} />
        </div>
      </div>
      <MoreFields {...props} />
    </div>
  );
}

function KeyField({ tenant, values, set, errorAt }: Props) {
  const { options, onSearch } = useKeyChoice(tenant, values.keyId);
  if (values.keyHash) {
    return (
      <Field
        label="API key"
        hint="It was taken out of the line. Only its SHA-256, computed in this page, is sent to look it up."
      >
        <div className="flex items-center gap-2">
          <Input mono readOnly value={`from the curl, …${values.keyHash.lastFour}`} />
          <Button onClick={() => set({ keyHash: null })}>Remove key</Button>
        </div>
      </Field>
    );
  }
  return (
    <Field
      label="API key"
      name="apiKeyId"
      error={errorAt("apiKeyId")}
      hint={values.keyId ? null : "With none chosen, the request is explained without a key."}
    >
      <MultiCombobox
        options={options}
        value={values.keyId ? [values.keyId] : []}
        onValueChange={(ids) => set({ keyId: ids.at(-1) ?? "" })}
        onSearch={onSearch}
        placeholder="Type a key's name"
        empty="No key has this name."
      />
    </Field>
  );
}

function MoreFields({ values, set, errorAt }: Props) {
  const filled = [values.headers, values.body, values.sourceIp, values.authorization].some(
    (text) => text !== "",
  );
  const [open, setOpen] = useState(false);
  const shown = open || filled;
  const { bad } = readHeaderLines(values.headers);
  return (
    <details open={shown} onToggle={(event) => setOpen(event.currentTarget.open)} className="space-y-4">
      <summary className="w-fit cursor-pointer rounded-sm py-1 text-muted hover:text-text">
        Headers, body, token and address
      </summary>
      <div className="grid gap-4 lg:grid-cols-2">
        <Field
          label="Headers"
          optional
          name="headers"
          error={bad ? `'${bad}' is not a header: write Name: value` : errorAt("headers")}
          hint="One a line. An X-Api-Key or Authorization line is not sent: use the fields for them."
        >
          <Textarea
            mono
            value={values.headers}
            onValueChange={(headers) => set({ headers })}
            placeholder={"X-Api-Version: 2024-12-01\nOrigin: https://app.example.com"}
            spellCheck={false}
          />
        </Field>
        <Field label="Body" optional name="body" error={errorAt("body")} hint="Up to 1 MiB of text.">
          <Textarea mono value={values.body} onValueChange={(body) => set({ body })} spellCheck={false} />
        </Field>
        <Field
          label="Bearer token"
          optional
          name="authorization"
          error={errorAt("authorization")}
          hint="Used for this one check; neither stored nor logged."
        >
          <Input
            mono
            type="password"
            autoComplete="off"
            value={values.authorization}
            onValueChange={(authorization) => set({ authorization })}
          />
        </Field>
        <Field label="Source IP" optional name="sourceIp" error={errorAt("sourceIp")}>
          <Input
            mono
            value={values.sourceIp}
            onValueChange={(sourceIp) => set({ sourceIp })}
            placeholder="203.0.113.7"
            inputMode="text"
          />
        </Field>
      </div>
    </details>
  );
}
