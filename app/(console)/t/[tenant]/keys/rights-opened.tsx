"use client";
import { MethodBadge } from "#components/ui/badge.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { RightsReach } from "#lib/keys/schema.ts";

type RightsOpenedProps = {
  reach: RightsReach | undefined;
  error: unknown;
  /** The rights say "nothing": no route picked, no row filled in. */
  empty: boolean;
};

/** What rights open on the live routes, or a warning that they open nothing. */
export function RightsOpened({ reach, error, empty }: RightsOpenedProps) {
  if (error) return <ErrorNotice error={error} />;
  if (!reach) return <Skeleton className="h-9 w-full" />;
  if (reach.opened === 0) {
    return (
      <Notice
        tone="warn"
        title={empty ? "No route is chosen: the key would open nothing" : "These rights open no live route"}
      >
        {reach.liveRevision === null
          ? "Nothing is published yet. The key can be made now and opens what matches once it is live."
          : empty
            ? "A key without rights gets 403 everywhere."
            : "The key can be made, and gets 403 until a route that matches is published."}
      </Notice>
    );
  }
  const more = reach.matching - reach.routes.length;
  return (
    <section aria-label="What the key opens" className="rounded-md border bg-surface">
      <p role="status" className="px-3 py-2 font-medium">
        Opens {reach.opened.toLocaleString("en")} live {reach.opened === 1 ? "route" : "routes"}
      </p>
      <ul
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable with the keyboard
        tabIndex={0}
        aria-label="Routes that the key opens"
        className="max-h-40 overflow-y-auto border-t px-3 py-2 outline-offset-[-2px]"
      >
        {reach.routes.map((route) => (
          <li key={route.id} className="flex items-baseline gap-1 py-0.5">
            <MethodBadge method={route.method} />
            <span className="min-w-0 break-all font-mono text-xs" translate="no">
              {route.path}
              {route.apiVersion ? ` ${route.apiVersion}` : ""}
            </span>
            {route.partly ? <span className="shrink-0 text-muted text-xs">in part</span> : null}
          </li>
        ))}
        {more > 0 ? <li className="py-0.5 text-muted">and {more.toLocaleString("en")} more</li> : null}
      </ul>
    </section>
  );
}
