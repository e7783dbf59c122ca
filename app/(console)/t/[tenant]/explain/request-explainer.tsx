"use client";
import { ClipboardPaste } from "lucide-react";
import dynamic from "next/dynamic";
import { type FormEvent, useCallback, useEffect, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy.tsx";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { ApiError, api } from "#lib/api/client.ts";
import type { Explanation } from "#lib/explain/schema.ts";
import { paths } from "#lib/paths.ts";
import type { CurlRequest } from "./curl.ts";
import type { Asked } from "./explain-view.tsx";
import { RequestFields } from "./request-fields.tsx";
import {
  EMPTY_REQUEST,
  headerLines,
  holdsKey,
  type RequestValues,
  readHeaderLines,
  sha256,
  toCurl,
  toInput,
} from "./request-values.ts";

const ExplanationView = dynamic(
  () => import("./explanation-view.tsx").then((module) => module.ExplanationView),
  {
    loading: () => <Skeleton className="h-96" />,
  },
);
const CurlDialog = fetchedAhead(() => import("./curl-dialog.tsx").then((module) => module.CurlDialog));

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

function valuesOf(asked: Asked): RequestValues {
  return {
    ...EMPTY_REQUEST,
    method: asked.method && /^[A-Z-]{1,32}$/.test(asked.method) ? asked.method : "GET",
    path: asked.path?.startsWith("/") ? asked.path : "",
    keyId: asked.keyId && UUID.test(asked.keyId) ? asked.keyId : "",
  };
}

function whyNotExplain(path: string): string | null {
  if (holdsKey(path))
    return "Take the API key out of the path: it belongs in no address, and the gateway refuses it.";
  return path.startsWith("/") ? null : "Give a path that starts with /.";
}

/** The form and what comes of it. Answers and secrets live in this part of the page only, never in a query cache. */
export function RequestExplainer({
  tenant,
  gatewayUrl,
  asked,
}: {
  tenant: string;
  gatewayUrl: string;
  asked: Asked;
}) {
  const [values, setValues] = useState(() => valuesOf(asked));
  const [notes, setNotes] = useState<string[]>([]);
  const [pasting, setPasting] = useState(false);
  const [everPasted, setEverPasted] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [explanation, setExplanation] = useState<Explanation | null>(null);
  const asking = useRef(0);

  const ask = useCallback(
    async (request: RequestValues) => {
      const turn = ++asking.current;
      setBusy(true);
      setError(null);
      try {
        const { splitSecrets } = await import("./curl.ts");
        const { headers } = splitSecrets(readHeaderLines(request.headers).headers);
        const answer = await api.post<Explanation>(
          `/tenants/${encodeURIComponent(tenant)}/explain`,
          toInput(request, headers),
        );
        if (turn === asking.current) setExplanation(answer);
      } catch (reason) {
        if (turn === asking.current) setError(reason);
      } finally {
        if (turn === asking.current) setBusy(false);
      }
    },
    [tenant],
  );

  // An address with a request in it shows what becomes of it at once: it changes nothing.
  const first = useRef(asked.path ? values : null);
  useEffect(() => {
    const request = first.current;
    first.current = null;
    if (request?.path && !holdsKey(request.path)) void ask(request);
  }, [ask]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { method, path, keyId } = values;
    window.history.replaceState(null, "", paths.explain(tenant, { method, path, keyId: keyId || undefined }));
    void ask(values);
  };

  const takeCurl = async (request: CurlRequest) => {
    const hash = request.apiKey ? await sha256(request.apiKey) : null;
    setValues({
      ...EMPTY_REQUEST,
      method: request.method,
      path: request.path,
      headers: headerLines(request.headers),
      body: request.body,
      authorization: request.authorization ?? "",
      keyHash: hash && request.apiKey ? { hash, lastFour: request.apiKey.slice(-4) } : null,
    });
    setNotes(
      request.apiKey && !hash
        ? [...request.notes, "This browser cannot compute the key's hash here: choose the key by its name."]
        : request.notes,
    );
    setExplanation(null);
    setPasting(false);
  };

  const errorAt = (field: string) =>
    error instanceof ApiError
      ? error.details.find(({ path }) => path.split(".")[0] === field)?.message
      : undefined;
  const placed = ["method", "path", "headers", "body", "sourceIp", "apiKeyId", "authorization"].some(errorAt);

  return (
    <>
      <form noValidate onSubmit={submit} className="mb-6 space-y-4" aria-label="Request to explain">
        <RequestFields
          tenant={tenant}
          values={values}
          set={(change) => setValues((before) => ({ ...before, ...change }))}
          errorAt={errorAt}
        />
        {notes.length > 0 ? (
          <Notice tone="warn" title="Of the pasted line">
            <ul className="list-disc space-y-0.5 pl-4">
              {notes.map((note) => (
                <li key={note} className="break-words">
                  {note}
                </li>
              ))}
            </ul>
          </Notice>
        ) : null}
        {placed ? null : <ErrorNotice error={error} />}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" variant="primary" loading={busy} disabledReason={whyNotExplain(values.path)}>
            Explain request
          </Button>
          <Button
            icon={<ClipboardPaste aria-hidden size={14} />}
            onClick={() => {
              setEverPasted(true);
              setPasting(true);
            }}
          >
            Paste a curl…
          </Button>
          <CopyButton variant="quiet" label="Copy as curl" value={toCurl(gatewayUrl, tenant, values)} />
        </div>
      </form>
      <div aria-live="polite" aria-busy={busy}>
        {explanation ? <ExplanationView explanation={explanation} tenant={tenant} /> : null}
      </div>
      {everPasted ? (
        <CurlDialog tenant={tenant} open={pasting} onClose={() => setPasting(false)} onTake={takeCurl} />
      ) : null}
    </>
  );
}
