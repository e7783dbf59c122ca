"use client";
import { Field, FieldGroup } from "#components/form/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { type Option, Select } from "#components/ui/select.tsx";
import type { Target } from "#lib/contract/route.ts";
import type { RouteFormValues } from "./route-form-values.ts";

/** What a part of the form needs of the whole. */
export type PartProps = {
  values: RouteFormValues;
  set: (change: Partial<RouteFormValues>) => void;
  errorAt: (field: string) => string | null;
};

const KINDS: readonly Option<Target["type"]>[] = [
  { value: "function", label: "Function", hint: "A handler that runs while the caller waits" },
  { value: "http", label: "HTTP service", hint: "Any address that answers HTTP" },
  { value: "job", label: "Background job", hint: "Answers 202 at once; a function does the work" },
  { value: "job-status", label: "Status of a job", hint: "Answers how the job in :jobId is doing" },
];
const FOREIGN: Partial<Record<Target["type"], string>> = { lambda: "AWS Lambda", pipeline: "Pipeline" };

/** What answers the route's requests. `before` is the kind the route came with; it stays on offer. */
export function TargetFields({
  values,
  set,
  errorAt,
  functions,
  before,
}: PartProps & { functions: readonly string[]; before: Target["type"] | null }) {
  const foreign = before ? FOREIGN[before] : undefined;
  const kinds = foreign && before ? [...KINDS, { value: before, label: foreign }] : KINDS;
  const runsFunction = values.targetType === "function" || values.targetType === "job";
  return (
    <FieldGroup title="Target">
      <Field label="Answered by">
        <Select
          options={kinds}
          value={values.targetType}
          onValueChange={(targetType) => set({ targetType })}
        />
      </Field>
      {runsFunction ? (
        <FunctionField values={values} set={set} errorAt={errorAt} functions={functions} />
      ) : null}
      {values.targetType === "http" ? (
        <Field
          label="URL"
          name="target.url"
          error={errorAt("target.url")}
          hint="Requests go here with their method, headers, query and body."
        >
          <Input
            mono
            required
            type="url"
            spellCheck={false}
            autoComplete="off"
            placeholder="https://api.example.com/users"
            value={values.url}
            onValueChange={(url) => set({ url })}
          />
        </Field>
      ) : null}
      {foreign && values.targetType === before ? (
        <Notice>{`This ${foreign} target is kept as it is; the API edits it.`}</Notice>
      ) : null}
      {values.targetType === "job-status" ? (
        <Notice>The path needs a parameter :jobId, for example /v1/jobs/:jobId.</Notice>
      ) : (
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label="Timeout in milliseconds"
            name="target.timeoutMs"
            error={errorAt("target.timeoutMs")}
            hint={values.targetType === "job" ? "For each attempt." : "Then the caller gets 504."}
          >
            <Input
              mono
              inputMode="numeric"
              value={values.timeoutMs}
              onValueChange={(timeoutMs) => set({ timeoutMs })}
            />
          </Field>
          {values.targetType === "job" ? (
            <Field
              label="Attempts at most"
              name="target.maxAttempts"
              error={errorAt("target.maxAttempts")}
              hint="Then the job is a dead letter."
            >
              <Input
                mono
                inputMode="numeric"
                value={values.maxAttempts}
                onValueChange={(maxAttempts) => set({ maxAttempts })}
              />
            </Field>
          ) : null}
        </div>
      )}
    </FieldGroup>
  );
}

function FunctionField({ values, set, errorAt, functions }: PartProps & { functions: readonly string[] }) {
  const { functionName } = values;
  const missing = functionName !== "" && !functions.includes(functionName);
  const options: Option[] = [
    ...(functionName === "" ? [{ value: "", label: "Choose a function" }] : []),
    ...functions.map((value) => ({ value, label: value })),
    ...(missing ? [{ value: functionName, label: functionName, hint: "Not registered at present" }] : []),
  ];
  if (functions.length === 0) {
    return (
      <Field
        label="Function"
        name="target.function"
        error={errorAt("target.function")}
        hint="No function is registered yet; name the one that will be."
      >
        <Input
          mono
          spellCheck={false}
          autoComplete="off"
          value={functionName}
          onValueChange={(name) => set({ functionName: name })}
        />
      </Field>
    );
  }
  return (
    <Field
      label="Function"
      name="target.function"
      error={errorAt("target.function") ? "Choose a function." : null}
      hint={
        missing ? "The data plane does not have this function at present; callers would get 502." : undefined
      }
    >
      <Select
        mono
        options={options}
        value={functionName}
        onValueChange={(name) => set({ functionName: name })}
      />
    </Field>
  );
}
