"use client";
import { useQuery } from "@tanstack/react-query";
import { Notice } from "#components/ui/notice.tsx";
import { api } from "#lib/api/client.ts";
import type { ApiKeyDetail } from "#lib/keys/schema.ts";

const ASK_EVERY_MS = 500;

/** One key as the server knows it, and on how many gateways its latest change is in force. */
export const keyQuery = (tenant: string, id: string) => ({
  queryKey: ["keys", tenant, "one", id],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    api.get<ApiKeyDetail>(`/tenants/${encodeURIComponent(tenant)}/keys/${id}`, { signal }),
});

const isEverywhere = ({ enforcement: { confirmed, gateways } }: ApiKeyDetail) =>
  gateways > 0 && confirmed >= gateways;

/** After a revocation: on how many gateways it is in force, asked for until it is on all of them. */
export function Enforcement({ tenant, id, name }: { tenant: string; id: string; name: string }) {
  const { data, isError } = useQuery({
    ...keyQuery(tenant, id),
    staleTime: 0,
    refetchInterval: ({ state }) =>
      state.data?.status === "revoked" && isEverywhere(state.data) ? false : ASK_EVERY_MS,
  });
  const known = data?.status === "revoked" ? data : null;
  const done = known !== null && isEverywhere(known);
  return (
    <div className="mb-5">
      <Notice
        tone={isError || known?.enforcement.gateways === 0 ? "warn" : "info"}
        title={
          <span role="status">
            {`“${name}” is revoked`}
            {known ? ` · ${refusedText(known)}` : ""}
          </span>
        }
      >
        {done
          ? "Every gateway answers 401 to it from now on."
          : isError
            ? "The console cannot ask the gateways now; the revocation itself stands."
            : "Waiting for the gateways to confirm."}
      </Notice>
    </div>
  );
}

/** "refused on 2 of 2 gateways". */
export function refusedText({ enforcement: { confirmed, gateways } }: ApiKeyDetail): string {
  if (gateways === 0) return "no gateway is running";
  return `refused on ${confirmed} of ${gateways} ${gateways === 1 ? "gateway" : "gateways"}`;
}
