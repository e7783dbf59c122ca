import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { paths } from "#lib/paths.ts";
import { getChanges, listRevisions } from "#lib/publishing/queries.ts";
import { flatSearchParams, type SearchParams } from "../routes/search-params.ts";
import { ChangesView } from "./changes-view.tsx";
import { REVISIONS_PER_PAGE } from "./page-size.ts";

export const metadata: Metadata = { title: "Changes" };

type Props = { params: Promise<{ tenant: string }>; searchParams: SearchParams };

export default async function ChangesPage({ params, searchParams }: Props) {
  const { tenant } = await params;
  const actor = await requireTenantActor(tenant);
  const { cursor } = await flatSearchParams(searchParams);
  const changes = await getChanges(actor, undefined);
  const revisions = await listRevisions(actor, { limit: REVISIONS_PER_PAGE, cursor }).catch(
    (error: unknown) => {
      const badCursor = error instanceof DomainError && error.code === "invalid_input";
      if (badCursor) redirect(paths.changes(tenant));
      throw error;
    },
  );
  return (
    <ChangesView
      tenant={tenant}
      role={actor.tenant.role}
      cursor={cursor}
      changes={changes}
      revisions={{ data: revisions.data, nextCursor: revisions.next_cursor }}
      loadedAt={Date.now()}
    />
  );
}
