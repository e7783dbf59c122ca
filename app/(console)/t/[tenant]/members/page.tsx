import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { z } from "zod";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { roleCan } from "#lib/access/permissions.ts";
import { env } from "#lib/env.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { getMemberCounts, listMembers } from "#lib/members/queries.ts";
import { memberFilters } from "#lib/members/schema.ts";
import { paths } from "#lib/paths.ts";
import { flatSearchParams, type SearchParams } from "../routes/search-params.ts";
import { MembersView } from "./members-view.tsx";
import { MEMBERS_PER_PAGE } from "./page-size.ts";

export const metadata: Metadata = { title: "Members" };

// An address with a filter that does not exist shows the list without it.
const filtersSchema = z.object({
  q: memberFilters.q.catch(undefined),
  role: memberFilters.role.catch(undefined),
  factor: memberFilters.factor.catch(undefined),
  order: memberFilters.order.catch(undefined),
  cursor: z.string().max(512).optional().catch(undefined),
});

type Props = { params: Promise<{ tenant: string }>; searchParams: SearchParams };

export default async function MembersPage({ params, searchParams }: Props) {
  const { tenant } = await params;
  const actor = await requireTenantActor(tenant);
  const given = filtersSchema.parse(await flatSearchParams(searchParams));
  const filters = roleCan(actor.tenant.role, "member.manage") ? given : { ...given, factor: undefined };
  const [page, counts] = await Promise.all([
    listMembers(actor, { ...filters, limit: MEMBERS_PER_PAGE }).catch((error: unknown) => {
      const badCursor = error instanceof DomainError && error.code === "invalid_input";
      if (badCursor) redirect(paths.members(tenant));
      throw error;
    }),
    getMemberCounts(actor, undefined),
  ]);
  return (
    <MembersView
      tenant={{ slug: tenant, name: actor.tenant.name }}
      role={actor.tenant.role}
      self={actor.via ? null : actor.userId}
      sendsMail={env.smtpUrl !== null}
      filters={filters}
      initial={{ data: page.data, nextCursor: page.next_cursor }}
      initialCounts={counts}
      loadedAt={Date.now()}
    />
  );
}
