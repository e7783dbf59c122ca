import type { Metadata } from "next";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { fromCursor, type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { listRuns } from "#lib/dead-letters/queries.ts";
import { RunsView } from "./runs-view.tsx";

export const metadata: Metadata = { title: "Runs of dead letters" };

type Props = { params: Promise<{ tenant: string }>; searchParams: PageSearch };

export default async function RunsPage({ params, searchParams }: Props) {
  const actor = await requireTenantActor((await params).tenant);
  const given = await pageInput(searchParams, ["cursor"]);
  const { cursor, page } = await fromCursor(given.cursor, (from) =>
    listRuns(actor, { limit: 25, cursor: from }),
  );
  return (
    <RunsView
      tenant={actor.tenant.slug}
      cursor={cursor ?? ""}
      initial={{ data: page.data, nextCursor: page.next_cursor }}
    />
  );
}
