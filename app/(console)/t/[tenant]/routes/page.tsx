import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { z } from "zod";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { paths } from "#lib/paths.ts";
import { listRoutes } from "#lib/routes/queries.ts";
import { routeFilters } from "#lib/routes/schema.ts";
import { PAGE_SIZE } from "./page-size.ts";
import { RoutesView } from "./routes-view.tsx";
import { flatSearchParams, type SearchParams } from "./search-params.ts";

export const metadata: Metadata = { title: "Routes" };

// An address with a filter that does not exist shows the list without it.
const filtersSchema = z.object({
  q: routeFilters.q.catch(undefined),
  method: routeFilters.method.catch(undefined),
  auth: routeFilters.auth.catch(undefined),
  cursor: z.string().max(512).optional().catch(undefined),
});

type Props = { params: Promise<{ tenant: string }>; searchParams: SearchParams };

export default async function RoutesPage({ params, searchParams }: Props) {
  const { tenant } = await params;
  const actor = await requireTenantActor(tenant);
  const filters = filtersSchema.parse(await flatSearchParams(searchParams));
  const page = await listRoutes(actor, { ...filters, limit: PAGE_SIZE }).catch((error: unknown) => {
    const badCursor = error instanceof DomainError && error.code === "invalid_input";
    if (badCursor) redirect(paths.routes(tenant));
    throw error;
  });
  return (
    <RoutesView
      tenant={tenant}
      role={actor.tenant.role}
      filters={filters}
      initial={{ data: page.data, nextCursor: page.next_cursor }}
      loadedAt={Date.now()}
    />
  );
}
