"use client";
import { Field } from "#components/form/field.tsx";
import { Suggest } from "#components/ui/suggest.tsx";

/** The names of the functions that the data plane has registered. */
export type FunctionNames = readonly string[];

/** Why a name is worth a second look although it may be saved; null when it is registered. */
export const unregistered = (functions: FunctionNames, name: string): string | null =>
  name === "" || functions.includes(name)
    ? null
    : "The data plane has no function of this name at present; until it does, callers get 502.";

/** One function by its name: a registered one is on offer, one to come may be typed. */
export function FunctionField({
  label,
  name,
  functions,
  value,
  onValueChange,
  error,
}: {
  label: string;
  name: string;
  functions: FunctionNames;
  value: string;
  onValueChange: (value: string) => void;
  error: string | null;
}) {
  const missing = unregistered(functions, value);
  return (
    <Field
      label={label}
      name={name}
      error={value === "" && error ? "Choose a function." : error}
      hint={
        missing ? (
          <span className="text-warn">{missing}</span>
        ) : functions.length === 0 ? (
          "No function is registered yet; name the one that will be."
        ) : undefined
      }
    >
      <Suggest
        options={functions.map((one) => ({ value: one, label: one }))}
        value={value}
        onValueChange={(next) => onValueChange(next.trim())}
        placeholder="Choose or type a name"
        empty="No registered function has this name. It can be saved all the same."
      />
    </Field>
  );
}
