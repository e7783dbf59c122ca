"use client";
import { useEffect, useRef, useState } from "react";
import { ApiError } from "#lib/api/client.ts";
import {
  errorAt,
  errorsOfDetails,
  errorsOfSchema,
  type FieldErrors,
  unplacedErrors,
} from "./field-errors.ts";

/** What is used of a zod schema. */
type Schema<Output> = {
  safeParse: (
    value: unknown,
  ) =>
    | { success: true; data: Output }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };
};

type Options<Values, Output, Result> = {
  initial: Values;
  /** The schema that the server checks with, or how to fetch it (so that zod is not part of the first load). */
  schema: Schema<Output> | (() => Promise<Schema<Output>>);
  /** From what the fields hold to what is sent; the fields as they are when left out. */
  toInput?: (values: Values) => unknown;
  /** The paths that have a Field of their own; an error elsewhere is said for the whole form. */
  fields: readonly string[];
  send: (input: Output) => Promise<Result>;
  /** After success, when the form no longer counts as changed. */
  onSaved: (result: Result) => void;
};

/**
 * The state of one form: values, errors by field, the error of the whole, whether anything changed. It checks with
 * the server's schema first and places the server's own refusals at the same fields.
 */
export function useForm<Values extends object, Output, Result>(options: Options<Values, Output, Result>) {
  const [values, setValues] = useState(options.initial);
  const [saved, setSaved] = useState(() => JSON.stringify(options.initial));
  const [errors, setErrors] = useState<FieldErrors>({});
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const sending = useRef(false);
  /** The schema that found the errors shown, when it was the browser that found them. */
  const judge = useRef<Schema<Output> | null>(null);
  const { toInput } = options;
  const inputOf = useRef(toInput);
  inputOf.current = toInput;

  // A mistake that is mended is no longer shown as one; new ones are only said by the next attempt.
  useEffect(() => {
    const schema = judge.current;
    if (!schema) return;
    const parsed = schema.safeParse(inputOf.current ? inputOf.current(values) : values);
    const still = parsed.success ? {} : errorsOfSchema(parsed.error);
    setErrors((shown) => {
      const left = Object.entries(shown).filter(([path]) => still[path] !== undefined);
      return left.length === Object.keys(shown).length
        ? shown
        : Object.fromEntries(left.map(([path]) => [path, still[path] as string]));
    });
  }, [values]);

  const refuse = (found: FieldErrors, cause: unknown) => {
    const unplaced = unplacedErrors(found, options.fields);
    setErrors(found);
    setError(
      cause instanceof ApiError && cause.status !== 422
        ? cause
        : unplaced.length
          ? new ApiError({
              status: 422,
              code: "invalid",
              message: unplaced.join("; "),
              requestId: cause instanceof ApiError ? cause.requestId : null,
            })
          : Object.keys(found).length
            ? null
            : cause,
    );
    setAttempt((count) => count + 1);
  };

  const submit = async () => {
    if (sending.current) return;
    sending.current = true;
    setBusy(true);
    setError(null);
    try {
      const schema = typeof options.schema === "function" ? await options.schema() : options.schema;
      const parsed = schema.safeParse(toInput ? toInput(values) : values);
      judge.current = parsed.success ? null : schema;
      if (!parsed.success) return refuse(errorsOfSchema(parsed.error), null);
      const result = await options.send(parsed.data);
      setErrors({});
      setSaved(JSON.stringify(values));
      options.onSaved(result);
    } catch (reason) {
      refuse(reason instanceof ApiError ? errorsOfDetails(reason.details) : {}, reason);
    } finally {
      sending.current = false;
      setBusy(false);
    }
  };

  return {
    values,
    /** Changes some fields. */
    set: (change: Partial<Values>) => setValues((before) => ({ ...before, ...change })),
    /** Takes another document as the starting point, for example after a conflict. */
    reset: (next: Values) => {
      setValues(next);
      setSaved(JSON.stringify(next));
      setErrors({});
      setError(null);
      judge.current = null;
    },
    errorAt: (field: string) => errorAt(errors, field),
    /** Every error, by the path of its field. */
    errors,
    error,
    busy,
    attempt,
    dirty: JSON.stringify(values) !== saved,
    submit,
  };
}
