"use client";
import { TextLink } from "#components/ui/link-button.tsx";
import type { DeadLetterOrigin } from "#lib/dead-letters/schema.ts";
import { paths } from "#lib/paths.ts";

/** The functions in which jobs died, and the routes that had enqueued them. */
export function Origins({ tenant, origins }: { tenant: string; origins: readonly DeadLetterOrigin[] }) {
  return (
    <ul className="border-t">
      {origins.map(({ function: name, route, dead, deaths, firstRevision, lastRevision }) => (
        <li key={`${name} ${route?.id}`} className="flex items-start justify-between gap-3 border-b py-2">
          <span className="min-w-0">
            <span className="wrap-anywhere font-medium">{name}</span>
            <span className="block text-muted">
              {route === null ? (
                "enqueued by a handler"
              ) : route.path === null ? (
                "by a route that is deleted"
              ) : (
                <TextLink
                  href={paths.route(tenant, route.id)}
                  prefetch={false}
                  className="wrap-anywhere font-mono text-xs"
                >
                  {route.method} {route.path}
                </TextLink>
              )}
              {firstRevision === null ? null : (
                <span className="ml-2 font-mono text-xs">
                  r{firstRevision}
                  {lastRevision !== firstRevision ? `–r${lastRevision}` : ""}
                </span>
              )}
            </span>
          </span>
          <span
            className="shrink-0 whitespace-nowrap text-right tabular-nums"
            title={`${deaths} deaths ever`}
          >
            {dead.toLocaleString("en")} <span className="text-muted">dead</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
