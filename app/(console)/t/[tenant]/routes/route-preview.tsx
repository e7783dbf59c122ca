"use client";
import { CodeBlock } from "#components/code/code-block.tsx";
import { CopyButton } from "#components/ui/copy.tsx";
import { parsePattern } from "#lib/contract/path.ts";
import type { RouteFormValues } from "./route-form-values.ts";
import { curlFor, publicUrl } from "./route-sample.ts";

/** What callers will get, in order of what they meet. */
function outcomes(values: RouteFormValues): string[] {
  const job = values.targetType === "job";
  return [
    ...(values.enabled ? [] : ["Off: callers get 404, as if the route did not exist."]),
    ...(values.authMode === "api-key"
      ? [
          values.onlySomeKeys
            ? "401 without a key, 403 with one that is not on the list."
            : "401 without a valid key.",
        ]
      : []),
    ...(values.limited && values.requestsPerMinute
      ? [
          `429 beyond ${values.requestsPerMinute} requests a minute per ${values.per === "ip" ? "IP address" : "key"}.`,
        ]
      : []),
    ...(job ? ["202 with the job's id; the work goes on in the background."] : []),
    ...(values.targetType === "http" ? ["What the service answers; 502 if it cannot be reached."] : []),
    ...(values.targetType === "function" ? ["What the function returns; 502 if it fails."] : []),
    ...(job || values.targetType === "job-status" || !values.timeoutMs
      ? []
      : [`504 after ${values.timeoutMs} ms.`]),
  ];
}

/** Beside the form: the address and the curl line that callers will use, kept up while typing. */
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
  return (
    <aside aria-label="What callers will get" className="space-y-4 lg:sticky lg:top-7">
      <h2 className="font-semibold text-base">What callers will get</h2>
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
          code={curlFor(gatewayUrl, tenant, { method: values.method, path, authMode: values.authMode })}
        />
      ) : null}
      <ul className="list-disc space-y-1 pl-4 text-muted">
        {outcomes(values).map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </aside>
  );
}
