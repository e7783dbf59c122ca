"use client";
import { useQuery } from "@tanstack/react-query";
import { StatusBadge } from "#components/ui/badge.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { durationText } from "#components/ui/relative-time-text.ts";
import { Spinner } from "#components/ui/spinner.tsx";
import { api } from "#lib/api/client.ts";
import {
  type GatewayReach,
  isSettled,
  type Propagation,
  propagationText,
  reachedAfter,
} from "./propagation-state.ts";

const ASK_EVERY_MS = 500;

/** How far a revision has come, gateway by gateway as each acknowledges it; asks until all have answered. */
export function PropagationPanel({ tenant, number }: { tenant: string; number: number }) {
  const { data, error } = useQuery({
    queryKey: ["propagation", tenant, number],
    queryFn: ({ signal }) =>
      api.get<Propagation>(`/tenants/${encodeURIComponent(tenant)}/revisions/${number}/propagation`, {
        signal,
      }),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && isSettled(state.data) ? false : ASK_EVERY_MS),
  });
  const refused = data?.gateways.some((gateway) => gateway.state === "refused");
  return (
    <section aria-label={`Revision ${number} on the gateways`} className="mb-8">
      <ErrorNotice error={error} />
      <Notice
        tone={refused ? "bad" : "info"}
        title={<span role="status">{data ? propagationText(data) : `r${number} is published`}</span>}
      >
        {data ? (
          <ul className="mt-1 space-y-1">
            {data.gateways.map((gateway) => (
              <li key={gateway.id} className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <ReachBadge gateway={gateway} />
                <span className="break-all font-mono text-xs">{gateway.name}</span>
                <span className="text-muted tabular-nums">{reachWords(data, gateway)}</span>
              </li>
            ))}
          </ul>
        ) : (
          "Asking the gateways."
        )}
      </Notice>
    </section>
  );
}

function ReachBadge({ gateway }: { gateway: GatewayReach }) {
  if (gateway.state === "serving") return <StatusBadge status="live" />;
  if (gateway.state === "refused") return <StatusBadge status="refused" />;
  if (gateway.state === "superseded") return <StatusBadge status="draft" word="Later revision" />;
  return (
    <span className="inline-flex items-center gap-1 text-muted text-xs">
      <Spinner /> Waiting
    </span>
  );
}

function reachWords(propagation: Propagation, gateway: GatewayReach): string {
  const after = reachedAfter(propagation, gateway);
  if (after !== null) return `after ${durationText(after)}`;
  return gateway.error ?? "";
}
