"use client";
import { Field, FieldGroup } from "#components/form/field.tsx";
import { MultiCombobox } from "#components/ui/combobox.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { type Option, Select } from "#components/ui/select.tsx";
import { Switch } from "#components/ui/toggle.tsx";
import type { Auth } from "#lib/contract/route.ts";
import { useKeyOptions } from "../keys/use-key-names.ts";
import type { PartProps } from "./target-fields.tsx";

const MODES: readonly Option<Auth["mode"]>[] = [
  { value: "api-key", label: "Callers with an API key", hint: "In the header X-Api-Key" },
  { value: "none", label: "Everybody", hint: "No key is asked for" },
];
const BEARER: Option<Auth["mode"]> = { value: "bearer", label: "Callers with a bearer token" };
const WHICH: readonly Option<"any" | "some">[] = [
  { value: "any", label: "Every key of the tenant" },
  { value: "some", label: "Only these keys" },
];
const PER: readonly Option<"ip" | "key">[] = [
  { value: "ip", label: "Per IP address" },
  { value: "key", label: "Per API key" },
];

/** Who may call, from where and how often. `before` is the mode the route came with; it stays on offer. */
export function AccessFields({
  tenant,
  values,
  set,
  errorAt,
  before,
}: PartProps & { tenant: string; before: Auth["mode"] | null }) {
  return (
    <FieldGroup title="Access">
      <Field label="Who may call">
        <Select
          options={before === "bearer" ? [...MODES, BEARER] : MODES}
          value={values.authMode}
          onValueChange={(authMode) => set({ authMode })}
        />
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
      {values.authMode === "api-key" && values.onlySomeKeys ? (
        <KeysField tenant={tenant} values={values} set={set} errorAt={errorAt} />
      ) : null}
      {values.authMode === "none" ? (
        <Notice tone="warn">Anybody who knows the address can call this route once it is published.</Notice>
      ) : null}
      <Switch
        checked={values.corsEnabled}
        onCheckedChange={(corsEnabled) => set({ corsEnabled })}
        label="CORS"
        hint="Browsers on other sites may call it, and preflights are answered."
      />
      <Switch
        checked={values.limited}
        onCheckedChange={(limited) => set({ limited })}
        label="Rate limit"
        hint="Counted by each gateway instance on its own; beyond it callers get 429."
      />
      {values.limited ? (
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label="Requests per minute"
            name="rateLimit.requestsPerMinute"
            error={errorAt("rateLimit.requestsPerMinute")}
          >
            <Input
              mono
              inputMode="numeric"
              value={values.requestsPerMinute}
              onValueChange={(requestsPerMinute) => set({ requestsPerMinute })}
            />
          </Field>
          <Field label="Counted">
            <Select options={PER} value={values.per} onValueChange={(per) => set({ per })} />
          </Field>
        </div>
      ) : null}
    </FieldGroup>
  );
}

function KeysField({ tenant, values, set, errorAt }: PartProps & { tenant: string }) {
  const { options, onSearch } = useKeyOptions(tenant, values.keyIds);
  return (
    <Field
      label="Allowed keys"
      name="auth.allowedApiKeyIds"
      error={errorAt("auth.allowedApiKeyIds")}
      hint={values.keyIds.length === 0 ? "With no key chosen, nobody can call this route." : undefined}
    >
      <MultiCombobox
        options={options}
        value={values.keyIds}
        onValueChange={(keyIds) => set({ keyIds })}
        onSearch={onSearch}
        placeholder="Type a key's name"
        empty="No active key has this name."
      />
    </Field>
  );
}
