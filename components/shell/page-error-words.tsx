"use client";
import { Button } from "#components/ui/button.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { UNREACHABLE_DIGEST } from "#lib/contract/errors.ts";
import type { PageErrorProps } from "./page-error.tsx";

/** A page that broke while it was made: what to do, and the number under which the server noted the cause. */
export function PageErrorWords({ error, retry }: PageErrorProps) {
  const away = error.digest === UNREACHABLE_DIGEST;
  return (
    <section role="alert" className="max-w-prose space-y-4 py-8">
      <div className="space-y-1">
        <h1 className="font-semibold text-xl tracking-tight">
          {away ? "The database cannot be reached" : "This page could not be shown"}
        </h1>
        <p className="text-base text-muted">
          Nothing was changed, and the APIs keep answering. Try again{away ? " shortly" : ""}; if it stays
          like this, tell whoever runs this installation.
        </p>
        {error.digest && !away ? (
          <p className="flex flex-wrap items-center gap-1 text-muted text-xs">
            Error <CopyId value={error.digest} label="error number" />
          </p>
        ) : null}
      </div>
      <Button variant="primary" onClick={retry}>
        Try again
      </Button>
    </section>
  );
}
