import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { z } from "zod";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { env } from "#lib/env.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { listKeys } from "#lib/keys/queries.ts";
import { keyFilters } from "#lib/keys/schema.ts";
import { paths } from "#lib/paths.ts";
import { flatSearchParams, type SearchParams } from "../routes/search-params.ts";
import { KeysView } from "./keys-view.tsx";
import { KEYS_PER_PAGE } from "./page-size.ts";

export const metadata: Metadata = { title: "Keys" };

// An address with a filter that does not exist shows the list without it.
const filtersSchema = z.object({
  q: keyFilters.q.catch(undefined),
  status: keyFilters.status.catch(undefined),
  used: keyFilters.used.catch(undefined),
  expires: keyFilters.expires.catch(undefined),
  cursor: z.string().max(512).optional().catch(undefined),
});

type Props = { params: Promise<{ tenant: string }>; searchParams: SearchParams };

export default async function KeysPage({ params, searchParams }: Props) {
  const { tenant } = await params;
  const actor = await requireTenantActor(tenant);
  const filters = filtersSchema.parse(await flatSearchParams(searchParams));
  const page = await listKeys(actor, { ...filters, limit: KEYS_PER_PAGE }).catch((error: unknown) => {
    const badCursor = error instanceof DomainError && error.code === "invalid_input";
    if (badCursor) redirect(paths.keys(tenant));
    throw error;
  });
  return (
    <KeysView
      tenant={tenant}
      role={actor.tenant.role}
      gatewayUrl={env.gatewayUrl}
      filters={filters}
      initial={{ data: page.data, nextCursor: page.next_cursor }}
      loadedAt={Date.now()}
    />
  );
}
