"use client";
import { lazy, Suspense } from "react";
import { buttonStyle } from "#components/ui/button-style.ts";

type PageErrorProps = { error: Error & { digest?: string }; retry: () => void };

/** As it looks until what copies it is there, and where that cannot be fetched. */
const PlainId = ({ value }: { value: string; label?: string }) => (
  <code className="min-h-6 select-all content-center font-mono text-xs">{value}</code>
);

const CopyId = lazy(() =>
  import("#components/ui/copy.tsx").then(
    (module) => ({ default: module.CopyId }),
    () => ({ default: PlainId }),
  ),
);

/**
 * A page that broke while it was made: what to do, and the number under which the server noted the cause. Made of
 * next to nothing, since every page brings it along.
 */
export function PageError({ error, retry }: PageErrorProps) {
  return (
    <section role="alert" className="max-w-prose space-y-4 py-8">
      <div className="space-y-1">
        <h1 className="font-semibold text-xl tracking-tight">This page could not be shown</h1>
        <p className="text-base text-muted">
          Nothing was changed, and the APIs keep answering. Try again; if it stays like this, tell whoever
          runs this installation.
        </p>
        {error.digest ? (
          <p className="flex flex-wrap items-center gap-1 text-muted text-xs">
            Error{" "}
            <Suspense fallback={<PlainId value={error.digest} />}>
              <CopyId value={error.digest} label="error number" />
            </Suspense>
          </p>
        ) : null}
      </div>
      <button type="button" className={buttonStyle("primary", "medium")} onClick={retry}>
        Try again
      </button>
    </section>
  );
}
