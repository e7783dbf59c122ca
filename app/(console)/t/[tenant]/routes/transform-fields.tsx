"use client";
import { Field } from "#components/form/field.tsx";
import { ListInput } from "#components/form/list-input.tsx";
import { RowsInput } from "#components/form/rows-input.tsx";
import { Input } from "#components/ui/input.tsx";
import { Switch } from "#components/ui/toggle.tsx";
import { invalidItems, listError, type PartProps } from "./part-props.ts";
import type { HeaderRow } from "./route-form-values.ts";

/** What is changed on the way to the target and on the way back. */
export function TransformFields({ values, set, errors, errorAt }: PartProps) {
  return (
    <>
      <Switch
        checked={values.transformed}
        onCheckedChange={(transformed) => set({ transformed })}
        label="Change requests and answers on the way"
        hint="Headers are set or removed, and the path that the target sees can be another."
      />
      {values.transformed ? (
        <>
          <h3 className="font-semibold">Request, before the target sees it</h3>
          <Field
            label="Path for the target"
            name="transform.request.path"
            optional
            error={errorAt("transform.request.path")}
            hint="In place of the path that was called; :name stands for a parameter of it."
          >
            <Input
              mono
              spellCheck={false}
              autoCapitalize="none"
              autoComplete="off"
              placeholder="/internal/users/:id"
              value={values.requestPath}
              onValueChange={(requestPath) => set({ requestPath })}
            />
          </Field>
          <HeaderRows
            label="Request headers to set"
            name="transform.request.setHeaders"
            error={errorAt("transform.request.setHeaders")}
            rows={values.requestSet}
            onRowsChange={(requestSet) => set({ requestSet })}
          />
          <Field
            label="Request headers to remove"
            name="transform.request.removeHeaders"
            optional
            error={listError(errors, "transform.request.removeHeaders", values.requestRemove)}
          >
            <ListInput
              separator="words"
              placeholder="Cookie"
              value={values.requestRemove}
              onValueChange={(requestRemove) => set({ requestRemove })}
              invalid={invalidItems(errors, "transform.request.removeHeaders")}
            />
          </Field>
          <h3 className="pt-2 font-semibold">Answer, before the caller sees it</h3>
          <HeaderRows
            label="Answer headers to set"
            name="transform.response.setHeaders"
            error={errorAt("transform.response.setHeaders")}
            rows={values.responseSet}
            onRowsChange={(responseSet) => set({ responseSet })}
          />
          <Field
            label="Answer headers to remove"
            name="transform.response.removeHeaders"
            optional
            error={listError(errors, "transform.response.removeHeaders", values.responseRemove)}
          >
            <ListInput
              separator="words"
              placeholder="Server"
              value={values.responseRemove}
              onValueChange={(responseRemove) => set({ responseRemove })}
              invalid={invalidItems(errors, "transform.response.removeHeaders")}
            />
          </Field>
        </>
      ) : null}
    </>
  );
}

function HeaderRows({
  label,
  name,
  error,
  rows,
  onRowsChange,
}: {
  label: string;
  name: string;
  error: string | null;
  rows: readonly HeaderRow[];
  onRowsChange: (rows: HeaderRow[]) => void;
}) {
  return (
    <RowsInput<HeaderRow>
      label={label}
      name={name}
      error={error}
      rows={rows}
      onRowsChange={onRowsChange}
      empty={{ name: "", value: "" }}
      addLabel="Add header"
      rowName={(row, index) => `header ${row.name || index + 1}`}
    >
      {(row, change, index) => (
        <div className="grid min-w-0 flex-1 gap-2 sm:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
          <Input
            mono
            aria-label={`${label}: name ${index + 1}`}
            placeholder="X-Source"
            spellCheck={false}
            autoCapitalize="none"
            autoComplete="off"
            value={row.name}
            onValueChange={(next) => change({ name: next.trim() })}
          />
          <Input
            mono
            aria-label={`${label}: value ${index + 1}`}
            placeholder="gatehouse"
            spellCheck={false}
            autoCapitalize="none"
            autoComplete="off"
            value={row.value}
            onValueChange={(value) => change({ value })}
          />
        </div>
      )}
    </RowsInput>
  );
}
