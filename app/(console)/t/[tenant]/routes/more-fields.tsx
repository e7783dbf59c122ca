"use client";
import { useQuery } from "@tanstack/react-query";
import { Field } from "#components/form/field.tsx";
import { ListInput } from "#components/form/list-input.tsx";
import { Input, Textarea } from "#components/ui/input.tsx";
import { TextLink } from "#components/ui/link-button.tsx";
import { type Option, Select } from "#components/ui/select.tsx";
import { api } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";
import type { DraftRoute } from "#lib/routes/schema.ts";
import { invalidItems, listError, type PartProps } from "./part-props.ts";
import type { EventFormat } from "./route-form-values.ts";

const FORMATS: readonly Option<EventFormat>[] = [
  { value: "simple", label: "Simple", hint: "httpMethod, path, headers, body … as in the REST proxy event" },
  { value: "aws-v2", label: "AWS HTTP API 2.0", hint: "The payload format 2.0 of AWS's HTTP API" },
];

/** How long the target may take, how often a job is tried, what a function is handed. */
export function TimingFields({ values, set, errorAt }: PartProps) {
  const { targetType } = values;
  const enqueues = targetType === "job" || targetType === "pipeline";
  const takesEvent = targetType === "function" || targetType === "lambda";
  if (targetType === "job-status") {
    return <p className="text-muted">The gateway answers by itself; there is nothing to set.</p>;
  }
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label="Timeout in milliseconds"
          name="target.timeoutMs"
          error={errorAt("target.timeoutMs")}
          hint={enqueues ? "For each attempt, up to 900,000." : "Then the caller gets 504. Up to 900,000."}
        >
          <Input
            mono
            inputMode="numeric"
            placeholder="5000"
            value={values.timeoutMs}
            onValueChange={(timeoutMs) => set({ timeoutMs })}
          />
        </Field>
        {enqueues ? (
          <Field
            label="Attempts at most"
            name="target.maxAttempts"
            error={errorAt("target.maxAttempts")}
            hint="Then the job is a dead letter. Up to 100."
          >
            <Input
              mono
              inputMode="numeric"
              placeholder="5"
              value={values.maxAttempts}
              onValueChange={(maxAttempts) => set({ maxAttempts })}
            />
          </Field>
        ) : null}
      </div>
      {takesEvent ? (
        <Field label="Event format" name="target.eventFormat" error={errorAt("target.eventFormat")}>
          <Select
            options={FORMATS}
            value={values.eventFormat}
            onValueChange={(eventFormat) => set({ eventFormat })}
          />
        </Field>
      ) : null}
    </>
  );
}

/** The version by date, and the other routes that answer the same requests for another one. */
export function VersionFields(props: PartProps & { id: string | null }) {
  const { values, set, errorAt } = props;
  return (
    <>
      <Field
        label="API version"
        name="apiVersion"
        optional
        error={errorAt("apiVersion")}
        hint="A date. Callers choose it with the header X-Api-Version among the routes of one method and path."
      >
        <Input
          mono
          inputMode="numeric"
          autoComplete="off"
          placeholder="2026-01-31"
          value={values.apiVersion}
          onValueChange={(apiVersion) => set({ apiVersion: apiVersion.trim() })}
          className="sm:max-w-40"
        />
      </Field>
      <Siblings {...props} />
    </>
  );
}

function Siblings({ tenant, values, id }: PartProps & { id: string | null }) {
  const { method, path } = values;
  const { data, isError } = useQuery({
    queryKey: ["routes", tenant, "versions", method, path],
    queryFn: ({ signal }) =>
      api.page<DraftRoute>(`/tenants/${encodeURIComponent(tenant)}/routes`, {
        query: { q: path, method, limit: 100 },
        signal,
      }),
    enabled: path.startsWith("/"),
    staleTime: 10_000,
  });
  const siblings = (data?.data ?? [])
    .filter((route) => route.path === path && route.id !== id)
    .sort((a, b) => (b.apiVersion ?? "").localeCompare(a.apiVersion ?? ""));
  if (isError) return <p className="text-muted text-xs">The other versions could not be read.</p>;
  if (!data) return null;
  if (siblings.length === 0) {
    return <p className="text-muted">{`No other route answers ${method} ${path || "this path"}.`}</p>;
  }
  return (
    <div>
      <p className="font-medium">{`Other versions of ${method} ${path}`}</p>
      <ul className="mt-1 space-y-1">
        {siblings.map((route) => (
          <li key={route.id}>
            <TextLink href={paths.route(tenant, route.id)} className="font-mono">
              {route.apiVersion ?? "without a version"}
            </TextLink>
            {route.enabled ? "" : " (off)"}
            {route.name ? <span className="text-muted"> {route.name}</span> : null}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What the route is called and what is said about it. */
export function AboutFields({ values, set, errors, errorAt }: PartProps) {
  return (
    <>
      <Field label="Name" name="name" optional error={errorAt("name")}>
        <Input value={values.name} onValueChange={(name) => set({ name })} />
      </Field>
      <Field label="Description" name="description" optional error={errorAt("description")}>
        <Textarea value={values.description} onValueChange={(description) => set({ description })} />
      </Field>
      <Field
        label="Tags"
        name="tags"
        optional
        error={listError(errors, "tags", values.tags)}
        hint="Press Enter after each. Up to 20, to find routes and to change many at once."
      >
        <ListInput
          separator="lines"
          mono={false}
          placeholder="billing"
          value={values.tags}
          onValueChange={(tags) => set({ tags })}
          invalid={invalidItems(errors, "tags")}
        />
      </Field>
    </>
  );
}
