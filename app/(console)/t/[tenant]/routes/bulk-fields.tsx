"use client";
import { Field } from "#components/form/field.tsx";
import { Input, Textarea } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { BulkDraft } from "./bulk-draft.ts";
import { KeysField } from "./bulk-keys.tsx";

const AS_IT_IS = { value: "", label: "Leave as it is" } as const;

type Props = {
  tenant: string;
  draft: BulkDraft;
  set: (change: Partial<BulkDraft>) => void;
  /** What the server says is wrong below this place of the change; null when nothing is. */
  errorAt: (place: string) => string | null;
};

/** What can be set on many routes at once. */
export function BulkFields({ tenant, draft, set, errorAt }: Props) {
  return (
    <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2">
      <div className="space-y-2">
        <Field label="Who may call">
          <Select
            options={[
              AS_IT_IS,
              { value: "any-key", label: "Any API key" },
              { value: "keys", label: "Only these API keys" },
              { value: "bearer", label: "Bearer token" },
              { value: "none", label: "Anybody (public)" },
            ]}
            value={draft.auth}
            onValueChange={(auth) => set({ auth })}
          />
        </Field>
        {draft.auth === "keys" ? (
          <KeysField
            tenant={tenant}
            value={draft.keyIds}
            onValueChange={(keyIds) => set({ keyIds })}
            error={errorAt("auth")}
          />
        ) : null}
        {draft.auth === "bearer" ? (
          <Field label="Required scopes" optional hint="Apart by commas" error={errorAt("auth")}>
            <Input mono value={draft.scopes} onValueChange={(scopes) => set({ scopes })} />
          </Field>
        ) : null}
      </div>
      <div className="space-y-2">
        <Field label="Rate limit">
          <Select
            options={[AS_IT_IS, { value: "set", label: "Set a limit" }, { value: "none", label: "No limit" }]}
            value={draft.limit}
            onValueChange={(limit) => set({ limit })}
          />
        </Field>
        {draft.limit === "set" ? (
          <div className="grid grid-cols-2 gap-2">
            <Field label="Per minute" error={errorAt("rateLimit")}>
              <Input
                inputMode="numeric"
                mono
                value={draft.perMinute}
                onValueChange={(perMinute) => set({ perMinute: perMinute.replace(/\D/g, "").slice(0, 9) })}
              />
            </Field>
            <Field label="Counted per">
              <Select
                options={[
                  { value: "ip", label: "IP address" },
                  { value: "key", label: "API key" },
                ]}
                value={draft.per}
                onValueChange={(per) => set({ per })}
              />
            </Field>
          </div>
        ) : null}
      </div>
      <div className="space-y-2">
        <Field label="Tags">
          <Select
            options={[
              AS_IT_IS,
              { value: "add", label: "Add" },
              { value: "remove", label: "Remove" },
              { value: "set", label: "Replace all by" },
            ]}
            value={draft.tags}
            onValueChange={(tags) => set({ tags })}
          />
        </Field>
        {draft.tags ? (
          <Field
            label="Which tags"
            hint="Apart by commas"
            error={errorAt("addTags") ?? errorAt("removeTags") ?? errorAt("setTags")}
          >
            <Input value={draft.tagList} onValueChange={(tagList) => set({ tagList })} />
          </Field>
        ) : null}
      </div>
      <Field label="Enabled">
        <Select
          options={[AS_IT_IS, { value: "true", label: "Enable" }, { value: "false", label: "Disable" }]}
          value={draft.enabled}
          onValueChange={(enabled) => set({ enabled })}
        />
      </Field>
      <Field label="CORS">
        <Select
          options={[AS_IT_IS, { value: "on", label: "Turn on" }, { value: "off", label: "Turn off" }]}
          value={draft.cors}
          onValueChange={(cors) => set({ cors })}
        />
      </Field>
      <div className="space-y-2">
        <Field label="CORS origins">
          <Select
            options={[
              AS_IT_IS,
              { value: "any", label: "Any origin (*)" },
              { value: "these", label: "Only these" },
            ]}
            value={draft.origins}
            onValueChange={(origins) => set({ origins })}
          />
        </Field>
        {draft.origins === "these" ? (
          <Field
            label="Which origins"
            hint="One a line, such as https://app.example.com"
            error={errorAt("cors")}
          >
            <Textarea
              mono
              rows={3}
              value={draft.originList}
              onValueChange={(originList) => set({ originList })}
            />
          </Field>
        ) : null}
      </div>
    </div>
  );
}
