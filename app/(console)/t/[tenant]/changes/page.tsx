import type { Metadata } from "next";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { fromCursor, type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { getChanges, getEffects, listChanges } from "#lib/publishing/queries.ts";
import { ChangesView } from "./changes-view.tsx";
import { CHANGES_PER_PAGE } from "./page-size.ts";
import { filtersFrom } from "./search-filters.ts";

export const metadata: Metadata = { title: "Changes" };

type Props = { params: Promise<{ tenant: string }>; searchParams: PageSearch };

const SIDES = { from: "live", to: "draft" } as const;

export default async function ChangesPage({ params, searchParams }: Props) {
  const { tenant } = await params;
  const actor = await requireTenantActor(tenant);
  const given = await pageInput(searchParams, ["q", "kind", "effect", "cursor"]);
  const changes = await getChanges(actor, undefined);
  const { page } = await fromCursor(given.cursor, (cursor) =>
    listChanges(actor, { ...SIDES, ...filtersFrom(given), limit: CHANGES_PER_PAGE, cursor }),
  );
  const effects = await getEffects(actor, SIDES);
  return (
    <ChangesView
      tenant={tenant}
      role={actor.tenant.role}
      initial={{ changes, routes: { data: page.data, nextCursor: page.next_cursor }, effects }}
      loadedAt={Date.now()}
    />
  );
}
