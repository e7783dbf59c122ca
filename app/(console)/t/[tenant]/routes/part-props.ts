import type { FieldErrors } from "#components/form/field-errors.ts";
import type { RouteFormValues } from "./route-form-values.ts";

export { invalidItems, listError } from "#components/form/field-errors.ts";

/** What a part of the form needs of the whole. */
export type PartProps = {
  tenant: string;
  values: RouteFormValues;
  set: (change: Partial<RouteFormValues>) => void;
  errorAt: (field: string) => string | null;
  errors: FieldErrors;
};
