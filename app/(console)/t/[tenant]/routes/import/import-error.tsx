"use client";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { ApiError } from "#lib/api/client.ts";

/** Why a document was not read or imported, with the places that are in the way. */
export function ImportError({ error }: { error: unknown }) {
  const details = error instanceof ApiError ? error.details : [];
  return (
    <div className="mt-3 empty:hidden">
      <ErrorNotice error={error} />
      {details.length > 0 ? (
        <ul aria-label="Places" className="mt-2 max-h-72 space-y-1.5 overflow-y-auto px-3 text-sm">
          {details.map(({ path, message }) => (
            <li key={`${path} ${message}`}>
              <span className="break-all font-mono text-muted text-xs">{path}</span> {message}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
