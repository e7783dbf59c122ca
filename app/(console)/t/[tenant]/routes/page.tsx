import type { Metadata } from "next";
import { z } from "zod";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { env } from "#lib/env.ts";
import { countRoutes, listRoutes } from "#lib/routes/queries.ts";
import { routeFilters, routeSort } from "#lib/routes/schema.ts";
import { FIRST_PAGE } from "./page-size.ts";
import { RoutesView } from "./routes-view.tsx";
import { flatSearchParams, type SearchParams } from "./search-params.ts";

export const metadata: Metadata = { title: "Routes" };

// An address with a filter that does not exist shows the list without it.
const filtersSchema = z.object({
  q: routeFilters.q.catch(undefined),
  method: routeFilters.method.catch(undefined),
  auth: routeFilters.auth.catch(undefined),
  enabled: routeFilters.enabled.catch(undefined),
  tag: routeFilters.tag.catch(undefined),
  target: routeFilters.target.catch(undefined),
  prefix: routeFilters.prefix.catch(undefined),
});
const sortSchema = routeSort.catch("path");

type Props = { params: Promise<{ tenant: string }>; searchParams: SearchParams };

export default async function RoutesPage({ params, searchParams }: Props) {
  const { tenant } = await params;
  const actor = await requireTenantActor(tenant);
  const search = await flatSearchParams(searchParams);
  const filters = filtersSchema.parse(search);
  const sort = sortSchema.parse(search.sort);
  const [page, count] = await Promise.all([
    listRoutes(actor, { ...filters, sort, limit: FIRST_PAGE }),
    countRoutes(actor, filters),
  ]);
  return (
    <RoutesView
      tenant={tenant}
      role={actor.tenant.role}
      gatewayUrl={env.gatewayUrl}
      filters={filters}
      sort={sort}
      initial={{ page: { data: page.data, nextCursor: page.next_cursor }, count }}
      loadedAt={Date.now()}
    />
  );
}
