"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Page } from "#lib/api/client.ts";
import type { CappedCount, JobSummary } from "#lib/jobs/schema.ts";
import { steadyRows } from "./steady-rows.ts";

export type JobListFilters = { state: string; function: string; q: string; cursor: string };
export type JobListData = { page: Page<JobSummary>; count: CappedCount };

/**
 * The list of jobs, read again every 2 s while it is seen and not paused. `hold` it while somebody points at it, so
 * that nothing moves under the pointer.
 */
export function useJobList(tenant: string, filters: JobListFilters, initial: JobListData) {
  const [paused, setPaused] = useState(false);
  const [held, hold] = useState(false);
  const path = `/tenants/${encodeURIComponent(tenant)}/jobs`;
  const { cursor, ...narrowing } = filters;
  const query = useQuery({
    queryKey: ["jobs", tenant, filters],
    queryFn: async ({ signal }): Promise<JobListData> => {
      const [page, count] = await Promise.all([
        api.page<JobSummary>(path, { query: { ...narrowing, cursor, limit: 25 }, signal }),
        api.get<CappedCount>(`${path}/count`, { query: narrowing, signal }),
      ]);
      return { page, count };
    },
    initialData: initial,
    placeholderData: keepPreviousData,
    refetchInterval: paused ? false : 2_000,
    refetchOnWindowFocus: !paused,
  });

  const fresh = query.data.page.data;
  const key = JSON.stringify(filters);
  const [seen, setSeen] = useState({ fresh, held, key, steady: steadyRows(fresh, fresh, false) });
  let { steady } = seen;
  if (seen.fresh !== fresh || seen.held !== held || seen.key !== key) {
    steady = steadyRows(seen.steady.rows, fresh, held && seen.key === key);
    setSeen({ fresh, held, key, steady });
  }
  return {
    rows: steady.rows,
    /** New jobs that are not shown because the list is held. */
    waiting: steady.waiting,
    nextCursor: query.data.page.nextCursor,
    count: query.data.count,
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
