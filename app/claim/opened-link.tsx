"use client";
import { KeyRound } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import type { OpenedClaim } from "#lib/claims/schema.ts";
import { ClaimFacts, ClaimRoutes } from "./claim-facts.tsx";

type OpenedLinkProps = {
  claim: OpenedClaim;
  /** Why the last attempt to reveal did not work. */
  error: unknown;
  revealing: boolean;
  onReveal: () => void;
};

/** What a partner reads before anything is revealed, and the button that reveals. */
export function OpenedLink({ claim, error, revealing, onReveal }: OpenedLinkProps) {
  return (
    <>
      <h1 className="wrap-anywhere font-semibold text-xl tracking-tight">
        {claim.tenant.name} has an API key for you
      </h1>
      {claim.note ? (
        <blockquote className="mt-3 whitespace-pre-wrap wrap-anywhere border-l-2 py-0.5 pl-3 text-base">
          {claim.note}
        </blockquote>
      ) : null}
      <section aria-label="Reveal" className="my-6 rounded-lg border bg-surface p-4 sm:p-5">
        <p className="max-w-prose text-base">
          The key is made when you press the button and shown this once, to you alone. Nobody has seen it
          before, not even {claim.tenant.name}. Have a place ready to keep it.
        </p>
        <Button
          className="mt-3"
          variant="primary"
          icon={<KeyRound aria-hidden size={14} />}
          loading={revealing}
          onClick={onReveal}
        >
          Reveal key
        </Button>
        {error ? (
          <div className="mt-3 space-y-1">
            <ErrorNotice error={error} />
            <p className="text-muted">
              Press again. If the link then no longer works, the key was made and got lost on its way: ask{" "}
              {claim.tenant.name} to revoke it and to send a new link.
            </p>
          </div>
        ) : null}
      </section>
      <ClaimFacts claim={claim} before />
      <ClaimRoutes claim={claim} />
    </>
  );
}
