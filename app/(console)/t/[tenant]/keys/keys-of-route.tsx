"use client";
import { useQuery } from "@tanstack/react-query";
import { Badge } from "#components/ui/badge.tsx";
import { TextLink } from "#components/ui/link-button.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { ApiError, api } from "#lib/api/client.ts";
import type { KeysOfRoute as Keys } from "#lib/keys/schema.ts";
import { paths } from "#lib/paths.ts";

const FIRST = 8;

/** Which keys open a route as it is live, and when each last used it. */
export function KeysOfRoute({ tenant, routeId }: { tenant: string; routeId: string }) {
  const { data, error } = useQuery({
    queryKey: ["keys", tenant, "of-route", routeId],
    queryFn: async ({ signal }): Promise<Keys | "not live"> => {
      try {
        return await api.get<Keys>(`/tenants/${encodeURIComponent(tenant)}/routes/${routeId}/keys`, {
          signal,
        });
      } catch (reason) {
        if (reason instanceof ApiError && reason.status === 404) return "not live";
        throw reason;
      }
    },
  });
  return (
    <section aria-labelledby="keys-of-route">
      <h2 id="keys-of-route" className="mb-2 font-semibold text-base">
        Keys that open it
      </h2>
      <ErrorNotice error={error} />
      {data === "not live" ? (
        <p className="text-muted">
          It is not live yet. Once it is published, the keys that open it are listed here.
        </p>
      ) : data?.keys.length === 0 ? (
        <p className="text-muted">
          As it is live, no key opens it: it asks for none, or no working key is let in.
        </p>
      ) : data ? (
        <>
          <ul className="border-t">
            {data.keys.slice(0, FIRST).map((key) => (
              <li key={key.id} className="flex items-center gap-2 border-b py-1.5">
                <TextLink href={paths.key(tenant, key.id)} className="min-w-0 flex-1 truncate">
                  {key.name}
                </TextLink>
                {key.partly ? <Badge title="Some requests to it only">partly</Badge> : null}
                <span className="whitespace-nowrap text-muted text-xs">
                  {key.lastUsedAt ? <RelativeTime at={key.lastUsedAt} /> : "never used here"}
                </span>
              </li>
            ))}
          </ul>
          {data.keys.length > FIRST || data.more ? (
            <p className="mt-1.5 text-muted">
              and {(data.keys.length - FIRST).toLocaleString("en")}
              {data.more ? "+" : ""} more
            </p>
          ) : null}
        </>
      ) : null}
    </section>
  );
}
