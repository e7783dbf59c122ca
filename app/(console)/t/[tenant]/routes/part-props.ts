import type { FieldErrors } from "#components/form/field-errors.ts";
import type { RouteFormValues } from "./route-form-values.ts";

/** What a part of the form needs of the whole. */
export type PartProps = {
  tenant: string;
  values: RouteFormValues;
  set: (change: Partial<RouteFormValues>) => void;
  errorAt: (field: string) => string | null;
  errors: FieldErrors;
};

/** The places in a list that were refused. */
export function invalidItems(errors: FieldErrors, field: string): number[] {
  return Object.keys(errors)
    .filter((path) => path.startsWith(`${field}.`))
    .map((path) => Number(path.slice(field.length + 1).split(".")[0]))
    .filter((place) => Number.isInteger(place));
}

/** The error of a list, with the item that it is about. */
export function listError(errors: FieldErrors, field: string, items: readonly string[]): string | null {
  const [place] = invalidItems(errors, field);
  const message = place === undefined ? errors[field] : errors[`${field}.${place}`];
  if (!message) return null;
  return place === undefined ? message : `“${items[place] ?? ""}”: ${message}`;
}
