import type { Query } from "#lib/api/client.ts";
import { api } from "#lib/api/client.ts";
import type { Effects, RouteChange, RouteChangeDetail, Side } from "#lib/publishing/schema.ts";
import { CHANGES_PER_PAGE } from "./page-size.ts";

/** What is compared with what: the draft with what is live, or any two revisions. */
export type Sides = { from: Side; to: Side };

const base = (tenant: string) => `/tenants/${encodeURIComponent(tenant)}/changes`;

/** One page of a difference. `filters` are the address's. */
export const differenceQuery = (tenant: string, sides: Sides, filters: Query) => ({
  queryKey: ["changes", tenant, "routes", sides, filters],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    api.page<RouteChange>(`${base(tenant)}/routes`, {
      query: { ...sides, ...filters, limit: CHANGES_PER_PAGE },
      signal,
    }),
});

/** What a difference does to callers. */
export const effectsQuery = (tenant: string, sides: Sides) => ({
  queryKey: ["changes", tenant, "effects", sides],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    api.get<Effects>(`${base(tenant)}/effects`, { query: sides, signal }),
});

/** One change with both documents. */
export const changeQuery = (tenant: string, sides: Sides, routeId: string) => ({
  queryKey: ["changes", tenant, "one", sides, routeId],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    api.get<RouteChangeDetail>(`${base(tenant)}/${routeId}`, { query: sides, signal }),
});
