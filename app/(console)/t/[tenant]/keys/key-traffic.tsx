"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Bars } from "#components/charts/bars.tsx";
import { Button } from "#components/ui/button.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/page-header.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { api } from "#lib/api/client.ts";
import type { KeyTraffic as Traffic, TrafficPeriod } from "#lib/keys/schema.ts";

const ASK_EVERY_MS = 10_000;
const PERIODS = [
  { value: "day", label: "24 hours", words: "in the last 24 hours" },
  { value: "month", label: "30 days", words: "in the last 30 days" },
] as const;

/** Hours are told in the person's zone; a day is one of UTC, as it was counted. */
const timeText = (at: string, period: TrafficPeriod) =>
  period === "day"
    ? new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })
    : new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

/** A key's requests and refusals over time. */
export function KeyTraffic({ tenant, id }: { tenant: string; id: string }) {
  const [period, setPeriod] = useState<TrafficPeriod>("day");
  const { data, error } = useQuery({
    queryKey: ["keys", tenant, "traffic", id, period],
    queryFn: async ({ signal }) => ({
      period,
      ...(await api.get<Traffic>(`/tenants/${encodeURIComponent(tenant)}/keys/${id}/traffic`, {
        query: { period },
        signal,
      })),
    }),
    refetchInterval: ASK_EVERY_MS,
    placeholderData: keepPreviousData,
  });
  const words = PERIODS.find(({ value }) => value === data?.period)?.words ?? "";
  const requests = data?.buckets.reduce((sum, bucket) => sum + bucket.requests, 0) ?? 0;
  const refusals = data?.buckets.reduce((sum, bucket) => sum + bucket.refusals, 0) ?? 0;
  return (
    <Section
      title="Use"
      actions={
        <fieldset className="flex gap-1">
          <legend className="sr-only">Period</legend>
          {PERIODS.map(({ value, label }) => (
            <Button
              key={value}
              size="small"
              variant={value === period ? "secondary" : "quiet"}
              aria-pressed={value === period}
              onClick={() => setPeriod(value)}
            >
              {label}
            </Button>
          ))}
        </fieldset>
      }
    >
      <ErrorNotice error={error} />
      {data ? (
        <>
          <p className="mb-2">
            <strong className="font-medium tabular-nums">{requests.toLocaleString("en")}</strong>{" "}
            {requests === 1 ? "request" : "requests"} {words},{" "}
            <strong className="font-medium tabular-nums">{refusals.toLocaleString("en")}</strong> of them
            refused.
          </p>
          <Bars
            label={`Requests ${words}`}
            whole="requests"
            part="refused"
            from={timeText(data.buckets[0]?.at ?? "", data.period)}
            to={data.period === "day" ? "this hour" : "today (UTC)"}
            bars={data.buckets.map(({ at, requests, refusals }) => ({
              at,
              time: timeText(at, data.period),
              amount: requests,
              marked: refusals,
            }))}
          />
        </>
      ) : error ? null : (
        <Skeleton className="h-40 w-full" />
      )}
    </Section>
  );
}
