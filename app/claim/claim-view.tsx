"use client";
import { useCallback, useEffect, useState } from "react";
import { flushSync } from "react-dom";
import { Mark } from "#components/shell/mark.tsx";
import { Button } from "#components/ui/button.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { ApiError, api } from "#lib/api/client.ts";
import type { OpenedClaim, RevealedClaim } from "#lib/claims/schema.ts";
import { dropSecret, takeSecret } from "./link-secret.ts";
import { OpenedLink } from "./opened-link.tsx";
import { RevealedKey } from "./revealed-key.tsx";

type State =
  | { at: "opening" }
  | { at: "no-link" }
  | { at: "dead" }
  | { at: "failed"; error: unknown }
  | { at: "opened"; claim: OpenedClaim; error: unknown }
  | { at: "revealed"; claim: RevealedClaim };

/** Whether an answer means that the link is of no use, in whichever way: to the partner they are all one. */
const isDead = (error: unknown): boolean =>
  error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429;

/** The partner's page. The link's secret and the key are in this page's memory and go with it. */
export function ClaimView() {
  const [state, setState] = useState<State>({ at: "opening" });
  const [revealing, setRevealing] = useState(false);

  const open = useCallback(async () => {
    const secret = takeSecret();
    if (secret === null) return setState({ at: "no-link" });
    setState({ at: "opening" });
    try {
      setState({ at: "opened", claim: await api.post<OpenedClaim>("/claim/open", { secret }), error: null });
    } catch (error) {
      setState(isDead(error) ? { at: "dead" } : { at: "failed", error });
    }
  }, []);

  useEffect(() => {
    void open();
    const again = () => {
      if (location.hash.length > 1) void open();
    };
    // Browsers keep whole pages for the back button, with all that they show.
    const drop = () => {
      dropSecret();
      flushSync(() => setState({ at: "no-link" }));
    };
    window.addEventListener("hashchange", again);
    window.addEventListener("pagehide", drop);
    return () => {
      window.removeEventListener("hashchange", again);
      window.removeEventListener("pagehide", drop);
    };
  }, [open]);

  const reveal = async (claim: OpenedClaim) => {
    const secret = takeSecret();
    if (secret === null || revealing) return;
    setRevealing(true);
    try {
      setState({ at: "revealed", claim: await api.post<RevealedClaim>("/claim/reveal", { secret }) });
      dropSecret();
    } catch (error) {
      setState(isDead(error) ? { at: "dead" } : { at: "opened", claim, error });
    } finally {
      setRevealing(false);
    }
  };

  return (
    <main className="mx-auto min-h-dvh w-full max-w-2xl px-4 py-8 sm:px-6 sm:py-12">
      <p className="mb-8 flex items-center gap-2 font-semibold text-base">
        <Mark />
        Gatehouse
      </p>
      <div aria-live="polite">
        {state.at === "opening" ? <Opening /> : null}
        {state.at === "no-link" ? (
          <Words title="Open the link again">
            This page needs the whole link that was sent to you. It is taken out of the address as soon as the
            page is open, so that nobody can read it there, and a reload does not have it any more. Opening
            the link reveals nothing yet.
          </Words>
        ) : null}
        {state.at === "dead" ? (
          <Words title="This link does not work">
            It may have been used, withdrawn or expired, or a part of it is missing. Ask whoever sent it for a
            new one. If you did not reveal the key yourself, say so: somebody else may have.
          </Words>
        ) : null}
        {state.at === "failed" ? (
          <div className="space-y-4">
            <h1 className="font-semibold text-xl tracking-tight">The link could not be opened just now</h1>
            <ErrorNotice error={state.error} />
            <Button variant="primary" onClick={() => void open()}>
              Try again
            </Button>
          </div>
        ) : null}
        {state.at === "opened" ? (
          <OpenedLink
            claim={state.claim}
            error={state.error}
            revealing={revealing}
            onReveal={() => void reveal(state.claim)}
          />
        ) : null}
        {state.at === "revealed" ? <RevealedKey claim={state.claim} /> : null}
      </div>
    </main>
  );
}

function Opening() {
  return (
    <div className="space-y-4">
      <p role="status" className="sr-only">
        Opening the link
      </p>
      <Skeleton className="h-7 w-72 max-w-full" />
      <Skeleton className="h-40 w-full" />
    </div>
  );
}

function Words({ title, children }: { title: string; children: string }) {
  return (
    <>
      <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
      <p className="mt-2 max-w-prose text-base text-muted">{children}</p>
    </>
  );
}
