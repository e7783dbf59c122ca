import type { Metadata } from "next";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { fromCursor, type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { listRevisions } from "#lib/publishing/queries.ts";
import { REVISIONS_PER_PAGE } from "../changes/page-size.ts";
import { RevisionsView } from "./revisions-view.tsx";

export const metadata: Metadata = { title: "Revisions" };

type Props = { params: Promise<{ tenant: string }>; searchParams: PageSearch };

export default async function RevisionsPage({ params, searchParams }: Props) {
  const { tenant } = await params;
  const actor = await requireTenantActor(tenant);
  const given = await pageInput(searchParams, ["cursor"]);
  const { cursor, page } = await fromCursor(given.cursor, (from) =>
    listRevisions(actor, { limit: REVISIONS_PER_PAGE, cursor: from }),
  );
  return (
    <RevisionsView
      tenant={tenant}
      role={actor.tenant.role}
      cursor={cursor}
      initial={{ data: page.data, nextCursor: page.next_cursor }}
      loadedAt={Date.now()}
    />
  );
}
