"use client";
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { Notice } from "#components/ui/notice.tsx";
import { api } from "#lib/api/client.ts";
import type { ApiKeyDetail } from "#lib/keys/schema.ts";

/** At first as often as a person would notice, then as often as a person would look. */
const SOON_MS = 50;
const LATER_MS = 500;
const SOON_ASKS = 40;

/** One key as the server knows it, and on how many gateways its latest change is in force. */
export const keyQuery = (tenant: string, id: string) => ({
  queryKey: ["keys", tenant, "one", id],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    api.get<ApiKeyDetail>(`/tenants/${encodeURIComponent(tenant)}/keys/${id}`, { signal }),
});

const isEverywhere = ({ enforcement: { confirmed, gateways } }: ApiKeyDetail) =>
  gateways > 0 && confirmed >= gateways;

type EnforcementProps = {
  tenant: string;
  /** The key, or one of those that were revoked together: one change, confirmed as one. */
  id: string;
  /** What is revoked: “Partner”, 41 keys. */
  what: string;
  /** When the revocation was answered, by `performance.now()`, where it has just been. */
  since?: number | undefined;
};

/** After a revocation: on how many gateways it is in force, asked for until it is on all of them. */
export function Enforcement({ tenant, id, what, since }: EnforcementProps) {
  const { data, isError } = useQuery({
    ...keyQuery(tenant, id),
    staleTime: 0,
    refetchInterval: ({ state }) =>
      state.data?.status === "revoked" && isEverywhere(state.data)
        ? false
        : since !== undefined && state.dataUpdateCount < SOON_ASKS
          ? SOON_MS
          : LATER_MS,
  });
  const known = data?.status === "revoked" ? data : null;
  const done = known !== null && isEverywhere(known);
  const tookMs = useRef<number | null>(null);
  if (done && since !== undefined) tookMs.current ??= Math.round(performance.now() - since);
  return (
    <div className="mb-5">
      <Notice
        tone={isError || known?.enforcement.gateways === 0 ? "warn" : "info"}
        title={
          <span role="status">
            {`${what} revoked`}
            {known ? ` · ${confirmedText(known)}` : ""}
            {done && tookMs.current !== null ? `, seen here after ${tookMs.current} ms` : ""}
          </span>
        }
      >
        {done
          ? "Every gateway answers 401 from now on. This cannot be undone."
          : isError
            ? "The console cannot ask the gateways now; the revocation itself stands."
            : "Waiting for the gateways to confirm."}
      </Notice>
    </div>
  );
}

/** "confirmed on 2 of 2 gateways". */
export function confirmedText({ enforcement: { confirmed, gateways } }: ApiKeyDetail): string {
  if (gateways === 0) return "no gateway is running";
  return `confirmed on ${confirmed} of ${gateways} ${gateways === 1 ? "gateway" : "gateways"}`;
}
