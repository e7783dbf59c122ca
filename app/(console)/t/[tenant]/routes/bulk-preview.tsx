import { MiddleText } from "#components/table/middle-text.tsx";
import { MethodBadge } from "#components/ui/badge.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { count } from "#lib/routes/rules.ts";
import type { BulkResult } from "#lib/routes/schema.ts";

function Place({ method, path, id }: { method: string | null; path: string | null; id: string }) {
  return (
    <span className="flex min-w-0 items-baseline">
      {method ? <MethodBadge method={method} /> : null}
      <span className="flex min-w-0 font-mono text-xs">
        <MiddleText text={path ?? id} />
      </span>
    </span>
  );
}

/** What a bulk change would do: warnings first, then each route before and after, then what is left out and why. */
export function BulkPreview({ result }: { result: BulkResult }) {
  const { preview, changed, unchanged, skips, skipped, warnings } = result;
  return (
    <div className="space-y-3">
      {warnings.length > 0 ? (
        <Notice tone="warn" title="Before you go on">
          <ul>
            {warnings.map(({ code, message }) => (
              <li key={code}>{message}</li>
            ))}
          </ul>
        </Notice>
      ) : null}
      <p role="status" className="text-muted tabular-nums">
        {count(changed, "route")} {changed === 1 ? "changes" : "change"}
        {unchanged > 0 ? `; ${unchanged.toLocaleString("en")} already so` : ""}
        {skipped > 0 ? `; ${skipped.toLocaleString("en")} left out` : ""}
      </p>
      {preview.length > 0 ? (
        <section
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable with the keyboard
          tabIndex={0}
          aria-label="What changes"
          className="max-h-64 overflow-y-auto rounded-md border"
        >
          <ul className="divide-y">
            {preview.map(({ id, method, path, changes }) => (
              <li key={id} className="space-y-0.5 px-3 py-1.5">
                <Place id={id} method={method} path={path} />
                {changes.map(({ field, before, after }) => (
                  <p key={field} className="break-words text-xs">
                    <span className="text-muted">{field}:</span> {before}{" "}
                    <span aria-hidden className="text-muted">
                      →
                    </span>
                    <span className="sr-only"> becomes </span> <span className="font-medium">{after}</span>
                  </p>
                ))}
              </li>
            ))}
          </ul>
          {changed > preview.length ? (
            <p className="border-t px-3 py-1.5 text-muted text-xs">
              and {(changed - preview.length).toLocaleString("en")} more
            </p>
          ) : null}
        </section>
      ) : null}
      {skips.length > 0 ? (
        <details>
          <summary className="cursor-pointer">{count(skipped, "route")} left out, and why</summary>
          <ul className="mt-1 max-h-48 divide-y overflow-y-auto rounded-md border">
            {skips.map(({ id, method, path, reason }) => (
              <li key={id} className="px-3 py-1.5">
                <Place id={id} method={method} path={path} />
                <p className="text-muted text-xs">{reason}</p>
              </li>
            ))}
          </ul>
          {skipped > skips.length ? (
            <p className="text-muted text-xs">and {(skipped - skips.length).toLocaleString("en")} more</p>
          ) : null}
        </details>
      ) : null}
    </div>
  );
}
