"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, api, type Page } from "#lib/api/client.ts";
import type { CappedCount, JobSummary } from "#lib/jobs/schema.ts";
import type { JobListFilters } from "./list-filters.ts";
import { steadyRows } from "./steady-rows.ts";

export type JobListData = { page: Page<JobSummary>; count: CappedCount };

const NOTHING: readonly JobSummary[] = [];
const isRefusal = (error: unknown) => error instanceof ApiError && error.status === 422;

/**
 * The list of jobs, read again every 2 s while it is seen and not paused. `hold` it while somebody points at it, so
 * that nothing moves under the pointer. Without `initial` the server would not ask this; the answer says why.
 */
export function useJobList(tenant: string, filters: JobListFilters, initial: JobListData | null) {
  const [paused, setPaused] = useState(false);
  const [held, hold] = useState(false);
  const path = `/tenants/${encodeURIComponent(tenant)}/jobs`;
  const { cursor, sort, ...narrowing } = filters;
  const query = useQuery({
    queryKey: ["jobs", tenant, filters],
    queryFn: async ({ signal }): Promise<JobListData> => {
      const [page, count] = await Promise.all([
        api.page<JobSummary>(path, { query: { ...narrowing, sort, cursor, limit: 25 }, signal }),
        api.get<CappedCount>(`${path}/count`, { query: narrowing, signal }),
      ]);
      return { page, count };
    },
    ...(initial ? { initialData: initial } : {}),
    placeholderData: keepPreviousData,
    retry: (failures, error) => failures < 2 && !isRefusal(error),
    refetchInterval: ({ state }) => (paused || isRefusal(state.error) ? false : 2_000),
    refetchOnWindowFocus: !paused,
  });

  const refused = isRefusal(query.error);
  const fresh = refused ? NOTHING : (query.data?.page.data ?? NOTHING);
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
    nextCursor: refused ? null : (query.data?.page.nextCursor ?? null),
    count: refused ? null : (query.data?.count ?? null),
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
