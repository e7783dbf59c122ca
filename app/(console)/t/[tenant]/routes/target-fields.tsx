"use client";
import { Field, FieldGroup } from "#components/form/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { type Option, Select } from "#components/ui/select.tsx";
import type { Target } from "#lib/contract/route.ts";
import { FunctionField, type FunctionNames } from "./function-field.tsx";
import type { PartProps } from "./part-props.ts";
import { PipelineField } from "./pipeline-field.tsx";

const KINDS: readonly Option<Target["type"]>[] = [
  { value: "function", label: "Function", hint: "A handler that runs while the caller waits" },
  { value: "http", label: "HTTP service", hint: "Any address that answers HTTP" },
  { value: "lambda", label: "AWS Lambda", hint: "A function in AWS, invoked while the caller waits" },
  { value: "job", label: "Background job", hint: "Answers 202 at once; a function does the work" },
  { value: "pipeline", label: "Pipeline", hint: "Answers 202 at once; functions work one after the other" },
  { value: "job-status", label: "Status of a job", hint: "Answers how the job in :jobId is doing" },
];

/** What answers the route's requests. */
export function TargetFields({
  values,
  set,
  errorAt,
  errors,
  functions,
}: PartProps & { functions: FunctionNames }) {
  const { targetType } = values;
  return (
    <FieldGroup title="Target">
      <Field label="Answered by" name="target.type" error={errors.target ?? errors["target.type"]}>
        <Select options={KINDS} value={targetType} onValueChange={(next) => set({ targetType: next })} />
      </Field>
      {targetType === "function" || targetType === "job" ? (
        <FunctionField
          label="Function"
          name="target.function"
          functions={functions}
          value={values.functionName}
          onValueChange={(functionName) => set({ functionName })}
          error={errorAt("target.function")}
        />
      ) : null}
      {targetType === "pipeline" ? (
        <PipelineField
          functions={functions}
          value={values.functions}
          onValueChange={(next) => set({ functions: next })}
          errors={errors}
        />
      ) : null}
      {targetType === "http" ? (
        <Field
          label="URL"
          name="target.url"
          error={errorAt("target.url")}
          hint="Requests go here with their method, headers, query and body. Parameters of the path can be used: /users/:id."
        >
          <Input
            mono
            required
            type="url"
            spellCheck={false}
            autoComplete="off"
            placeholder="https://api.example.com/users"
            value={values.url}
            onValueChange={(url) => set({ url: url.trim() })}
          />
        </Field>
      ) : null}
      {targetType === "lambda" ? <LambdaFields values={values} set={set} errorAt={errorAt} /> : null}
      {targetType === "job-status" && !/[:{]jobId\b/.test(values.path) ? (
        <Notice tone="warn">The path needs a parameter :jobId, for example /v1/jobs/:jobId.</Notice>
      ) : null}
    </FieldGroup>
  );
}

function LambdaFields({ values, set, errorAt }: Pick<PartProps, "values" | "set" | "errorAt">) {
  return (
    <>
      <Field
        label="Lambda function"
        name="target.functionName"
        error={errorAt("target.functionName")}
        hint="Its name or ARN, with a version or alias if there is one."
      >
        <Input
          mono
          spellCheck={false}
          autoComplete="off"
          placeholder="orders:live"
          value={values.lambdaName}
          onValueChange={(lambdaName) => set({ lambdaName })}
        />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label="Region"
          name="target.region"
          optional
          error={errorAt("target.region")}
          hint="Else the gateway's own."
        >
          <Input
            mono
            spellCheck={false}
            autoComplete="off"
            placeholder="eu-central-1"
            value={values.region}
            onValueChange={(region) => set({ region: region.trim() })}
          />
        </Field>
        <Field
          label="Endpoint"
          name="target.endpoint"
          optional
          error={errorAt("target.endpoint")}
          hint="For a Lambda that is not AWS's own."
        >
          <Input
            mono
            type="url"
            spellCheck={false}
            autoComplete="off"
            placeholder="https://lambda.example.com"
            value={values.endpoint}
            onValueChange={(endpoint) => set({ endpoint: endpoint.trim() })}
          />
        </Field>
      </div>
    </>
  );
}
