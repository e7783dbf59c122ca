"use client";
import { Field } from "#components/form/field.tsx";
import { ListInput } from "#components/form/list-input.tsx";
import { RowsInput } from "#components/form/rows-input.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { type Option, Select } from "#components/ui/select.tsx";
import type { Auth } from "#lib/contract/route.ts";
import { KeysField } from "./keys-field.tsx";
import { invalidItems, listError, type PartProps } from "./part-props.ts";
import type { ClaimRow } from "./route-form-values.ts";

const MODES: readonly Option<Auth["mode"]>[] = [
  { value: "api-key", label: "Callers with an API key", hint: "In the header X-Api-Key" },
  {
    value: "bearer",
    label: "Callers with a bearer token",
    hint: "A JWT of one of the tenant's issuers, in the header Authorization",
  },
  { value: "none", label: "Everybody", hint: "No key and no token is asked for" },
];
const WHICH: readonly Option<"any" | "some">[] = [
  { value: "any", label: "Every key of the tenant" },
  { value: "some", label: "Only these keys" },
];
const TYPES: readonly Option<ClaimRow["type"]>[] = [
  { value: "string", label: "text" },
  { value: "number", label: "number" },
  { value: "boolean", label: "true or false" },
];
const TRUTH: readonly Option<string>[] = [
  { value: "true", label: "true" },
  { value: "false", label: "false" },
];

/** Who may call. */
export function AccessFields(props: PartProps) {
  const { values, set, errorAt } = props;
  return (
    <>
      <Field label="Callers" name="auth.mode" error={errorAt("auth.mode")}>
        <Select options={MODES} value={values.authMode} onValueChange={(authMode) => set({ authMode })} />
      </Field>
      {values.authMode === "api-key" ? (
        <Field label="Which keys">
          <Select
            options={WHICH}
            value={values.onlySomeKeys ? "some" : "any"}
            onValueChange={(which) => set({ onlySomeKeys: which === "some" })}
          />
        </Field>
      ) : null}
      {values.authMode === "api-key" && values.onlySomeKeys ? <KeysField {...props} /> : null}
      {values.authMode === "bearer" ? <BearerFields {...props} /> : null}
      {values.authMode === "none" ? (
        <Notice tone="warn">Anybody who knows the address can call this route once it is published.</Notice>
      ) : null}
    </>
  );
}

function BearerFields({ values, set, errors, errorAt }: PartProps) {
  return (
    <>
      <Field
        label="Required scopes"
        name="auth.requiredScopes"
        optional
        error={listError(errors, "auth.requiredScopes", values.scopes)}
        hint="The token must carry all of them; else 403 insufficient_scope."
      >
        <ListInput
          separator="words"
          placeholder="orders:read orders:write"
          value={values.scopes}
          onValueChange={(scopes) => set({ scopes })}
          invalid={invalidItems(errors, "auth.requiredScopes")}
        />
      </Field>
      <RowsInput<ClaimRow>
        label="Required claims"
        name="auth.requiredClaims"
        error={errorAt("auth.requiredClaims")}
        hint="Name, kind and value must be exactly what the token says: the text “1” is not the number 1."
        rows={values.claims}
        onRowsChange={(claims) => set({ claims })}
        empty={{ name: "", type: "string", value: "" }}
        addLabel="Add claim"
        rowName={(row, index) => `claim ${row.name || index + 1}`}
      >
        {(row, change, index) => <ClaimControls row={row} change={change} place={index + 1} />}
      </RowsInput>
    </>
  );
}

function ClaimControls({
  row,
  change,
  place,
}: {
  row: ClaimRow;
  change: (next: Partial<ClaimRow>) => void;
  place: number;
}) {
  const setType = (type: ClaimRow["type"]) =>
    change({ type, ...(type === "boolean" && row.value !== "false" ? { value: "true" } : {}) });
  return (
    <div className="grid min-w-0 flex-1 grid-cols-2 gap-2 sm:grid-cols-[minmax(0,1fr)_8rem_minmax(0,1fr)]">
      <Input
        mono
        aria-label={`Name of claim ${place}`}
        placeholder="tier"
        spellCheck={false}
        autoCapitalize="none"
        value={row.name}
        onValueChange={(name) => change({ name })}
        className="max-sm:col-span-2"
      />
      <Select
        aria-label={`Kind of claim ${place}`}
        options={TYPES}
        value={row.type}
        onValueChange={setType}
      />
      {row.type === "boolean" ? (
        <Select
          aria-label={`Value of claim ${place}`}
          mono
          options={TRUTH}
          value={row.value === "false" ? "false" : "true"}
          onValueChange={(value) => change({ value })}
        />
      ) : (
        <Input
          mono
          aria-label={`Value of claim ${place}`}
          placeholder={row.type === "number" ? "3" : "gold"}
          inputMode={row.type === "number" ? "decimal" : "text"}
          spellCheck={false}
          autoCapitalize="none"
          aria-invalid={row.type === "number" && row.value !== "" && Number.isNaN(Number(row.value))}
          value={row.value}
          onValueChange={(value) => change({ value })}
        />
      )}
    </div>
  );
}
