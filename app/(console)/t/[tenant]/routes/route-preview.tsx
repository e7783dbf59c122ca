"use client";
import { CircleCheck, CircleX } from "lucide-react";
import { useMemo, useState } from "react";
import { CodeBlock } from "#components/code/code-block.tsx";
import { Field } from "#components/form/field.tsx";
import { CopyButton } from "#components/ui/copy.tsx";
import { Input } from "#components/ui/input.tsx";
import { parsePattern } from "#lib/contract/path.ts";
import { goodAnswer, possibleErrors, preflightOf } from "./route-answers.ts";
import type { RouteFormValues } from "./route-form-values.ts";
import { curlFor, publicUrl, queryOf } from "./route-sample.ts";
import { sampleOf } from "./schema-sample.ts";

/** What a schema's text accepts; undefined when there is none or it is no JSON yet. */
function sampleFor(values: RouteFormValues, text: string): unknown {
  if (!values.validated || text.trim() === "") return undefined;
  try {
    return sampleOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Beside the form: the address, the call, the preflight and every error that callers can meet, as it is typed. */
export function RoutePreview({
  tenant,
  gatewayUrl,
  values,
}: {
  tenant: string;
  gatewayUrl: string;
  values: RouteFormValues;
}) {
  const path = values.path.trim();
  const parsed = parsePattern(path);
  const url = publicUrl(gatewayUrl, tenant, path || "/…");
  const body = useMemo(() => sampleFor(values, values.bodySchema), [values]);
  const query = useMemo(() => sampleFor(values, values.querySchema), [values]);
  return (
    <>
      <div className="rounded-md border bg-surface p-3">
        <p className="mb-1 flex min-h-7 items-center justify-between gap-2 text-muted text-xs">
          Address once published
          {parsed.ok ? (
            <CopyButton iconOnly size="small" variant="quiet" value={url} label="Copy the address" />
          ) : null}
        </p>
        <p className="break-all font-mono text-xs">{url}</p>
        {path && !parsed.ok ? <p className="mt-1 text-bad text-xs">The path {parsed.message}.</p> : null}
      </div>
      {parsed.ok ? (
        <CodeBlock
          label="Call it"
          code={curlFor(gatewayUrl, tenant, {
            method: values.method,
            path,
            authMode: values.authMode,
            apiVersion: values.apiVersion,
            query: queryOf(query),
            body,
          })}
        />
      ) : null}
      <Answers values={values} />
      <PreflightPreview values={values} />
    </>
  );
}

function Answers({ values }: { values: RouteFormValues }) {
  const errors = possibleErrors(values);
  return (
    <section aria-label="Answers">
      <h3 className="mb-1 font-semibold">Answers</h3>
      {values.enabled ? null : (
        <p className="mb-1 text-warn">Off: callers get 404, as if the route did not exist.</p>
      )}
      <p>{goodAnswer(values)}</p>
      <table className="mt-2 w-full border-t text-xs">
        <caption className="sr-only">Errors that the gateway can give, and what causes each</caption>
        <thead className="sr-only">
          <tr>
            <th scope="col">Status</th>
            <th scope="col">Code and cause</th>
          </tr>
        </thead>
        <tbody>
          {errors.map(({ status, code, cause }) => (
            <tr key={code + cause} className="border-b align-top">
              <td className="w-10 py-1.5 font-mono">{status}</td>
              <td className="py-1.5">
                <code className="block font-mono">{code}</code>
                <span className="text-muted">{cause}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function PreflightPreview({ values }: { values: RouteFormValues }) {
  const [typed, setTyped] = useState<string | null>(null);
  const listed = values.origins.find((origin) => origin !== "*");
  const origin = typed ?? listed ?? "https://app.example.com";
  const { answer, verdict } = preflightOf(values, origin);
  return (
    <section aria-label="In a browser" className="space-y-2">
      <h3 className="font-semibold">In a browser</h3>
      {values.corsEnabled ? (
        <Field label="From the origin">
          <Input
            mono
            type="url"
            spellCheck={false}
            autoComplete="off"
            value={origin}
            onValueChange={(next) => setTyped(next.trim())}
          />
        </Field>
      ) : null}
      <p role="status" className="flex items-start gap-1.5">
        {verdict.allowed ? (
          <CircleCheck aria-hidden size={14} className="mt-0.5 shrink-0 text-ok" />
        ) : (
          <CircleX aria-hidden size={14} className="mt-0.5 shrink-0 text-bad" />
        )}
        <span className="min-w-0 break-words">{verdict.why}</span>
      </p>
      {answer ? <CodeBlock language="text" label="Answer to its preflight" code={answer} /> : null}
    </section>
  );
}
