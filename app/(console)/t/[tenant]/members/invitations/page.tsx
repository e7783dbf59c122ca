import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { z } from "zod";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { roleCan } from "#lib/access/permissions.ts";
import { env } from "#lib/env.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { listInvitations } from "#lib/invitations/queries.ts";
import { invitationFilters } from "#lib/invitations/schema.ts";
import { paths } from "#lib/paths.ts";
import { flatSearchParams, type SearchParams } from "../../routes/search-params.ts";
import { MEMBERS_PER_PAGE } from "../page-size.ts";
import { InvitationsView } from "./invitations-view.tsx";

export const metadata: Metadata = { title: "Invitations" };

// An address with a filter that does not exist shows the list without it.
const filtersSchema = z.object({
  q: invitationFilters.q.catch(undefined),
  status: invitationFilters.status.catch(undefined),
  cursor: z.string().max(512).optional().catch(undefined),
});

type Props = { params: Promise<{ tenant: string }>; searchParams: SearchParams };

export default async function InvitationsPage({ params, searchParams }: Props) {
  const { tenant } = await params;
  const actor = await requireTenantActor(tenant);
  if (!roleCan(actor.tenant.role, "member.manage")) notFound();
  const filters = filtersSchema.parse(await flatSearchParams(searchParams));
  const page = await listInvitations(actor, { ...filters, limit: MEMBERS_PER_PAGE }).catch(
    (error: unknown) => {
      const badCursor = error instanceof DomainError && error.code === "invalid_input";
      if (badCursor) redirect(paths.invitations(tenant));
      throw error;
    },
  );
  return (
    <InvitationsView
      tenant={tenant}
      role={actor.tenant.role}
      sendsMail={env.smtpUrl !== null}
      filters={filters}
      initial={{ data: page.data, nextCursor: page.next_cursor }}
      loadedAt={Date.now()}
    />
  );
}
