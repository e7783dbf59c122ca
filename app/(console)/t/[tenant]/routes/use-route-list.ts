"use client";
import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { api, type Page } from "#lib/api/client.ts";
import type { CappedCount } from "#lib/jobs/schema.ts";
import type { Facets, ListedRoute, RouteFilters } from "#lib/routes/schema.ts";
import { FIRST_PAGE, NEXT_PAGE } from "./page-size.ts";

export type RouteSort = "path" | "updated";
export type InitialRoutes = { page: Page<ListedRoute>; count: CappedCount };
type Loaded = InfiniteData<Page<ListedRoute>, string | null>;

/** Pages that are read again as they are, where fewer are simply wanted afresh. */
const FEW_PAGES = 4;

type ListInput = {
  tenant: string;
  filters: RouteFilters;
  sort: RouteSort;
  initial: InitialRoutes;
  loadedAt: number;
};

/** The routes that match, page after page, and how many there are. */
export function useRouteList({ tenant, filters, sort, initial, loadedAt }: ListInput) {
  const client = useQueryClient();
  const base = `/tenants/${encodeURIComponent(tenant)}`;
  const listKey = useMemo(() => ["routes", tenant, "list", filters, sort], [tenant, filters, sort]);
  const list = useInfiniteQuery({
    queryKey: listKey,
    queryFn: ({ pageParam, signal }) =>
      api.page<ListedRoute>(`${base}/routes`, {
        query: { ...filters, sort, cursor: pageParam, limit: pageParam === null ? FIRST_PAGE : NEXT_PAGE },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    initialData: { pages: [initial.page], pageParams: [null] } as Loaded,
    initialDataUpdatedAt: loadedAt,
    // Coming back to the window is no reason to read ten thousand routes again.
    refetchOnWindowFocus: (query) => (query.state.data?.pages.length ?? 0) <= FEW_PAGES,
  });
  const count = useQuery({
    queryKey: ["routes", tenant, "count", filters],
    queryFn: ({ signal }) => api.get<CappedCount>(`${base}/routes/count`, { query: filters, signal }),
    initialData: initial.count,
    initialDataUpdatedAt: loadedAt,
  });
  const facets = useQuery({
    queryKey: ["routes", tenant, "facets"],
    queryFn: ({ signal }) => api.get<Facets>(`${base}/routes/facets`, { signal }),
    staleTime: 30_000,
  });

  /** Reads everything anew that shows routes or what is unpublished. */
  const refresh = useCallback(
    () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["routes", tenant] }),
        client.invalidateQueries({ queryKey: ["changes", tenant] }),
      ]),
    [client, tenant],
  );
  /** Puts one saved route in its place at once; how it stands to what is live is read again with the rest. */
  const replace = useCallback(
    (saved: ListedRoute) => {
      client.setQueryData<Loaded>(listKey, (loaded) =>
        loaded
          ? {
              ...loaded,
              pages: loaded.pages.map((page) => ({
                ...page,
                data: page.data.map((route) => (route.id === saved.id ? saved : route)),
              })),
            }
          : loaded,
      );
    },
    [client, listKey],
  );

  const routes = useMemo(() => list.data.pages.flatMap((page) => page.data), [list.data]);
  return { list, routes, count: count.data, facets: facets.data, refresh, replace };
}
