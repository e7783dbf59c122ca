import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { z } from "zod";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { listClaims } from "#lib/claims/queries.ts";
import { claimFilters } from "#lib/claims/schema.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { paths } from "#lib/paths.ts";
import { flatSearchParams, type SearchParams } from "../../routes/search-params.ts";
import { KEYS_PER_PAGE } from "../page-size.ts";
import { LinksView } from "./links-view.tsx";

export const metadata: Metadata = { title: "Claim links" };

// An address with a filter that does not exist shows the list without it.
const filtersSchema = z.object({
  status: claimFilters.status.catch(undefined),
  cursor: z.string().max(512).optional().catch(undefined),
});

type Props = { params: Promise<{ tenant: string }>; searchParams: SearchParams };

export default async function ClaimLinksPage({ params, searchParams }: Props) {
  const { tenant } = await params;
  const actor = await requireTenantActor(tenant);
  const filters = filtersSchema.parse(await flatSearchParams(searchParams));
  const page = await listClaims(actor, { ...filters, limit: KEYS_PER_PAGE }).catch((error: unknown) => {
    const badCursor = error instanceof DomainError && error.code === "invalid_input";
    if (badCursor) redirect(paths.claims(tenant));
    throw error;
  });
  return (
    <LinksView
      tenant={tenant}
      role={actor.tenant.role}
      filters={filters}
      initial={{ data: page.data, nextCursor: page.next_cursor }}
      loadedAt={Date.now()}
    />
  );
}
