"use client";
import { Field } from "#components/form/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { type Option, Select } from "#components/ui/select.tsx";
import type { ImportTarget, OpenApiPreview } from "#lib/openapi/schema.ts";

/** How the document is read; null target: what its servers suggest. */
export type Options = { target: ImportTarget | null; pathPrefix: string; unsecured: "none" | "api-key" };

const TARGETS: readonly Option<ImportTarget["type"]>[] = [
  {
    value: "http",
    label: "HTTP service",
    hint: "Requests go to this address, with the operation's path behind it",
  },
  { value: "function", label: "One function", hint: "The same function answers every operation" },
  {
    value: "function-per-operation",
    label: "A function per operation",
    hint: "Named after the operation: getUserById is get-user-by-id",
  },
];

const UNSECURED: readonly Option<Options["unsecured"]>[] = [
  { value: "none", label: "Everybody may call", hint: "As OpenAPI has it: what asks for nothing is public" },
  { value: "api-key", label: "An API key is asked for" },
];

/** Where new routes send their requests, what goes before their paths, and what silence about security means. */
export function ImportOptions({
  preview,
  options,
  functions,
  onChange,
  errorAt,
}: {
  preview: OpenApiPreview;
  options: Options;
  functions: readonly string[];
  onChange: (options: Options) => void;
  errorAt: (field: string) => string | null;
}) {
  const target = options.target ?? preview.target;
  const set = (change: Partial<Options>) => onChange({ ...options, ...change });
  const servers = preview.servers.filter(({ problem }) => problem === null);
  const choose = (type: ImportTarget["type"]) => {
    if (type === "http") set({ target: { type, url: servers[0]?.url ?? "" } });
    else if (type === "function") set({ target: { type, function: functions[0] ?? "" } });
    else set({ target: { type } });
  };
  return (
    <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
      <Field label="New routes are answered by">
        <Select options={TARGETS} value={target.type} onValueChange={choose} />
      </Field>
      {target.type === "http" ? (
        <Field
          label="Base address"
          error={errorAt("target.url")}
          hint={servers.length > 0 ? `The document names ${servers.map(({ url }) => url).join(", ")}` : null}
        >
          <Input
            mono
            type="url"
            spellCheck={false}
            autoComplete="off"
            value={target.url}
            onValueChange={(url) => set({ target: { type: "http", url } })}
          />
        </Field>
      ) : null}
      {target.type === "function" ? (
        <Field label="Function" error={errorAt("target.function")}>
          {functions.length > 0 ? (
            <Select
              mono
              options={[...new Set([target.function, ...functions])]
                .filter(Boolean)
                .map((value) => ({ value, label: value }))}
              value={target.function}
              onValueChange={(name) => set({ target: { type: "function", function: name } })}
            />
          ) : (
            <Input
              mono
              autoComplete="off"
              value={target.function}
              onValueChange={(name) => set({ target: { type: "function", function: name } })}
            />
          )}
        </Field>
      ) : null}
      <Field
        label="Path prefix"
        optional
        error={errorAt("pathPrefix")}
        hint="Put before every path, such as /billing."
      >
        <Input
          mono
          autoComplete="off"
          spellCheck={false}
          value={options.pathPrefix}
          onValueChange={(pathPrefix) => set({ pathPrefix })}
        />
      </Field>
      <Field label="Operations without security">
        <Select
          options={UNSECURED}
          value={options.unsecured}
          onValueChange={(unsecured) => set({ unsecured })}
        />
      </Field>
    </div>
  );
}
