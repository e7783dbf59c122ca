"use client";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { OpenedClaim, RevealedClaim } from "#lib/claims/schema.ts";
import { statusWords } from "./snippets.ts";

const TIMEOUT_MS = 15_000;

type Outcome =
  | { kind: "answered"; status: number; ms: number; requestId: string | null }
  | { kind: "silent"; timedOut: boolean };

/** What the gateway's own errors say of the request, for whoever is asked for help. */
async function requestIdOf(response: Response): Promise<string | null> {
  const header = response.headers.get("x-request-id");
  if (header || response.ok) return header;
  try {
    const { error } = (await response.json()) as { error?: { requestId?: string } };
    return error?.requestId ?? null;
  } catch {
    return null;
  }
}

/** Calls the gateway from the browser with the key, and says what came of it. */
export function TestKey({
  claim,
  sample,
}: {
  claim: RevealedClaim;
  sample: NonNullable<OpenedClaim["sample"]>;
}) {
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [busy, setBusy] = useState(false);

  const test = async () => {
    setBusy(true);
    setOutcome(null);
    const began = performance.now();
    try {
      const response = await fetch(`${claim.baseUrl}${sample.path}`, {
        headers: {
          "X-Api-Key": claim.key,
          ...(sample.apiVersion ? { "X-Api-Version": sample.apiVersion } : {}),
        },
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "no-referrer",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const ms = Math.round(performance.now() - began);
      const requestId = await requestIdOf(response);
      setOutcome({ kind: "answered", status: response.status, ms, requestId });
    } catch (error) {
      setOutcome({
        kind: "silent",
        timedOut: error instanceof DOMException && error.name === "TimeoutError",
      });
    } finally {
      setBusy(false);
    }
  };

  if (sample.method !== "GET") {
    return (
      <p className="mt-3 text-muted">
        This key opens no GET route, so there is nothing to try that could not change something.
      </p>
    );
  }
  return (
    <div className="mt-4">
      <Button loading={busy} onClick={() => void test()}>
        Test my key
      </Button>
      <p className="mt-1 break-all text-muted text-xs">
        Calls <span className="font-mono">GET {sample.path}</span> from this browser.
      </p>
      <div role="status" className="mt-2">
        {outcome ? <Result outcome={outcome} fromBrowser={sample.fromBrowser} /> : null}
      </div>
    </div>
  );
}

function Result({ outcome, fromBrowser }: { outcome: Outcome; fromBrowser: boolean }) {
  if (outcome.kind === "answered") {
    const { tone, title, text } = statusWords(outcome.status);
    return (
      <Notice tone={tone} title={`${outcome.status} in ${outcome.ms} ms: ${title}`}>
        {text}
        {outcome.requestId ? (
          <span className="block text-muted text-xs">Request {outcome.requestId}</span>
        ) : null}
      </Notice>
    );
  }
  if (outcome.timedOut) {
    return (
      <Notice tone="warn" title="No answer within 15 seconds">
        This says nothing against the key. Try again, or try the curl line from your server.
      </Notice>
    );
  }
  return (
    <Notice tone="warn" title="The browser could not read an answer">
      {fromBrowser
        ? "Either the gateway cannot be reached from here, or the browser kept the answer back (CORS); it does not tell which. The key may be fine: try the curl line from your server."
        : "This route does not let web pages call it (CORS), so the browser keeps the answer back. That is usual for server APIs and says nothing about the key: try the curl line."}
    </Notice>
  );
}
