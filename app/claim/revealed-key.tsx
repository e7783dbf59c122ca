"use client";
import { useEffect, useRef, useState } from "react";
import { CopyButton } from "#components/ui/copy.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { RevealedClaim } from "#lib/claims/schema.ts";
import { ClaimFacts, ClaimRoutes } from "./claim-facts.tsx";
import { Examples } from "./examples.tsx";

/** The key, this once, and how to use it. Leaving before it was copied asks. */
export function RevealedKey({ claim }: { claim: RevealedClaim }) {
  const [copied, setCopied] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  useEffect(() => {
    if (copied) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [copied]);
  return (
    <>
      <h1
        ref={heading}
        tabIndex={-1}
        className="wrap-anywhere font-semibold text-xl tracking-tight outline-none"
      >
        Your key for {claim.tenant.name}
      </h1>
      <div className="mt-4 flex flex-col gap-3 rounded-md border border-edge bg-surface p-3 sm:flex-row sm:items-center">
        <code data-secret translate="no" className="min-w-0 flex-1 select-all break-all font-mono text-sm">
          {claim.key}
        </code>
        <CopyButton value={claim.key} label="Copy key" variant="primary" onCopied={() => setCopied(true)} />
      </div>
      <div className="mt-3">
        <Notice tone="warn" title="Copy it now to a safe place">
          It is in this page and nowhere else. Once the page is closed or reloaded nobody can show it again,
          and the link no longer works. Keep it on servers; never put it into an app, a web page or a
          repository.
        </Notice>
      </div>
      <Examples claim={claim} />
      <div className="mt-6">
        <ClaimFacts claim={claim} before={false} />
      </div>
      <ClaimRoutes claim={claim} />
    </>
  );
}
