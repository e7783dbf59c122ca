"use client";
import { useQuery } from "@tanstack/react-query";
import { StatusBadge } from "#components/ui/badge.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Spinner } from "#components/ui/spinner.tsx";
import { api } from "#lib/api/client.ts";
import {
  type GatewayReach,
  isSettled,
  type Propagation,
  propagationText,
  reachText,
} from "./propagation-state.ts";

const ASK_EVERY_MS = 500;
/** Once all have answered, a gateway may still fall silent. */
const LOOK_AGAIN_MS = 2_000;

/** How far a revision has come, gateway by gateway as each acknowledges it, and who is silent. */
export function PropagationPanel({ tenant, number }: { tenant: string; number: number }) {
  const { data, error } = useQuery({
    queryKey: ["propagation", tenant, number],
    queryFn: ({ signal }) =>
      api.get<Propagation>(`/tenants/${encodeURIComponent(tenant)}/revisions/${number}/propagation`, {
        signal,
      }),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && isSettled(state.data) ? LOOK_AGAIN_MS : ASK_EVERY_MS),
  });
  const has = (...states: string[]) => data?.gateways.some(({ state }) => states.includes(state));
  const quiet = data?.gateways.some(({ silentMs }) => silentMs > 0);
  return (
    <section aria-label={`Revision ${number} on the gateways`} className="mb-8">
      <ErrorNotice error={error} />
      <Notice
        tone={has("refused") ? "bad" : quiet ? "warn" : "info"}
        title={<span role="status">{data ? propagationText(data) : `r${number} is published`}</span>}
      >
        {data ? (
          <>
            <ul className="mt-1 space-y-1">
              {data.gateways.map((gateway) => (
                <li key={gateway.id} className="flex flex-wrap items-center gap-x-3 gap-y-1">
                  <span className="w-22">
                    <ReachBadge gateway={gateway} />
                  </span>
                  <span className="break-all font-mono text-xs">{gateway.name}</span>
                  <span className="min-w-0 break-words text-muted tabular-nums">
                    {reachText(gateway)}
                    {gateway.silentMs > 0 ? (
                      <>
                        , last seen <RelativeTime at={gateway.lastSeenAt} />
                      </>
                    ) : null}
                  </span>
                </li>
              ))}
            </ul>
            <p className="mt-2 text-muted text-xs">
              Measured with the database's clock, from storing the revision to storing each gateway's answer;
              the gateway itself served it a moment earlier.
            </p>
          </>
        ) : (
          <Skeleton className="mt-1 h-11" />
        )}
      </Notice>
    </section>
  );
}

function ReachBadge({ gateway: { state, silentMs } }: { gateway: GatewayReach }) {
  if (state === "refused") return <StatusBadge status="refused" />;
  if (silentMs > 0) return <StatusBadge status="silent" />;
  if (state === "serving") return <StatusBadge status="live" />;
  if (state === "superseded") return <StatusBadge status="draft" word="Later one" />;
  return (
    <span className="inline-flex items-center gap-1 text-muted text-xs">
      <Spinner /> Waiting
    </span>
  );
}
