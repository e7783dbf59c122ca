"use client";
import { Field } from "#components/form/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { GRACE_UNITS, GRACES, type GraceValues } from "./rotate-grace.ts";

type RotateGraceFieldProps = {
  label: string;
  hint: string;
  /** Leaves out "ends at once", where that is an action of its own. */
  withoutNow?: boolean;
  form: {
    values: GraceValues;
    set: (change: Partial<GraceValues>) => void;
    errorAt: (field: string) => string | null;
  };
};

/** For how long the old key works on. */
export function RotateGraceField({ label, hint, withoutNow, form }: RotateGraceFieldProps) {
  const { values } = form;
  const error = form.errorAt("graceSeconds");
  const custom = values.grace === "custom";
  return (
    <>
      <Field label={label} hint={hint} error={custom ? null : error}>
        <Select
          options={withoutNow ? GRACES.filter(({ value }) => value !== "0") : GRACES}
          value={values.grace}
          onValueChange={(grace) => form.set({ grace })}
        />
      </Field>
      {custom ? (
        <div className="flex items-start gap-2">
          <Field label="How long" name="graceSeconds" error={error} hint="90 days at most.">
            <Input
              inputMode="numeric"
              value={values.amount}
              onValueChange={(amount) => form.set({ amount })}
            />
          </Field>
          <Field label="Unit">
            <Select options={GRACE_UNITS} value={values.unit} onValueChange={(unit) => form.set({ unit })} />
          </Field>
        </div>
      ) : null}
    </>
  );
}
