"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Badge, MethodBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { TextLink } from "#components/ui/link-button.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { api } from "#lib/api/client.ts";
import type { KeyReach } from "#lib/keys/schema.ts";
import { paths } from "#lib/paths.ts";
import { narrowingHint, routesText } from "./reach-words.ts";

const FIRST = 10;

/** What a key opens in the live revision, and what it uses of that. */
export const reachQuery = (tenant: string, id: string) => ({
  queryKey: ["keys", tenant, "reach", id],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    api.get<KeyReach>(`/tenants/${encodeURIComponent(tenant)}/keys/${id}/routes`, { signal }),
});

/** The routes that a key opens, the most used first, and a hint where its rights are wider than its use. */
export function KeyRoutes({ tenant, id, usable }: { tenant: string; id: string; usable: boolean }) {
  const { data, error } = useQuery(reachQuery(tenant, id));
  const [all, setAll] = useState(false);
  const hint = data && usable ? narrowingHint(data) : null;
  const shown = all ? (data?.routes ?? []) : (data?.routes.slice(0, FIRST) ?? []);
  const unlisted = data ? data.opened - data.routes.length : 0;
  return (
    <Section title={data ? `Opens ${routesText(data.opened)}` : "Opens"}>
      <ErrorNotice error={error} />
      {!data && !error ? <Skeleton className="h-24 w-full" /> : null}
      {hint ? (
        <div className="mb-3">
          <Notice title={hint}>
            Its rights are wider than what it uses. A key that leaks opens all it may: hand over one with
            narrower rights, then revoke this one.
          </Notice>
        </div>
      ) : null}
      {data?.liveRevision === null ? <p className="text-muted">Nothing is published yet.</p> : null}
      {data && data.liveRevision !== null && data.opened === 0 ? (
        <p className="text-muted">
          {usable ? "No live route lets it in." : "No live route would let it in, were it still good."}
        </p>
      ) : null}
      {shown.length > 0 ? (
        <ul aria-label="Routes that it opens" className="border-t">
          {shown.map((route) => (
            <li
              key={route.id}
              className="flex flex-wrap items-center gap-x-3 gap-y-0.5 border-b py-1.5 sm:flex-nowrap"
            >
              <span className="flex min-w-0 flex-1 items-baseline max-sm:basis-full">
                <MethodBadge method={route.method} />
                <TextLink href={paths.route(tenant, route.id)} className="break-all font-mono text-xs">
                  {route.path}
                </TextLink>
              </span>
              {route.partly ? (
                <Badge title="Some requests to it only: see what the key may do">partly</Badge>
              ) : null}
              <span className="whitespace-nowrap text-muted tabular-nums">
                {route.lastUsedAt ? (
                  <>
                    {route.requests.toLocaleString("en")} {route.requests === 1 ? "request" : "requests"},
                    last <RelativeTime at={route.lastUsedAt} />
                  </>
                ) : (
                  "not used in 30 days"
                )}
              </span>
            </li>
          ))}
        </ul>
      ) : null}
      {data && !all && data.routes.length > FIRST ? (
        <Button size="small" variant="quiet" className="mt-2" onClick={() => setAll(true)}>
          Show {data.routes.length - FIRST} more
        </Button>
      ) : null}
      {(all || (data?.routes.length ?? 0) <= FIRST) && unlisted > 0 ? (
        <p className="mt-2 text-muted">and {routesText(unlisted)} more, less used than these.</p>
      ) : null}
    </Section>
  );
}
