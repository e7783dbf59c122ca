import type { ErrorDetail } from "#lib/contract/errors.ts";

/** What is wrong, by the path of the field; the first word on each field counts. */
export type FieldErrors = Readonly<Record<string, string>>;

/** The part of a zod error that is read here. */
type Issues = { issues: readonly { path: readonly PropertyKey[]; message: string }[] };

const sentence = (message: string) => message.charAt(0).toUpperCase() + message.slice(1);

/** Errors by field, from a schema that was checked in the browser. */
export function errorsOfSchema(error: Issues): FieldErrors {
  return errorsOfDetails(
    error.issues.map((issue) => ({ path: issue.path.map(String).join("."), message: issue.message })),
  );
}

/** Errors by field, from the `details` of a 422. Paths may be written `a.b.0`, `a.b[0]` or `/a/b/0`. */
export function errorsOfDetails(details: readonly ErrorDetail[]): FieldErrors {
  const errors: Record<string, string> = {};
  for (const { path, message } of details) {
    const name = path.replaceAll("[", ".").replaceAll("]", "").replaceAll("/", ".").replace(/^\.+/, "");
    errors[name] ??= sentence(message);
  }
  return errors;
}

/** The errors that none of the named fields shows, and that must therefore be said for the whole form. */
export function unplacedErrors(errors: FieldErrors, fields: readonly string[]): string[] {
  return Object.entries(errors)
    .filter(([path]) => !fields.some((field) => path === field || path.startsWith(`${field}.`)))
    .map(([path, message]) => (path ? `${path}: ${message}` : message));
}

/** The error of a field or of anything inside it. */
export function errorAt(errors: FieldErrors, field: string): string | null {
  if (errors[field]) return errors[field];
  const inside = Object.keys(errors).find((path) => path.startsWith(`${field}.`));
  return inside ? (errors[inside] ?? null) : null;
}

/** The places in a list that were refused. */
export function invalidItems(errors: FieldErrors, field: string): number[] {
  return Object.keys(errors)
    .filter((path) => path.startsWith(`${field}.`))
    .map((path) => Number(path.slice(field.length + 1).split(".")[0]))
    .filter((place) => Number.isInteger(place));
}

/** The error of a list, with the item that it is about: two items that look alike are told apart by nothing else. */
export function listError(errors: FieldErrors, field: string, items: readonly string[]): string | null {
  const [place] = invalidItems(errors, field);
  const message = place === undefined ? errors[field] : errors[`${field}.${place}`];
  if (!message) return null;
  return place === undefined ? message : `“${items[place] ?? ""}”: ${message}`;
}
