"use client";
import { useQuery } from "@tanstack/react-query";
import { TextLink } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { api } from "#lib/api/client.ts";
import type { Run } from "#lib/dead-letters/schema.ts";
import { paths } from "#lib/paths.ts";
import { runTitle } from "./words.ts";

/** Says that runs are under way, whoever started them, so that nobody starts the same twice. */
export function OpenRuns({ tenant }: { tenant: string }) {
  const { data } = useQuery({
    queryKey: ["dead-letter-runs", tenant, "open"],
    queryFn: ({ signal }) =>
      api.page<Run>(`/tenants/${encodeURIComponent(tenant)}/dead-letters/runs`, {
        query: { open: "1", limit: 5 },
        signal,
      }),
    refetchInterval: 2_000,
  });
  if (!data?.data.length) return null;
  return (
    <div className="mb-3 space-y-2" role="status">
      {data.data.map((run) => {
        const dealt = run.done + run.skipped + run.failed;
        return (
          <Notice key={run.id} tone={run.state === "paused" ? "warn" : "info"}>
            <TextLink href={paths.deadLetterRun(tenant, run.id)}>{runTitle(run)}</TextLink> by {run.actor}{" "}
            {run.state === "paused" ? "is paused" : "is under way"}:{" "}
            <span className="tabular-nums">
              {dealt.toLocaleString("en")} of {run.total.toLocaleString("en")}
            </span>
          </Notice>
        );
      })}
    </div>
  );
}
