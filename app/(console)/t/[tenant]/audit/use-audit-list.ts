"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Page } from "#lib/api/client.ts";
import type { AuditEntry, AuditFilters } from "#lib/audit-log/schema.ts";

const EVERY_MS = 3_000;

/**
 * The log, its newest page read again every 3 s while it is seen, not paused and not held: nothing moves under the
 * pointer or the focus. Older pages stay as they are; nothing is ever put in there.
 */
export function useAuditList(
  tenant: string,
  filters: AuditFilters,
  cursor: string | undefined,
  initial: Page<AuditEntry>,
) {
  const [paused, setPaused] = useState(false);
  const [held, hold] = useState(false);
  const query = useQuery({
    queryKey: ["audit", tenant, filters, cursor ?? ""],
    queryFn: ({ signal }) =>
      api.page<AuditEntry>(`/tenants/${encodeURIComponent(tenant)}/audit`, {
        query: { ...filters, cursor, limit: 50 },
        signal,
      }),
    initialData: initial,
    placeholderData: keepPreviousData,
    refetchInterval: paused || held || cursor ? false : EVERY_MS,
    refetchOnWindowFocus: !paused && !cursor,
  });
  return {
    rows: query.data.data,
    nextCursor: query.data.nextCursor,
    error: query.error,
    readAt: query.dataUpdatedAt,
    paused,
    setPaused: (pause: boolean) => {
      setPaused(pause);
      if (!pause) void query.refetch();
    },
    hold,
  };
}
